/**
 * Sessions of Claude Code as 2.1.329 writes them (every kind of line of tests/fixtures, in their sizes and proportions) and,
 * for half of them, as earlier 2.1 versions did: without the `api-request` lines, with early lines of a response that
 * carry the few output tokens known when it began.
 *
 * Forks copy conversation lines alone; sub-agents have logs of their own.
 */
import { join } from "node:path";
import { type ClaudeIdentity, ClaudeLines, type ClaudeStyle, newUsage } from "./claude_lines.ts";
import { ContextWindow } from "./context_window.ts";
import {
  type CorpusContext,
  PROJECTS,
  SessionClock,
  type SessionMaker,
  startTime,
  toolOutputBytes,
} from "./corpus_context.ts";
import type { SessionLog } from "./session_log.ts";
import type { Sums } from "./truth.ts";

const NEW_VERSIONS = ["2.1.329", "2.1.327", "2.1.321"];
const OLD_VERSIONS = ["2.1.123", "2.1.98", "2.1.45"];
const MODELS = ["claude-sonnet-4-5", "claude-opus-4-6", "claude-sonnet-4-6", "claude-haiku-4-5"];
/** A new log has the tools' descriptions again each so many turns, when they changed. */
const TURNS_A_SHAPE = 25;
const TURNS_A_SNAPSHOT = 40;
const SUBAGENT_SHARE = 0.12;
const MOST_SUBAGENT_BYTES = 2_000_000;

export function makeClaudeSession(context: CorpusContext, bytes: number, keepsHistory: boolean): SessionMaker {
  const { draws } = context;
  const isNew = draws.chance(0.5);
  const style: ClaudeStyle = {
    cwd: draws.pick(PROJECTS),
    isNew,
    version: draws.pick(isNew ? NEW_VERSIONS : OLD_VERSIONS),
    model: draws.pick(MODELS),
    // A cloud's endpoint gives out ids of its own, and bills instead of Anthropic.
    messagePrefix: draws.chance(0.08) ? "msg_bdrk_01" : "msg_01",
    ttl: draws.chance(0.6) ? "1h" : "5m",
    branch: draws.pick(["main", "master", "fix/index", "feature/größe"]),
  };
  const clock = new SessionClock(draws, startTime(draws, bytes));
  const session = new ClaudeSession(context, style, clock, { id: draws.uuid4(), keepsHistory });
  session.subagents = bytes < 60_000 || !draws.chance(0.3) ? 0 : draws.whole(1, 5);
  session.subagentBytes = Math.min(MOST_SUBAGENT_BYTES, Math.max(20_000, bytes * SUBAGENT_SHARE));
  session.begin();
  return session;
}

class ClaudeSession implements SessionMaker {
  readonly sessionId: string;
  /** Sub-agents that are still to be started. */
  subagents = 0;
  subagentBytes = 0;
  readonly #context: CorpusContext;
  readonly #style: ClaudeStyle;
  readonly #clock: SessionClock;
  readonly #lines: ClaudeLines;
  readonly #window: ContextWindow;
  readonly #agent: ClaudeIdentity["agent"];
  #promptId = "";
  #turns = 0;
  /** The tool call that waits for its result. */
  #pendingTool: string | undefined;
  #lastAssistantUuid = "";

  constructor(context: CorpusContext, style: ClaudeStyle, clock: SessionClock, identity: ClaudeIdentity) {
    this.#context = context;
    this.#style = style;
    this.#clock = clock;
    this.#agent = identity.agent;
    this.sessionId = identity.id;
    this.#window = new ContextWindow(context.draws, 130_000);
    this.#lines = new ClaudeLines(context, style, clock, identity);
  }

  get bytes(): number {
    return this.#lines.log.bytes;
  }

  get path(): string {
    return this.#lines.log.path;
  }

