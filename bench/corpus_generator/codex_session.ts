/**
 * Threads of Codex as 0.169.0 writes them (`token_usage_record` and `token_count` for the same response, ordinals) and, for
 * half of them, as earlier versions did: `token_count` alone, written again whenever limits changed.
 *
 * Newer forks refer to their parent's log; older ones replay it, times rewritten. Sub-agents are threads of their own that
 * count for their parent's session; some replay its history too.
 */
import { join } from "node:path";
import { ContextWindow } from "./context_window.ts";
import {
  type CorpusContext,
  PROJECTS,
  SessionClock,
  type SessionMaker,
  startTime,
  toolOutputBytes,
} from "./corpus_context.ts";
import { type HistoryLine, SessionLog } from "./session_log.ts";
import type { Sums } from "./truth.ts";

const MODELS = ["gpt-5.5", "gpt-5.4-mini", "gpt-5.4"];
const NEW_VERSION = "0.169.0";
const OLD_VERSIONS = ["0.98.0", "0.77.0", "0.61.0"];
const INSTRUCTIONS_BYTES = 20_500;
const SUBAGENT_SHARE = 0.12;
const MOST_SUBAGENT_BYTES = 2_000_000;

/** As Codex counts: cache tokens inside input, reasoning inside output. */
interface Counts {
  readonly input: number;
  readonly cached: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly reasoning: number;
}

const NO_COUNTS: Counts = { input: 0, cached: 0, cacheWrite: 0, output: 0, reasoning: 0 };

interface CodexStyle {
  readonly cwd: string;
  readonly isNew: boolean;
  readonly version: string;
  readonly model: string;
  /** Older versions name turns from some release on. */
  readonly hasTurnIds: boolean;
}

interface CodexIdentity {
  readonly id: string;
  /** The session it counts for: the thread itself, or the root of a sub-agent. */
  readonly sessionId: string;
  readonly keepsHistory: boolean;
  /** Fields of the header that say where the thread comes from. */
  readonly origin: string;
  readonly source: string;
  readonly firstOrdinal: number;
  /** Running total that the thread goes on from. */
  readonly total: Counts;
}

export function makeCodexSession(context: CorpusContext, bytes: number, keepsHistory: boolean): SessionMaker {
  const { draws } = context;
  const clock = new SessionClock(draws, startTime(draws, bytes));
  const isNew = draws.chance(0.5);
  const style: CodexStyle = {
    cwd: draws.pick(PROJECTS),
    isNew,
    version: isNew ? NEW_VERSION : draws.pick(OLD_VERSIONS),
    model: draws.pick(MODELS),
    hasTurnIds: isNew || draws.chance(0.5),
  };
  const id = draws.uuid7(clock.at);
  const session = new CodexSession(context, style, clock, {
    id,
    sessionId: id,
    keepsHistory,
    origin: "",
    source: draws.pick(['"cli"', '"exec"', '"vscode"']),
    firstOrdinal: 0,
    total: NO_COUNTS,
  });
  session.subagents = bytes < 60_000 || !draws.chance(0.3) ? 0 : draws.whole(1, 4);
  session.subagentBytes = Math.min(MOST_SUBAGENT_BYTES, Math.max(20_000, bytes * SUBAGENT_SHARE));
  session.begin();
  return session;
}

class CodexSession implements SessionMaker {
  readonly sessionId: string;
  subagents = 0;
  subagentBytes = 0;
  readonly #id: string;
  readonly #context: CorpusContext;
  readonly #style: CodexStyle;
  readonly #clock: SessionClock;
  readonly #log: SessionLog;
  readonly #window: ContextWindow;
  readonly #startedAt: string;
  #ordinal: number;
  #total: Counts;
  #turnId = "";
  #turnTotal = NO_COUNTS;
  #pendingCall: string | undefined;
  #turns = 0;

