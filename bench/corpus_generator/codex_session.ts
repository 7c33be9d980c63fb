/**
 * Threads of Codex as 0.169.0 writes them (`token_usage_record` and `token_count` for the same response, ordinals) and, for
 * half of them, as earlier versions did: `token_count` alone, written again whenever limits changed.
 *
 * Newer forks refer to their parent's log; older ones replay it, times rewritten. Sub-agents are threads of their own that
 * count for their parent's session; some replay its history too.
 */
import { jsonOf, NO_COUNTS } from "./codex_counts.ts";
import { type CodexIdentity, CodexLines, type CodexStyle } from "./codex_lines.ts";
import { ContextWindow } from "./context_window.ts";
import {
  type CorpusContext,
  PROJECTS,
  SessionClock,
  type SessionMaker,
  startTime,
  toolOutputBytes,
} from "./corpus_context.ts";
import type { Sums } from "./truth.ts";

const MODELS = ["gpt-5.5", "gpt-5.4-mini", "gpt-5.4"];
const NEW_VERSION = "0.169.0";
const OLD_VERSIONS = ["0.98.0", "0.77.0", "0.61.0"];
const SUBAGENT_SHARE = 0.12;
const MOST_SUBAGENT_BYTES = 2_000_000;

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
  readonly #lines: CodexLines;
  readonly #window: ContextWindow;
  #pendingCall: string | undefined;
  #turns = 0;

  constructor(context: CorpusContext, style: CodexStyle, clock: SessionClock, identity: CodexIdentity) {
    const { draws } = context;
    this.#context = context;
    this.#style = style;
    this.#clock = clock;
    this.#id = identity.id;
    this.sessionId = identity.sessionId;
    this.#window = new ContextWindow(draws, 230_000);
    this.#lines = new CodexLines(context, style, clock, identity);
    clock.pass(5, 40);
    this.#lines.header();
  }

  get bytes(): number {
    return this.#lines.log.bytes;
  }

  get path(): string {
    return this.#lines.log.path;
  }

  /** What a thread says once, before its first turn. */
  begin(): void {
    const { text, mostFixedBytes } = this.#context;
    const rules = text.text(Math.min(2_400, mostFixedBytes));
    if (this.#style.isNew) {
      this.#lines.startTurn();
      this.#lines.message("developer", rules);
      this.#lines.line(
        "world_state",
        `"full":true,"state":{"host_skills":{"body":"${rules}"},"model":"${this.#style.model}"}`,
      );
      this.#lines.turnContext();
      this.#lines.line(
        "event_msg",
        `"type":"thread_settings_applied","thread_id":"${this.#id}","thread_settings":{"model":"${this.#style.model}",` +
          `"model_provider_id":"openai","approval_policy":"never","cwd":"${this.#style.cwd}"}`,
      );
    } else {
      this.#lines.message("user", `<environment_context>\\n  <cwd>${this.#style.cwd}</cwd>\\n</environment_context>`);
      this.#lines.startTurn();
      this.#lines.turnContext();
    }
    this.#prompt();
  }

  turn(): void {
    const { draws } = this.#context;
    this.#turns++;
    if (this.#window.isFull) this.#compact();
    if (this.#pendingCall !== undefined) this.#toolOutput(this.#pendingCall);
    else if (this.#turns > 1) {
      this.#lines.line(
        "event_msg",
        `"type":"task_complete","turn_id":"${this.#lines.turnId}","last_agent_message":"done"`,
      );
      const pauseMs = draws.logUniform(20_000, 10_800_000);
      this.#clock.at += pauseMs;
      if (pauseMs > 1_800_000) this.#window.forget();
      this.#lines.log.mark();
      this.#lines.startTurn();
      this.#lines.turnContext();
      this.#prompt();
    }
    this.#respond();
  }

  captureTurn(): { readonly text: string; readonly sums: Sums } {
    this.subagents = 0;
    return this.#lines.log.capture(() => this.turn());
  }

  fork(keepsHistory: boolean): SessionMaker {
    const { draws } = this.#context;
    const clock = new SessionClock(draws, this.#clock.at + draws.whole(60_000, 7_200_000));
    const id = draws.uuid7(clock.at);
    const common = { id, sessionId: id, keepsHistory: keepsHistory && !this.#style.isNew, source: '"cli"' };
    if (this.#style.isNew) {
      const base = `"history_base":{"thread_id":"${this.#id}","end_ordinal_exclusive":${this.#lines.ordinal},` +
        `"end_byte_offset":${this.bytes}}`;
      const origin = `"forked_from_id":"${this.#id}","forked_from_ordinal_exclusive":${this.#lines.ordinal},${base},`;
      const fork = new CodexSession(this.#context, this.#style, clock, {
        ...common,
        origin,
        firstOrdinal: this.#lines.ordinal,
        total: this.#lines.total,
      });
      fork.#resume();
      return fork;
    }
    const { cuts, history } = this.#lines.log;
    const end = cuts.length === 0 ? history.length : draws.pick(cuts.slice(cuts.length >> 1));
    const replayed = history.slice(0, end);
    const fork = new CodexSession(this.#context, this.#style, clock, {
      ...common,
      origin: `"forked_from_id":"${this.#id}",`,
      firstOrdinal: 0,
      total: NO_COUNTS,
    });
    fork.#lines.replay(replayed);
    fork.#resume();
    return fork;
  }

  waitUntil(at: number): void {
    this.#clock.at = Math.max(this.#clock.at, at);
    this.#window.forget();
  }

  close(): void {
    this.#lines.log.close(this.#clock.at);
  }

  #resume(): void {
    this.#window.add(40_000);
    this.#lines.startTurn();
    this.#lines.turnContext();
    this.#prompt();
  }

  #prompt(): void {
    const { draws, text } = this.#context;
    const prompt = text.text(draws.heavyTail(300, 1.2, 10, 8_000));
    this.#window.add(prompt.length);
    const picture = this.#context.duePicture();
    if (picture > 0) {
      this.#lines.line(
        "response_item",
        `"type":"message","role":"user","content":[{"type":"input_text","text":"${prompt}"},{"type":"input_image",` +
          `"image_url":"data:image/png;base64,${text.base64(picture)}"}]${this.#lines.metadata()}`,
      );
    } else this.#lines.message("user", prompt);
    if (this.#style.isNew) {
      this.#lines.line(
        "event_msg",
        `"type":"item_completed","thread_id":"${this.#id}","turn_id":"${this.#lines.turnId}","item":{"type":"UserMessage",` +
          `"id":"${draws.uuid7(this.#clock.at)}","content":[{"type":"text","text":"${prompt}"}]}`,
      );
    } else this.#lines.line("event_msg", `"type":"user_message","message":"${prompt}","images":[]`);
    // Limits are written before anything was used, too.
    if (draws.chance(0.3)) {
      this.#lines.line("event_msg", `"type":"token_count","info":null,"rate_limits":${this.#lines.limits()}`);
    }
  }

  #respond(): void {
    const { draws, text } = this.#context;
    this.#clock.pass(600, 2_000);
    // Limits come with the head of the next response.
    if (draws.chance(0.1)) this.#lines.repeatCount();
    this.#clock.pass(1_000, 23_000);
    const thoughtBytes = draws.whole(1_000, 4_000);
    const summary = text.text(draws.heavyTail(160, 0.7, 10, 2_000));
    this.#lines.line(
      "response_item",
      `"type":"reasoning","id":"rs_0${draws.hex(48)}","summary":[{"type":"summary_text","text":"${summary}"}],` +
        `"content":null,"encrypted_content":"gAAAAAB${text.base64(thoughtBytes)}"${this.#lines.metadata()}`,
    );
    if (!this.#style.isNew) this.#lines.line("event_msg", `"type":"agent_reasoning","text":"${summary}"`);
    const ends = draws.chance(0.1);
    let written = summary.length + thoughtBytes / 3;
    if (ends || draws.chance(0.25)) {
      const answer = text.text(draws.heavyTail(300, 1.1, 12, 9_000));
      written += answer.length;
      this.#lines.message("assistant", answer);
      if (!this.#style.isNew) this.#lines.line("event_msg", `"type":"agent_message","message":"${answer}"`);
    }
    if (!ends) written += this.#toolCall();
    const output = Math.max(16, Math.round(written / 4));
    const { fresh, read, written: cacheWritten } = this.#window.ask();
    this.#window.answer(output);
    // Newer models bill what they write to the cache; OpenAI's cache holds whole blocks of 128 tokens.
    const cached = read - read % 128;
    const cacheWrite = this.#style.isNew && cacheWritten > 1024 ? cacheWritten - cacheWritten % 128 : 0;
    const input = fresh + read + cacheWritten;
    this.#lines.usage({ input, cached, cacheWrite, output, reasoning: Math.floor(output / 3) });
  }

  /** @returns about how many bytes the model wrote */
  #toolCall(): number {
    const { draws, text } = this.#context;
    const id = this.#pendingCall = `call_${draws.base62(24)}`;
    if (!this.#style.isNew && draws.chance(0.3)) {
      const patch = text.text(draws.heavyTail(900, 1, 60, 20_000));
      this.#lines.line(
        "response_item",
        `"type":"custom_tool_call","status":"completed","call_id":"${id}","name":"apply_patch","input":"${patch}"`,
      );
      return patch.length;
    }
    const command = text.nested(draws.heavyTail(160, 0.9, 20, 6_000));
    this.#lines.line(
      "response_item",
      `"type":"function_call","id":"fc_0${draws.hex(40)}","name":"exec_command",` +
        `"arguments":"{\\"cmd\\":\\"${command}\\"}","call_id":"${id}"${this.#lines.metadata()}`,
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
    this.#lines.line(
      "response_item",
      `"type":"function_call_output","call_id":"${callId}","output":"Chunk ID: ${
        draws.hex(6)
      }\\nWall time: 0.2 seconds` +
        `\\nProcess exited with code 0\\nOutput:\\n${output}"${this.#lines.metadata()}`,
    );
    if (this.#style.isNew) {
      this.#lines.line(
        "event_msg",
        `"type":"item_completed","thread_id":"${this.#id}","turn_id":"${this.#lines.turnId}","item":{"type":` +
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
    const { history } = this.#lines.log;
    const replays = history.length > 0 && history.length < 600 && draws.chance(0.5);
    const lines = history.slice(0, replays ? this.#lines.log.cuts.at(-1) ?? 0 : 0);
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
    agent.#lines.replay(kept);
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
      ? `,"latest_token_usage_record":{"thread_id":"${this.#id}","response_id":"resp_0","usage":${
        jsonOf(this.#lines.total)
      }}`
      : "";
    this.#lines.line("compacted", `"message":"${text.text(4_000)}","replacement_history":[${kept}]${record}`);
    this.#lines.line("event_msg", `"type":"context_compacted"`);
    this.#window.compact();
  }
}