  begin(): void {
    const { text, draws } = this.#context;
    this.#startPrompt();
    if (!this.#style.isNew) return;
    this.#lines.attachment(`{"type":"environment","snapshot":{"workingDirectory":"${this.#style.cwd}"}}`, 900);
    this.#lines.attachment(`{"type":"model","identity":{"modelId":"${this.#style.model}"}}`, 160);
    this.#lines.attachment(`{"type":"deferred_tools_delta","added":["${text.words(3)}"]}`, 600);
    this.#lines.attachment(`{"type":"skill_listing","content":"${this.#lines.fixed(6_300)}"}`, 6_300);
    if (this.#agent === undefined) {
      this.#lines.attachment(`{"type":"agent_listing_delta","added":["x"]}`, 3_600);
    }
    this.#lines.attachment(`{"type":"session_context","context":{"date":"2026-11"}}`, 700);
    this.#lines.snapshot(this.#agent === undefined ? 28_000 : 3_200);
    if (this.#agent === undefined) this.#lines.note(`{"type":"last-prompt","lastPrompt":"${text.words(6)}"`);
    this.#lines.shape(this.#agent === undefined ? draws.whole(68_000, 76_000) : 35_800);
  }

  turn(): void {
    const { draws } = this.#context;
    this.#turns++;
    if (this.#window.isFull) this.#compact();
    if (this.#pendingTool !== undefined) this.#toolResult(this.#pendingTool);
    else if (this.#turns > 1) this.#startPrompt();
    if (this.#style.isNew) {
      if (this.#turns % TURNS_A_SNAPSHOT === 2) this.#lines.snapshot(this.#agent === undefined ? 110_000 : 60_000);
      if (this.#turns % TURNS_A_SHAPE === 0) this.#lines.shape(draws.whole(68_000, 76_000));
    }
    this.#respond();
    this.#lines.log.mark();
    if (this.#style.isNew && this.#agent === undefined && this.#turns % 12 === 0) this.#lines.costState(this.#turns);
  }

  captureTurn(): { readonly text: string; readonly sums: Sums } {
    this.subagents = 0;
    return this.#lines.log.capture(() => this.turn());
  }

  fork(keepsHistory: boolean): SessionMaker {
    const { draws } = this.#context;
    const clock = new SessionClock(draws, this.#clock.at + draws.whole(60_000, 7_200_000));
    const fork = new ClaudeSession(this.#context, this.#style, clock, { id: draws.uuid4(), keepsHistory });
    fork.#copyFrom(this.#lines.log);
    fork.#startPrompt();
    if (this.#style.isNew) fork.#lines.shape(draws.whole(68_000, 76_000));
    return fork;
  }

  waitUntil(at: number): void {
    this.#clock.at = Math.max(this.#clock.at, at);
    this.#window.forget();
  }

  close(): void {
    if (this.#style.isNew && this.#agent === undefined) this.#lines.costState(this.#turns);
    this.#lines.log.close(this.#clock.at);
  }

  /** Lines of the conversation come along with their ids and times; their session becomes the fork's. */
  #copyFrom(parent: SessionLog): void {
    const end = parent.cuts.length === 0 ? 0 : this.#context.draws.pick(parent.cuts.slice(parent.cuts.length >> 1));
    for (const { text, sums } of parent.history.slice(0, end)) {
      if (!text.startsWith('{"parentUuid"')) continue;
      let copy = text.replace(`"sessionId":"${parent.sessionId}"`, `"sessionId":"${this.sessionId}"`);
      if (!/"(requestSessionId|forkedFrom)":[^\]}]*}}?$/.test(copy)) {
        if (!this.#style.isNew) {
          const uuid = /"uuid":"([^"]+)"/.exec(text.slice(-900))?.[1];
          copy = `${copy.slice(0, -1)},"forkedFrom":{"sessionId":"${parent.sessionId}","messageUuid":"${uuid}"}}`;
        } else if (text.includes('"requestRef":"')) {
          copy = `${copy.slice(0, -1)},"requestSessionId":"${parent.sessionId}"}`;
        }
      }
      this.#lines.log.copy({ text: copy, sums });
      this.#lines.parentUuid = /"uuid":"([^"]+)"/.exec(text.slice(-900))?.[1] ?? this.#lines.parentUuid;
    }
    this.#window.add(end * 400);
  }

  #startPrompt(): void {
    const { draws, text } = this.#context;
    const pauseMs = this.#turns === 0 ? 0 : draws.logUniform(20_000, 10_800_000);
    this.#clock.at += pauseMs;
    if (pauseMs > (this.#style.ttl === "1h" && this.#agent === undefined ? 3_600_000 : 300_000)) this.#window.forget();
    const bytes = draws.heavyTail(300, 1.2, 10, 8_000);
    const prompt = text.text(bytes);
    this.#promptId = draws.uuid4();
    this.#window.add(bytes);
    const queued = this.#style.isNew && this.#agent === undefined && draws.chance(0.5);
    if (queued) {
      this.#lines.note(
        `{"type":"queue-operation","operation":"enqueue","timestamp":"${this.#clock.iso}","content":"${prompt}"`,
      );
      this.#lines.note(`{"type":"queue-operation","operation":"dequeue","timestamp":"${this.#clock.iso}"`);
    }
    if (!this.#style.isNew && draws.chance(0.4)) {
      this.#lines.log.line(
        `{"type":"file-history-snapshot","messageId":"${draws.uuid4()}","snapshot":{"trackedFileBackups":{}},` +
          `"isSnapshotUpdate":false}`,
      );
    }
    this.#lines.log.line(
      `${this.#lines.head()},"promptId":"${this.#promptId}","type":"user","message":{"role":"user","content":"${prompt}"},` +
        `"permissionMode":"default",${this.#lines.tail()}`,
    );
    this.#lines.blob(`{"type":"text","text":"${prompt}"}`);
    if (this.#style.isNew && this.#agent === undefined) this.#lines.note('{"type":"mode","mode":"normal"');
  }

  #toolResult(toolUseId: string): void {
    const { draws, text } = this.#context;
    const picture = this.#agent === undefined ? this.#context.duePicture() : 0;
    if (picture > 0) {
      const source = `{"type":"base64","media_type":"image/png","data":"${text.base64(picture)}"}`;
      this.#userResult(toolUseId, `[{"type":"image","source":${source}}]`, `{"type":"image"}`);
      this.#window.add(6_000);
      return;
    }
    if (this.subagents > 0 && this.#agent === undefined && draws.chance(0.15)) {
      this.subagents--;
      const report = text.text(draws.heavyTail(1_500, 0.7, 200, 8_000));
      const agent = this.#runSubagent();
      // What the sub-agent used is in its own log: to count this as well is a mistake that this line invites.
      this.#userResult(
        toolUseId,
        `[{"type":"text","text":"${report}"}]`,
        `{"status":"completed","agentId":"${agent}","totalTokens":${
          draws.whole(9_000, 90_000)
        },"totalDurationMs":81234,` +
          `"usage":{"input_tokens":4,"cache_creation_input_tokens":901,"cache_read_input_tokens":23456,"output_tokens":987}}`,
      );
      this.#window.add(report.length);
      return;
    }
    const output = text.text(toolOutputBytes(draws));
    this.#clock.pass(20, draws.chance(0.1) ? 120_000 : 4_000);
    const result = draws.chance(0.3)
      ? `{"type":"text","file":{"filePath":"${this.#style.cwd}/src/a.ts","content":"${output}","numLines":90}}`
      : `{"stdout":"${output}","stderr":"","interrupted":false,"isImage":false,"noOutputExpected":false}`;
    this.#userResult(toolUseId, `"${output}"`, result);
    this.#lines.blob(`{"tool_use_id":"${toolUseId}","type":"tool_result","content":"${output}","is_error":false}`);
    this.#window.add(output.length);
    if (this.#style.isNew) {
      this.#lines.attachment(`{"type":"total_tokens_reminder","text":"${this.#window.tokens}"}`, 60);
    }
  }

  #userResult(toolUseId: string, content: string, result: string): void {
    const { isNew } = this.#style;
    this.#lines.log.line(
      `${this.#lines.head()},${
        isNew ? `"promptId":"${this.#promptId}",` : ""
      }"type":"user","message":{"role":"user","content":[` +
        `{"tool_use_id":"${toolUseId}","type":"tool_result","content":${content},"is_error":false}]},` +
        `"toolUseResult":${result},"sourceToolAssistantUUID":"${this.#lastAssistantUuid}",${this.#lines.tail()}`,
    );
    this.#pendingTool = undefined;
  }

