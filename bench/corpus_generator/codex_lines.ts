/**
 * The lines of one Codex log, newer and older: the header, the beginning of turns, messages, token counts, and the history
 * of another thread where a log begins with one.
 *
 * What is said in which order is decided in `codex_session.ts`.
 */
import { join } from "node:path";
import { addCounts, type CodexCounts, countsOf, jsonOf, NO_COUNTS, sumsOf } from "./codex_counts.ts";
import type { CorpusContext, SessionClock } from "./corpus_context.ts";
import { type HistoryLine, SessionLog } from "./session_log.ts";
import type { Sums } from "./truth.ts";

const INSTRUCTIONS_BYTES = 20_500;

export interface CodexStyle {
  readonly cwd: string;
  readonly isNew: boolean;
  readonly version: string;
  readonly model: string;
  /** Older versions name turns from some release on. */
  readonly hasTurnIds: boolean;
}

export interface CodexIdentity {
  readonly id: string;
  /** The session it counts for: the thread itself, or the root of a sub-agent. */
  readonly sessionId: string;
  readonly keepsHistory: boolean;
  /** Fields of the header that say where the thread comes from. */
  readonly origin: string;
  readonly source: string;
  readonly firstOrdinal: number;
  /** Running total that the thread goes on from. */
  readonly total: CodexCounts;
}

export class CodexLines {
  readonly log: SessionLog;
  /** Of the next line, in logs that have ordinals. */
  ordinal: number;
  /** Running total of the thread. */
  total: CodexCounts;
  turnId = "";
  readonly #identity: CodexIdentity;
  readonly #context: CorpusContext;
  readonly #style: CodexStyle;
  readonly #clock: SessionClock;
  readonly #startedAt: string;
  #turnTotal = NO_COUNTS;
  #info: string | undefined;

  constructor(context: CorpusContext, style: CodexStyle, clock: SessionClock, identity: CodexIdentity) {
    this.#identity = identity;
    this.#context = context;
    this.#style = style;
    this.#clock = clock;
    this.ordinal = identity.firstOrdinal;
    this.total = identity.total;
    this.#startedAt = clock.iso;
    const name = `rollout-${clock.iso.slice(0, 19).replaceAll(":", "-")}-${identity.id}.jsonl`;
    const day = clock.iso.slice(0, 10).replaceAll("-", "/");
    const folder = context.draws.chance(0.1) ? "archived_sessions" : join("sessions", day);
    this.log = new SessionLog({
      path: join(context.home, ".codex", folder, name),
      sessionId: identity.sessionId,
      tally: context.tally,
      keepsHistory: identity.keepsHistory,
    });
  }

  /** The history of another thread, a second or two long; its header comes along. */
  replay(lines: readonly HistoryLine[]): void {
    for (const { text, sums } of lines) {
      if (text.includes('"type":"token_usage_record"')) continue;
      this.#clock.pass(0, 3);
      // Times change, and so does the place in the log where there are places.
      const rewritten = text
        .replace(/"timestamp":"[^"]*"/, `"timestamp":"${this.#clock.iso}"`)
        .replace(/"ordinal":\d+/, () => `"ordinal":${this.ordinal++}`);
      this.log.copy({ text: rewritten, sums });
      const total = /"total_token_usage":({[^}]*})/.exec(rewritten.slice(0, 600))?.[1];
      if (total !== undefined && rewritten.includes('"type":"token_count"')) this.total = countsOf(total);
    }
  }

  line(type: string, payload: string, sums?: Sums): void {
    const ordinal = this.#style.isNew ? `"ordinal":${this.ordinal++},` : "";
    this.log.line(`{"timestamp":"${this.#clock.iso}",${ordinal}"type":"${type}","payload":{${payload}}}`, sums);
  }

  header(): void {
    const { id, sessionId, origin, source } = this.#identity;
    const { text, mostFixedBytes } = this.#context;
    const instructions = text.text(Math.min(INSTRUCTIONS_BYTES, mostFixedBytes));
    const { isNew, version, cwd, model } = this.#style;
    const rest = isNew
      ? `"thread_source":"${sessionId === id ? "user" : "subagent"}","model_provider":"openai","base_instructions":` +
        `{"text":"${instructions}","provenance":{"type":"model","model":"${model}"}},"history_mode":"paginated","git":{}`
      : `"model_provider":"openai","instructions":"${instructions}","git":{"branch":"main"}`;
    this.line(
      "session_meta",
      `${isNew ? `"session_id":"${sessionId}",` : ""}"id":"${id}",${origin}"timestamp":"${this.#startedAt}",` +
        `"cwd":"${cwd}","originator":"codex_cli_rs","cli_version":"${version}","source":${source},${rest}`,
    );
  }

  startTurn(): void {
    this.turnId = this.#context.draws.uuid7(this.#clock.at);
    this.#turnTotal = NO_COUNTS;
    if (this.#style.hasTurnIds) {
      this.line(
        "event_msg",
        `"type":"task_started","turn_id":"${this.turnId}","started_at":${Math.floor(this.#clock.at / 1000)},` +
          `"model_context_window":258400`,
      );
    } else this.line("event_msg", `"type":"task_started","model_context_window":258400`);
  }

  turnContext(): void {
    const turn = this.#style.hasTurnIds ? `"turn_id":"${this.turnId}",` : "";
    this.line(
      "turn_context",
      `${turn}"cwd":"${this.#style.cwd}","approval_policy":"never","sandbox_policy":{"type":"danger-full-access"},` +
        `"model":"${this.#style.model}","effort":"high","summary":"auto"`,
    );
  }

  message(role: string, text: string): void {
    const kind = role === "assistant" ? "output_text" : "input_text";
    this.line(
      "response_item",
      `"type":"message","role":"${role}","content":[{"type":"${kind}","text":"${text}"}]${this.metadata()}`,
    );
  }

  metadata(): string {
    return this.#style.isNew ? `,"internal_chat_message_metadata_passthrough":{"turn_id":"${this.turnId}"}` : "";
  }

  limits(): string {
    const used = this.#context.draws.whole(0, 99);
    return `{"limit_id":"codex","primary":{"used_percent":${used}.0,"window_minutes":300},"secondary":null,"credits":null}`;
  }

  usage(counts: CodexCounts): void {
    this.total = addCounts(this.total, counts);
    this.#turnTotal = addCounts(this.#turnTotal, counts);
    const sums = sumsOf(counts);
    if (this.#style.isNew) {
      this.line(
        "token_usage_record",
        `"thread_id":"${this.#identity.id}","turn_id":"${this.turnId}","session_id":"${this.#identity.sessionId}","root_turn_id":` +
          `"${this.turnId}","response_id":"resp_0${this.#context.draws.hex(48)}","usage":${jsonOf(counts)},` +
          `"turn_token_usage":${jsonOf(this.#turnTotal)},"thread_token_usage":${jsonOf(this.total)}`,
        sums,
      );
    }
    this.#info = `{"total_token_usage":${jsonOf(this.total)},"last_token_usage":${jsonOf(counts)},` +
      `"model_context_window":258400}`;
    this.#count(this.#style.isNew ? undefined : sums);
  }

  /** The count of the response before, written again because limits changed. */
  repeatCount(): void {
    if (this.#info !== undefined) this.#count();
  }

  #count(sums?: Sums): void {
    this.line("event_msg", `"type":"token_count","info":${this.#info},"rate_limits":${this.limits()}`, sums);
  }
}