  constructor(context: CorpusContext, style: CodexStyle, clock: SessionClock, identity: CodexIdentity) {
    const { draws } = context;
    this.#context = context;
    this.#style = style;
    this.#clock = clock;
    this.#id = identity.id;
    this.sessionId = identity.sessionId;
    this.#ordinal = identity.firstOrdinal;
    this.#total = identity.total;
    this.#startedAt = clock.iso;
    this.#window = new ContextWindow(draws, 230_000);
    const name = `rollout-${clock.iso.slice(0, 19).replaceAll(":", "-")}-${identity.id}.jsonl`;
    const day = clock.iso.slice(0, 10).replaceAll("-", "/");
    const folder = draws.chance(0.1) ? "archived_sessions" : join("sessions", day);
    this.#log = new SessionLog({
      path: join(context.home, ".codex", folder, name),
      sessionId: identity.sessionId,
      tally: context.tally,
      keepsHistory: identity.keepsHistory,
    });
    clock.pass(5, 40);
    this.#header(identity);
  }

  get bytes(): number {
    return this.#log.bytes;
  }

  get path(): string {
    return this.#log.path;
  }

  /** What a thread says once, before its first turn. */
  begin(): void {
    const { text, mostFixedBytes } = this.#context;
    const rules = text.text(Math.min(2_400, mostFixedBytes));
    if (this.#style.isNew) {
      this.#startTurn();
      this.#message("developer", rules);
      this.#line(
        "world_state",
        `"full":true,"state":{"host_skills":{"body":"${rules}"},"model":"${this.#style.model}"}`,
      );
      this.#turnContext();
      this.#line(
        "event_msg",
        `"type":"thread_settings_applied","thread_id":"${this.#id}","thread_settings":{"model":"${this.#style.model}",` +
          `"model_provider_id":"openai","approval_policy":"never","cwd":"${this.#style.cwd}"}`,
      );
    } else {
      this.#message("user", `<environment_context>\\n  <cwd>${this.#style.cwd}</cwd>\\n</environment_context>`);
      this.#startTurn();
      this.#turnContext();
    }
    this.#prompt();
  }

  turn(): void {
    const { draws } = this.#context;
    this.#turns++;
    if (this.#window.isFull) this.#compact();
    if (this.#pendingCall !== undefined) this.#toolOutput(this.#pendingCall);
    else if (this.#turns > 1) {
      this.#line("event_msg", `"type":"task_complete","turn_id":"${this.#turnId}","last_agent_message":"done"`);
      const pauseMs = draws.logUniform(20_000, 10_800_000);
      this.#clock.at += pauseMs;
      if (pauseMs > 1_800_000) this.#window.forget();
      this.#log.mark();
      this.#startTurn();
      this.#turnContext();
      this.#prompt();
    }
    this.#respond();
  }

  captureTurn(): { readonly text: string; readonly sums: Sums } {
    this.subagents = 0;
    return this.#log.capture(() => this.turn());
  }

  fork(keepsHistory: boolean): SessionMaker {
    const { draws } = this.#context;
    const clock = new SessionClock(draws, this.#clock.at + draws.whole(60_000, 7_200_000));
    const id = draws.uuid7(clock.at);
    const common = { id, sessionId: id, keepsHistory: keepsHistory && !this.#style.isNew, source: '"cli"' };
    if (this.#style.isNew) {
      const base = `"history_base":{"thread_id":"${this.#id}","end_ordinal_exclusive":${this.#ordinal},` +
        `"end_byte_offset":${this.bytes}}`;
      const origin = `"forked_from_id":"${this.#id}","forked_from_ordinal_exclusive":${this.#ordinal},${base},`;
      const fork = new CodexSession(this.#context, this.#style, clock, {
        ...common,
        origin,
        firstOrdinal: this.#ordinal,
        total: this.#total,
      });
      fork.#resume();
      return fork;
    }
    const { cuts, history } = this.#log;
    const end = cuts.length === 0 ? history.length : draws.pick(cuts.slice(cuts.length >> 1));
    const replayed = history.slice(0, end);
    const fork = new CodexSession(this.#context, this.#style, clock, {
      ...common,
      origin: `"forked_from_id":"${this.#id}",`,
      firstOrdinal: 0,
      total: NO_COUNTS,
    });
    fork.#replay(replayed);
    fork.#resume();
    return fork;
  }

  waitUntil(at: number): void {
    this.#clock.at = Math.max(this.#clock.at, at);
    this.#window.forget();
  }

  close(): void {
    this.#log.close(this.#clock.at);
  }

  #resume(): void {
    this.#window.add(40_000);
    this.#startTurn();
    this.#turnContext();
    this.#prompt();
  }

  /** The history of another thread, a second or two long; its header comes along. */
  #replay(lines: readonly HistoryLine[]): void {
    for (const { text, sums } of lines) {
      if (text.includes('"type":"token_usage_record"')) continue;
      this.#clock.pass(0, 3);
      // Times change, and so does the place in the log where there are places.
      const rewritten = text
        .replace(/"timestamp":"[^"]*"/, `"timestamp":"${this.#clock.iso}"`)
        .replace(/"ordinal":\d+/, () => `"ordinal":${this.#ordinal++}`);
      this.#log.copy({ text: rewritten, sums });
      const total = /"total_token_usage":({[^}]*})/.exec(rewritten.slice(0, 600))?.[1];
      if (total !== undefined && rewritten.includes('"type":"token_count"')) this.#total = countsOf(total);
    }
  }

  #line(type: string, payload: string, sums?: Sums): void {
    const ordinal = this.#style.isNew ? `"ordinal":${this.#ordinal++},` : "";
    this.#log.line(`{"timestamp":"${this.#clock.iso}",${ordinal}"type":"${type}","payload":{${payload}}}`, sums);
  }

  #header({ id, sessionId, origin, source }: CodexIdentity): void {
    const { text, mostFixedBytes } = this.#context;
    const instructions = text.text(Math.min(INSTRUCTIONS_BYTES, mostFixedBytes));
    const { isNew, version, cwd, model } = this.#style;
    const rest = isNew
      ? `"thread_source":"${sessionId === id ? "user" : "subagent"}","model_provider":"openai","base_instructions":` +
        `{"text":"${instructions}","provenance":{"type":"model","model":"${model}"}},"history_mode":"paginated","git":{}`
      : `"model_provider":"openai","instructions":"${instructions}","git":{"branch":"main"}`;
    this.#line(
      "session_meta",
      `${isNew ? `"session_id":"${sessionId}",` : ""}"id":"${id}",${origin}"timestamp":"${this.#startedAt}",` +
        `"cwd":"${cwd}","originator":"codex_cli_rs","cli_version":"${version}","source":${source},${rest}`,
    );
  }

  #startTurn(): void {
    this.#turnId = this.#context.draws.uuid7(this.#clock.at);
    this.#turnTotal = NO_COUNTS;
    if (this.#style.hasTurnIds) {
      this.#line(
        "event_msg",
        `"type":"task_started","turn_id":"${this.#turnId}","started_at":${Math.floor(this.#clock.at / 1000)},` +
          `"model_context_window":258400`,
      );
    } else this.#line("event_msg", `"type":"task_started","model_context_window":258400`);
  }

  #turnContext(): void {
    const turn = this.#style.hasTurnIds ? `"turn_id":"${this.#turnId}",` : "";
    this.#line(
      "turn_context",
      `${turn}"cwd":"${this.#style.cwd}","approval_policy":"never","sandbox_policy":{"type":"danger-full-access"},` +
        `"model":"${this.#style.model}","effort":"high","summary":"auto"`,
    );
  }

  #message(role: string, text: string): void {
    const kind = role === "assistant" ? "output_text" : "input_text";
    this.#line(
      "response_item",
      `"type":"message","role":"${role}","content":[{"type":"${kind}","text":"${text}"}]${this.#metadata()}`,
    );
  }

  #metadata(): string {
    return this.#style.isNew ? `,"internal_chat_message_metadata_passthrough":{"turn_id":"${this.#turnId}"}` : "";
  }

  #prompt(): void {
    const { draws, text } = this.#context;
    const prompt = text.text(draws.heavyTail(300, 1.2, 10, 8_000));
    this.#window.add(prompt.length);
    const picture = this.#context.duePicture();
    if (picture > 0) {
      this.#line(
        "response_item",
        `"type":"message","role":"user","content":[{"type":"input_text","text":"${prompt}"},{"type":"input_image",` +
          `"image_url":"data:image/png;base64,${text.base64(picture)}"}]${this.#metadata()}`,
      );
    } else this.#message("user", prompt);
    if (this.#style.isNew) {
      this.#line(
        "event_msg",
        `"type":"item_completed","thread_id":"${this.#id}","turn_id":"${this.#turnId}","item":{"type":"UserMessage",` +
          `"id":"${draws.uuid7(this.#clock.at)}","content":[{"type":"text","text":"${prompt}"}]}`,
      );
    } else this.#line("event_msg", `"type":"user_message","message":"${prompt}","images":[]`);
    // Limits are written before anything was used, too.
    if (draws.chance(0.3)) this.#line("event_msg", `"type":"token_count","info":null,"rate_limits":${this.#limits()}`);
  }

  #limits(): string {
    const used = this.#context.draws.whole(0, 99);
    return `{"limit_id":"codex","primary":{"used_percent":${used}.0,"window_minutes":300},"secondary":null,"credits":null}`;
  }

  #respond(): void {
    const { draws, text } = this.#context;
    this.#clock.pass(1_600, 25_000);
    const thoughtBytes = draws.whole(1_000, 4_000);
    const summary = text.text(draws.heavyTail(160, 0.7, 10, 2_000));
    this.#line(
      "response_item",
      `"type":"reasoning","id":"rs_0${draws.hex(48)}","summary":[{"type":"summary_text","text":"${summary}"}],` +
        `"content":null,"encrypted_content":"gAAAAAB${text.base64(thoughtBytes)}"${this.#metadata()}`,
    );
    if (!this.#style.isNew) this.#line("event_msg", `"type":"agent_reasoning","text":"${summary}"`);
    const ends = draws.chance(0.1);
    let written = summary.length + thoughtBytes / 3;
    if (ends || draws.chance(0.25)) {
      const answer = text.text(draws.heavyTail(300, 1.1, 12, 9_000));
      written += answer.length;
      this.#message("assistant", answer);
      if (!this.#style.isNew) this.#line("event_msg", `"type":"agent_message","message":"${answer}"`);
    }
    if (!ends) written += this.#toolCall();
    const output = Math.max(16, Math.round(written / 4));
    const { fresh, read, written: cacheWritten } = this.#window.ask();
    this.#window.answer(output);
    // Newer models bill what they write to the cache; OpenAI's cache holds whole blocks of 128 tokens.
    const cached = read - read % 128;
    const cacheWrite = this.#style.isNew && cacheWritten > 1024 ? cacheWritten - cacheWritten % 128 : 0;
    const input = fresh + read + cacheWritten;
    this.#usage({ input, cached, cacheWrite, output, reasoning: Math.floor(output / 3) });
  }

  #usage(counts: Counts): void {
    this.#total = addCounts(this.#total, counts);
    this.#turnTotal = addCounts(this.#turnTotal, counts);
    const sums: Sums = {
      turns: 1,
      input: counts.input - counts.cached - counts.cacheWrite,
      cacheRead: counts.cached,
      cacheWrite: counts.cacheWrite,
      cacheWrite1h: 0,
      output: counts.output,
      usd: 0,
    };
    if (this.#style.isNew) {
      this.#line(
        "token_usage_record",
        `"thread_id":"${this.#id}","turn_id":"${this.#turnId}","session_id":"${this.sessionId}","root_turn_id":` +
          `"${this.#turnId}","response_id":"resp_0${this.#context.draws.hex(48)}","usage":${jsonOf(counts)},` +
          `"turn_token_usage":${jsonOf(this.#turnTotal)},"thread_token_usage":${jsonOf(this.#total)}`,
        sums,
      );
    }
    const info = `{"total_token_usage":${jsonOf(this.#total)},"last_token_usage":${jsonOf(counts)},` +
      `"model_context_window":258400}`;
    this.#line(
      "event_msg",
      `"type":"token_count","info":${info},"rate_limits":${this.#limits()}`,
      this.#style.isNew ? undefined : sums,
    );
    if (this.#context.draws.chance(0.1)) {
      this.#line("event_msg", `"type":"token_count","info":${info},"rate_limits":${this.#limits()}`);
    }
  }

  /** @returns about how many bytes the model wrote */
  #toolCall(): number {
    const { draws, text } = this.#context;
    const id = this.#pendingCall = `call_${draws.base62(24)}`;
    if (!this.#style.isNew && draws.chance(0.3)) {
      const patch = text.text(draws.heavyTail(900, 1, 60, 20_000));
      this.#line(
        "response_item",
        `"type":"custom_tool_call","status":"completed","call_id":"${id}","name":"apply_patch","input":"${patch}"`,
      );
      return patch.length;
    }
    const command = text.nested(draws.heavyTail(160, 0.9, 20, 6_000));
    this.#line(
      "response_item",
      `"type":"function_call","id":"fc_0${draws.hex(40)}","name":"exec_command",` +
        `"arguments":"{\\"cmd\\":\\"${command}\\"}","call_id":"${id}"${this.#metadata()}`,
    );
    return command.length;
  }

  #toolOutput(callId: string): void {
    const { draws, text } = this.#context;
    this.#clock.pass(20, draws.chance(0.1) ? 120_000 : 4_000);
    if (this.subagents > 0 && draws.chance(0.12)) {
      this.subagents--;
      this.#runSubagent();
    }
    const output = text.text(toolOutputBytes(draws));
    this.#line(
      "response_item",
      `"type":"function_call_output","call_id":"${callId}","output":"Chunk ID: ${
        draws.hex(6)
      }\\nWall time: 0.2 seconds` +
        `\\nProcess exited with code 0\\nOutput:\\n${output}"${this.#metadata()}`,
    );
    if (this.#style.isNew) {
      this.#line(
        "event_msg",
        `"type":"item_completed","thread_id":"${this.#id}","turn_id":"${this.#turnId}","item":{"type":` +
          `"CommandExecution","id":"${callId}","aggregated_output":"${
            output.length > 8_000 ? "" : output
          }","exit_code":0}`,
      );
    }
    this.#window.add(output.length);
    this.#pendingCall = undefined;
  }

  /** A thread of its own; with its parent's history at the head of its log, or without. */
  #runSubagent(): void {
    const { draws } = this.#context;
    const { isNew } = this.#style;
    const clock = new SessionClock(draws, this.#clock.at);
    const id = draws.uuid7(clock.at);
    const { history } = this.#log;
    const replays = history.length > 0 && history.length < 600 && draws.chance(0.5);
    const lines = history.slice(0, replays ? this.#log.cuts.at(-1) ?? 0 : 0);
    const kept = lines.filter(({ text }) => !text.includes('"type":"token_usage_record"'));
    const start = isNew && kept.length > 0 ? `"subagent_history_start_ordinal":${kept.length + 1},` : "";
    const agent = new CodexSession(this.#context, { ...this.#style, model: draws.pick(MODELS) }, clock, {
      id,
      sessionId: this.sessionId,
      keepsHistory: false,
      origin: isNew ? `"parent_thread_id":"${this.#id}",${start}` : replays ? `"forked_from_id":"${this.#id}",` : "",
      source: `{"subagent":{"thread_spawn":{"parent_thread_id":"${this.#id}","depth":1}}}`,
      firstOrdinal: 0,
      total: NO_COUNTS,
    });
    agent.#replay(kept);
    agent.#resume();
    do agent.turn(); while (agent.bytes < this.subagentBytes);
    agent.close();
    this.#clock.at = clock.at;
  }

  /** The new history as one line, megabytes at times, with an event beside it. */
  #compact(): void {
    const { draws, text } = this.#context;
    this.#clock.pass(10_000, 60_000);
    const kept = Array.from(
      { length: draws.whole(3, 30) },
      () =>
        `{"type":"message","role":"user","content":[{"type":"input_text","text":"${
          text.text(draws.heavyTail(2_000, 1, 50, 40_000))
        }"}]}`,
    ).join(",");
    const record = this.#style.isNew
      ? `,"latest_token_usage_record":{"thread_id":"${this.#id}","response_id":"resp_0","usage":${jsonOf(this.#total)}}`
      : "";
    this.#line("compacted", `"message":"${text.text(4_000)}","replacement_history":[${kept}]${record}`);
    this.#line("event_msg", `"type":"context_compacted"`);
    this.#window.compact();
  }
}

function jsonOf({ input, cached, cacheWrite, output, reasoning }: Counts): string {
  return `{"input_tokens":${input},"cached_input_tokens":${cached},"cache_write_input_tokens":${cacheWrite},` +
    `"output_tokens":${output},"reasoning_output_tokens":${reasoning},"total_tokens":${input + output}}`;
}

function countsOf(json: string): Counts {
  const counts = JSON.parse(json) as Record<string, number>;
  return {
    input: counts.input_tokens ?? 0,
    cached: counts.cached_input_tokens ?? 0,
    cacheWrite: counts.cache_write_input_tokens ?? 0,
    output: counts.output_tokens ?? 0,
    reasoning: counts.reasoning_output_tokens ?? 0,
  };
}

function addCounts(a: Counts, b: Counts): Counts {
  return {
    input: a.input + b.input,
    cached: a.cached + b.cached,
    cacheWrite: a.cacheWrite + b.cacheWrite,
    output: a.output + b.output,
    reasoning: a.reasoning + b.reasoning,
  };
}