  /** One request: its `api-request` line, and a line for each block of the response. */
  #respond(): void {
    const { draws, text } = this.#context;
    const { isNew, model } = this.#style;
    this.#clock.pass(5, 60);
    const requestRef = draws.uuid4();
    const ttl = this.#agent === undefined ? this.#style.ttl : "5m";
    if (isNew) this.#lines.request(requestRef, ttl, this.#turns);

    const hasThinking = draws.chance(0.45);
    const ends = draws.chance(0.1);
    const blocks: string[] = [];
    if (hasThinking) {
      blocks.push(
        `{"type":"thinking","thinking":"${text.text(draws.heavyTail(300, 0.9, 0, 4_000))}",` +
          `"signature":"${text.base64(draws.whole(200, 1_400))}"}`,
      );
    }
    if (ends || draws.chance(0.5)) {
      blocks.push(`{"type":"text","text":"${text.text(draws.heavyTail(260, 1.1, 12, 9_000))}"}`);
    }
    if (!ends) blocks.push(this.#toolUse());
    const output = Math.max(8, Math.round(blocks.join("").length / 4));
    const { fresh, read, written } = this.#window.ask();
    this.#window.answer(output);
    const sums: Sums = {
      turns: 1,
      input: fresh,
      cacheRead: read,
      cacheWrite: ttl === "1h" ? 0 : written,
      cacheWrite1h: ttl === "1h" ? written : 0,
      output,
      usd: 0,
    };

    const messageId = this.#style.messagePrefix + draws.base62(22);
    const requestId = `req_011C${draws.base62(20)}`;
    const request = isNew
      ? `"requestId":"${requestId}","requestRef":"${requestRef}","requestedModel":"${model}","promptCacheRequested":"${ttl}"`
      : `"requestId":"${requestId}"`;
    const attribution = this.#agent === undefined ? "" : `"attributionAgent":"general-purpose",`;
    const stop = ends ? "end_turn" : "tool_use";
    blocks.forEach((block, index) => {
      this.#clock.pass(200, 9_000);
      const isLast = index === blocks.length - 1;
      // Older versions wrote the early lines while the response was still coming in.
      const known = isNew || isLast ? output : Math.min(output, draws.whole(1, 8));
      const usage = isNew
        ? newUsage(sums, read, written, output)
        : `{"input_tokens":${fresh},"cache_creation_input_tokens":${written},"cache_read_input_tokens":${read},` +
          `"cache_creation":{"ephemeral_5m_input_tokens":${sums.cacheWrite},"ephemeral_1h_input_tokens":${sums.cacheWrite1h}},` +
          `"output_tokens":${known},"service_tier":"standard"}`;
      const head = this.#lines.head();
      const line = `${head},"message":{"id":"${messageId}","type":"message","role":"assistant","model":"${model}",` +
        `"content":[${block}],"stop_reason":${isNew || isLast ? `"${stop}"` : "null"},"stop_sequence":null,` +
        `"usage":${usage}},${isNew ? `"apiBlockIndex":${index},` : ""}${request},${attribution}"type":"assistant",` +
        `${isNew ? `"madeBy":"model",` : ""}${this.#lines.tail()}`;
      this.#lastAssistantUuid = this.#lines.parentUuid!;
      this.#lines.log.line(line, isLast ? sums : undefined);
    });
  }

