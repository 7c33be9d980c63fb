/**
 * The lines of one Claude Code log: those of the conversation, which name the one before them, and those about the session
 * and its requests, which only newer versions write.
 *
 * What is said in which order is decided in `claude_session.ts`.
 */
import { join } from "node:path";
import type { CorpusContext, SessionClock } from "./corpus_context.ts";
import { SessionLog } from "./session_log.ts";
import type { Sums } from "./truth.ts";

export interface ClaudeStyle {
  readonly cwd: string;
  readonly isNew: boolean;
  readonly version: string;
  readonly model: string;
  readonly messagePrefix: string;
  readonly ttl: "5m" | "1h";
  readonly branch: string;
}

export interface ClaudeIdentity {
  readonly id: string;
  readonly keepsHistory: boolean;
  /** Set for a sub-agent: whose it is, and its own id. */
  readonly agent?: { readonly id: string; readonly path: string };
}

export class ClaudeLines {
  readonly log: SessionLog;
  /** Of the last line of the conversation. */
  parentUuid: string | null = null;
  readonly #identity: ClaudeIdentity;
  readonly #context: CorpusContext;
  readonly #style: ClaudeStyle;
  readonly #clock: SessionClock;
  #shapeHash = "";

  constructor(context: CorpusContext, style: ClaudeStyle, clock: SessionClock, identity: ClaudeIdentity) {
    this.#identity = identity;
    this.#context = context;
    this.#style = style;
    this.#clock = clock;
    const project = style.cwd.replace(/[^A-Za-z0-9]/g, "-");
    this.log = new SessionLog({
      path: identity.agent?.path ?? join(context.home, ".claude/projects", project, `${identity.id}.jsonl`),
      sessionId: identity.id,
      tally: context.tally,
      keepsHistory: identity.keepsHistory,
    });
  }

  /** Opens a line of the conversation; {@linkcode tail} closes it. */
  head(): string {
    const parent = this.parentUuid === null ? "null" : `"${this.parentUuid}"`;
    const agent = this.#identity.agent === undefined ? "" : `,"agentId":"${this.#identity.agent.id}"`;
    return `{"parentUuid":${parent},"isSidechain":${this.#identity.agent !== undefined}${agent}`;
  }

  tail(): string {
    const uuid = this.parentUuid = this.#context.draws.uuid4();
    const { version, cwd, branch, isNew } = this.#style;
    const rest = isNew ? `"userType":"external","entrypoint":"cli"` : `"userType":"external"`;
    return `"uuid":"${uuid}","timestamp":"${this.#clock.iso}",${rest},"cwd":"${cwd}",` +
      `"sessionId":"${this.#identity.id}","version":"${version}","gitBranch":"${branch}"}`;
  }

  /** A line about the session that is no part of the conversation; given without its end. */
  note(open: string): void {
    this.log.line(`${open},"sessionId":"${this.#identity.id}"}`);
  }

  fixed(bytes: number): string {
    return this.#context.text.text(Math.min(bytes, this.#context.mostFixedBytes));
  }

  attachment(attachment: string, renderedBytes: number): void {
    this.log.line(
      `${this.head()},"attachment":${attachment},"type":"attachment","rendered":[{"content":"<system-reminder>\\n${
        this.fixed(renderedBytes)
      }\\n</system-reminder>"}],"renderedRole":"system",${this.tail()}`,
    );
  }

  snapshot(bytes: number): void {
    this.log.line(
      `${this.head()},"attachment":{"type":"prompt_snapshot","systemPrompt":["${
        this.fixed(bytes)
      }"]},"type":"attachment",${this.tail()}`,
    );
  }

  shape(bytes: number): void {
    this.#shapeHash = this.#context.draws.hex(64);
    const description = this.fixed(bytes);
    this.log.line(
      `{"type":"api-request-shape","sessionId":"${this.#identity.id}","shapeHash":"${this.#shapeHash}",` +
        `"timestamp":"${this.#clock.iso}","version":"${this.#style.version}","shape":{"system":[{"type":"text",` +
        `"text":"You are a Claude agent."}],"tools":[{"name":"Agent","description":"${description}",` +
        `"input_schema":{"type":"object","properties":{"prompt":{"type":"string"}},"required":["prompt"]}}]}}`,
    );
  }

  blob(content: string): void {
    if (!this.#style.isNew) return;
    this.log.line(
      `{"type":"api-request-blob","sessionId":"${this.#identity.id}","hash":"${this.#context.draws.hex(64)}",` +
        `"message":{"role":"user","content":[${content}]}}`,
    );
  }

  request(id: string, ttl: "5m" | "1h", turns: number): void {
    const control = ttl === "1h" ? `{"type":"ephemeral","ttl":"1h"}` : `{"type":"ephemeral"}`;
    this.log.line(
      `{"type":"api-request","sessionId":"${this.#identity.id}","id":"${id}","timestamp":"${this.#clock.iso}",` +
        `"version":"${this.#style.version}","querySource":"${
          this.#identity.agent === undefined ? "repl_main_thread" : "agent"
        }",` +
        `"shapeHash":"${this.#shapeHash}","params":{"model":"${this.#style.model}","betas":["claude-code-20250219",` +
        `"interleaved-thinking-2025-05-14","context-management-2025-06-27"],"max_tokens":32000,"thinking":` +
        `{"budget_tokens":31999,"type":"enabled","display":"omitted"}},"keep":${turns},"tail":` +
        `["${this.#context.draws.hex(64)}"],"cacheControl":[{"path":["system",0],"value":${control}},` +
        `{"path":["system",1],"value":${control}}],"requestDigest":"${this.#context.draws.hex(64)}"}`,
    );
  }

  /** Cumulative over a fork's parent as well: not to be added up by anybody. */
  costState(turns: number): void {
    this.note(
      `{"type":"cost-state","totalCostUSD":${(turns * 0.021).toFixed(4)},"modelUsage":{"${this.#style.model}":` +
        `{"inputTokens":${turns * 5},"outputTokens":${turns * 300},"cacheReadInputTokens":${turns * 9000},"costUSD":${
          (turns * 0.021).toFixed(4)
        }}},"hasUnknownModelCost":false`,
    );
  }
}

/** Usage as 2.1.329 writes it, on every line of a response. */
export function newUsage(sums: Sums, read: number, written: number, output: number): string {
  return `{"input_tokens":${sums.input},"cache_creation_input_tokens":${written},"cache_read_input_tokens":${read},` +
    `"output_tokens":${output},"output_tokens_details":{"thinking_tokens":0},"server_tool_use":{"web_search_requests":0,` +
    `"web_fetch_requests":0},"service_tier":"standard","cache_creation":{"ephemeral_1h_input_tokens":${sums.cacheWrite1h},` +
    `"ephemeral_5m_input_tokens":${sums.cacheWrite}},"inference_geo":"not_available","iterations":[],"speed":"standard",` +
    `"fallback_credit":null}`;
}