  #toolUse(): string {
    const { draws, text } = this.#context;
    const id = this.#pendingTool = `toolu_01${draws.base62(22)}`;
    const [name, input] = draws.pick<() => [string, string]>([
      () => [
        "Bash",
        `{"command":"${text.text(draws.heavyTail(90, 0.8, 16, 2_000))}","description":"${text.words(4)}"}`,
      ],
      () => ["Read", `{"file_path":"${this.#style.cwd}/src/${text.words(1)}.ts","limit":${draws.whole(20, 400)}}`],
      () => [
        "Edit",
        `{"file_path":"${this.#style.cwd}/a.ts","old_string":"${text.text(draws.heavyTail(500, 1, 20, 9_000))}",` +
        `"new_string":"${text.text(draws.heavyTail(700, 1, 20, 9_000))}","replace_all":false}`,
      ],
    ])();
    return `{"type":"tool_use","id":"${id}","name":"${name}","input":${input}}`;
  }

  #runSubagent(): string {
    const { draws } = this.#context;
    const id = `a${draws.hex(16)}`;
    const folder = this.#lines.log.path.slice(0, -`/${this.sessionId}.jsonl`.length);
    const besideParent = !this.#style.isNew && draws.chance(0.5);
    const name = `agent-${id}.jsonl`;
    const path = besideParent ? join(folder, name) : join(folder, this.sessionId, "subagents", name);
    const clock = new SessionClock(draws, this.#clock.at);
    const style = { ...this.#style, model: draws.chance(0.5) ? "claude-haiku-4-5" : this.#style.model };
    const agent = new ClaudeSession(this.#context, style, clock, {
      id: this.sessionId,
      keepsHistory: false,
      agent: { id, path },
    });
    agent.begin();
    do agent.turn(); while (agent.bytes < this.subagentBytes);
    agent.close();
    this.#clock.at = clock.at;
    if (!besideParent) {
      Deno.writeTextFileSync(
        path.replace(/jsonl$/, "meta.json"),
        `{"agentType":"general-purpose","description":"probe","spawnDepth":1,"model":"${style.model}","finished":true}`,
      );
    }
    return id;
  }

  #compact(): void {
    const { text, draws } = this.#context;
    this.#clock.pass(20_000, 90_000);
    const tokens = this.#window.tokens;
    const head = this.#lines.head();
    this.#lines.log.line(
      `${head},"type":"system","subtype":"compact_boundary","content":"Conversation compacted","isMeta":false,` +
        `"level":"info","compactMetadata":{"trigger":"auto","preTokens":${tokens}},${this.#lines.tail()}`,
    );
    this.#lines.log.line(
      `${this.#lines.head()},"type":"user","message":{"role":"user","content":"This session is being continued from a previous ` +
        `conversation.\\n${text.text(draws.whole(5_000, 14_000))}"},"isCompactSummary":true,${this.#lines.tail()}`,
    );
    this.#window.compact();
  }
}
