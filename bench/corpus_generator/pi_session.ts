/**
 * Sessions of Pi as 0.87 and 1.5 write them: one tree of entries a log, with the cost of each response in its usage.
 *
 * Forks copy entries to the letter, below a header that names their parent. Compactions, summaries of branches, warmed
 * caches and failed attempts stand between the messages, as in tests/fixtures.
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
import { billPi, PI_MODELS, type PiCounts, type PiModel } from "./pi_models.ts";
import { SessionLog } from "./session_log.ts";
import type { Sums } from "./truth.ts";

export function makePiSession(context: CorpusContext, bytes: number, keepsHistory: boolean): SessionMaker {
  const clock = new SessionClock(context.draws, startTime(context.draws, bytes));
  const session = new PiSession(context, clock, context.draws.pick(PROJECTS), keepsHistory);
  session.begin();
  return session;
}

class PiSession implements SessionMaker {
  readonly sessionId: string;
  readonly #context: CorpusContext;
  readonly #clock: SessionClock;
  readonly #cwd: string;
  readonly #log: SessionLog;
  readonly #window: ContextWindow;
  /** Prompts are cached for an hour instead of five minutes, where the provider has the choice. */
  readonly #isLongLived: boolean;
  #model: PiModel;
  #parentId: string | null = null;
  #pendingCall: string | undefined;
  #turns = 0;

  constructor(context: CorpusContext, clock: SessionClock, cwd: string, keepsHistory: boolean, parent?: PiSession) {
    const { draws } = context;
    this.#context = context;
    this.#clock = clock;
    this.#cwd = cwd;
    this.#model = parent === undefined ? draws.pick(PI_MODELS) : parent.#model;
    this.#isLongLived = draws.chance(0.2);
    this.#window = new ContextWindow(draws, 180_000);
    this.sessionId = draws.uuid7(clock.at);
    const folder = `--${cwd.slice(1).replaceAll("/", "-")}--`;
    const name = `${clock.iso.replace(/[:.]/g, "-")}_${this.sessionId}.jsonl`;
    this.#log = new SessionLog({
      path: join(context.home, ".pi/agent/sessions", folder, name),
      sessionId: this.sessionId,
      tally: context.tally,
      keepsHistory,
    });
    // A tool keeps the path on the machine where the parent was; here it is that of the corpus' home.
    const parentPath = parent === undefined
      ? ""
      : `,"parentSession":"/home/dev${parent.path.slice(context.home.length)}"`;
    this.#log.line(
      `{"type":"session","version":3,"id":"${this.sessionId}","timestamp":"${clock.iso}","cwd":"${cwd}"${parentPath}}`,
    );
  }

  get bytes(): number {
    return this.#log.bytes;
  }

  get path(): string {
    return this.#log.path;
  }

  begin(): void {
    const { draws, text, mostFixedBytes } = this.#context;
    this.#modelChange();
    this.#entry("thinking_level_change", `"thinkingLevel":"${draws.pick(["low", "medium", "high"])}"`);
    const tools = text.text(Math.min(3_600, mostFixedBytes));
    this.#message(
      `"role":"system","content":"","sections":{"preamble":"You are an expert coding assistant operating inside pi.",` +
        `"rules":"${text.text(Math.min(1_200, mostFixedBytes))}","cwd":"<cwd>\\n${this.#cwd}\\n</cwd>"},` +
        `"timestamp":${this.#clock.at},"toolsAdded":[{"name":"read","description":"${tools}"}]`,
    );
    this.#prompt();
  }

  turn(): void {
    const { draws, text } = this.#context;
    this.#turns++;
    if (this.#window.isFull) this.#compact();
    if (this.#pendingCall !== undefined) this.#toolResult(this.#pendingCall);
    else if (this.#turns > 1) this.#between();
    this.#log.mark();
    if (draws.chance(0.006)) this.#failedAttempt();
    this.#respond();
    if (this.#turns === 3 && draws.chance(0.3)) this.#entry("session_info", `"name":"${text.words(3)}"`);
  }

  captureTurn(): { readonly text: string; readonly sums: Sums } {
    return this.#log.capture(() => this.turn());
  }

  fork(keepsHistory: boolean): SessionMaker {
    const { draws } = this.#context;
    const clock = new SessionClock(draws, this.#clock.at + draws.whole(60_000, 7_200_000));
    const fork = new PiSession(this.#context, clock, this.#cwd, keepsHistory, this);
    const { cuts, history } = this.#log;
    const end = cuts.length === 0 ? 0 : draws.pick(cuts.slice(cuts.length >> 1));
    // The header is the fork's own.
    for (const line of history.slice(1, end)) {
      fork.#log.copy(line);
      fork.#parentId = /"id":"([^"]+)"/.exec(line.text.slice(0, 200))?.[1] ?? fork.#parentId;
    }
    fork.#window.add(end * 600);
    if (draws.chance(0.3)) {
      fork.#model = draws.pick(PI_MODELS);
      fork.#modelChange();
    }
    fork.#prompt();
    return fork;
  }

  waitUntil(at: number): void {
    this.#clock.at = Math.max(this.#clock.at, at);
    this.#window.forget();
  }

  close(): void {
    this.#log.close(this.#clock.at);
  }

  #entry(type: string, rest: string, sums?: Sums): string {
    const id = this.#context.draws.hex(8);
    const parent = this.#parentId === null ? "null" : `"${this.#parentId}"`;
    this.#log.line(
      `{"type":"${type}","id":"${id}","parentId":${parent},"timestamp":"${this.#clock.iso}",${rest}}`,
      sums,
    );
    this.#parentId = id;
    return id;
  }

  #message(message: string, sums?: Sums): string {
    return this.#entry("message", `"message":{${message}}`, sums);
  }

  #modelChange(): void {
    this.#entry("model_change", `"provider":"${this.#model.provider}","modelId":"${this.#model.model}"`);
  }

  #prompt(): void {
    const { draws, text } = this.#context;
    const bytes = draws.heavyTail(300, 1.2, 10, 8_000);
    this.#window.add(bytes);
    this.#message(
      `"role":"user","content":[{"type":"text","text":"${text.text(bytes)}"}],"timestamp":${this.#clock.at - 3}`,
    );
  }

  /** What may happen while nobody asks: a pause, another model, a branch left behind, a cache kept warm. */
  #between(): void {
    const { draws, text } = this.#context;
    const pauseMs = draws.logUniform(20_000, 10_800_000);
    if (pauseMs > 280_000 && this.#model.cacheWrite > 0 && draws.chance(0.3)) {
      this.#clock.pass(240_000, 280_000);
      const { fresh, read, written } = this.#window.ask();
      const [usage, sums] = this.#bill({ input: fresh, cacheRead: read, cacheWrite: written, output: 1 });
      const { provider, model } = this.#model;
      this.#entry("usage", `"kind":"cache_warm","provider":"${provider}","model":"${model}","usage":${usage}`, sums);
    }
    this.#clock.at += pauseMs;
    if (pauseMs > 300_000) this.#window.forget();
    if (draws.chance(0.05)) {
      this.#model = draws.pick(PI_MODELS);
      this.#window.forget();
      this.#modelChange();
    }
    if (draws.chance(0.02)) {
      const [usage, sums] = this.#bill({ input: draws.whole(900, 9_000), cacheRead: 0, cacheWrite: 0, output: 240 });
      this.#entry(
        "branch_summary",
        `"fromId":"${draws.hex(8)}","summary":"${text.text(900)}","details":{"readFiles":[],"modifiedFiles":[]},` +
          `"usage":${usage},"fromHook":false`,
        sums,
      );
    }
    if (draws.chance(0.04)) this.#entry("custom", `"customType":"lab-state","data":{"n":${this.#turns}}`);
    if (draws.chance(0.04)) {
      const output = text.text(draws.heavyTail(600, 1, 10, 20_000));
      this.#message(
        `"role":"bashExecution","command":"git status","output":"${output}","exitCode":0,"cancelled":false,` +
          `"truncated":false,"timestamp":${this.#clock.at}`,
      );
    }
    this.#prompt();
  }

  #toolResult(callId: string): void {
    const { draws, text } = this.#context;
    this.#clock.pass(5, draws.chance(0.1) ? 120_000 : 3_000);
    const picture = this.#context.duePicture();
    const output = picture > 0 ? "" : text.text(Math.min(50_000, toolOutputBytes(draws)));
    const content = picture > 0
      ? `{"type":"image","data":"${text.base64(picture)}","mimeType":"image/png"}`
      : `{"type":"text","text":"${output}"}`;
    this.#message(
      `"role":"toolResult","toolCallId":"${callId}","toolName":"bash","content":[${content}],"isError":false,` +
        `"timestamp":${this.#clock.at}`,
    );
    this.#window.add(picture > 0 ? 6_000 : output.length);
    this.#pendingCall = undefined;
  }

  /** Nothing was billed; the entry that follows keeps it out of the next prompt. */
  #failedAttempt(): void {
    const { provider, model, api } = this.#model;
    this.#clock.pass(500, 20_000);
    const cost = `{"input":0,"output":0,"cacheRead":0,"cacheWrite":0,"total":0}`;
    const id = this.#message(
      `"role":"assistant","content":[],"api":"${api}","provider":"${provider}","model":"${model}","usage":{"input":0,` +
        `"output":0,"cacheRead":0,"cacheWrite":0,"totalTokens":0,"cost":${cost}},"stopReason":"error",` +
        `"timestamp":${this.#clock.at - 400},"errorMessage":"529 overloaded_error"`,
    );
    this.#entry("context_edit", `"targetId":"${id}","replacement":null`);
  }

  #respond(): void {
    const { draws, text } = this.#context;
    const { provider, model, api } = this.#model;
    const sentAt = this.#clock.pass(20, 400);
    const blocks: string[] = [];
    if (draws.chance(0.5)) {
      blocks.push(
        `{"type":"thinking","thinking":"${text.text(draws.heavyTail(400, 0.9, 20, 6_000))}",` +
          `"thinkingSignature":"${text.base64(draws.whole(200, 1_400))}"}`,
      );
    }
    const ends = draws.chance(0.1);
    if (ends || draws.chance(0.5)) {
      blocks.push(`{"type":"text","text":"${text.text(draws.heavyTail(260, 1.1, 12, 9_000))}"}`);
    }
    if (!ends) {
      const id = this.#pendingCall = `toolu_01${draws.base62(22)}`;
      const input = draws.chance(0.6)
        ? `{"command":"${text.text(draws.heavyTail(90, 0.8, 16, 2_000))}"}`
        : `{"path":"src/a.ts","edits":[{"oldText":"${text.text(draws.heavyTail(400, 1, 20, 9_000))}",` +
          `"newText":"${text.text(draws.heavyTail(600, 1, 20, 9_000))}"}]}`;
      blocks.push(`{"type":"toolCall","id":"${id}","name":"bash","arguments":${input}}`);
    }
    const content = blocks.join(",");
    const output = Math.max(8, Math.round(content.length / 4));
    this.#clock.pass(900, 25_000);
    const { fresh, read, written } = this.#window.ask();
    this.#window.answer(output);
    const writes = this.#model.cacheWrite > 0;
    const [usage, sums] = this.#bill({
      input: writes ? fresh : fresh + written,
      cacheRead: read,
      cacheWrite: writes ? written : 0,
      output,
    });
    this.#message(
      `"role":"assistant","content":[${content}],"api":"${api}","provider":"${provider}","model":"${model}",` +
        `"usage":${usage},"stopReason":"${ends ? "stop" : "toolUse"}","timestamp":${sentAt},` +
        `"responseId":"msg_01${draws.base62(22)}","rawStopReason":"${ends ? "end_turn" : "tool_use"}"`,
      sums,
    );
  }

  #bill(counts: PiCounts): [json: string, sums: Sums] {
    return billPi(this.#model, counts, this.#isLongLived);
  }

  #compact(): void {
    const { draws, text } = this.#context;
    this.#clock.pass(15_000, 90_000);
    const tokensBefore = this.#window.tokens;
    const [usage, sums] = this.#bill({
      input: tokensBefore,
      cacheRead: 0,
      cacheWrite: 0,
      output: draws.whole(900, 3_000),
    });
    this.#entry(
      "compaction",
      `"summary":"${text.text(draws.whole(4_000, 9_000))}","firstKeptEntryId":"${draws.hex(8)}",` +
        `"tokensBefore":${tokensBefore},"details":{"readFiles":["src/a.ts"],"modifiedFiles":[]},"usage":${usage},` +
        `"fromHook":false,"systemMessage":{"role":"system","content":"","sections":{"rules":"${text.text(3_000)}"}}`,
      sums,
    );
    this.#window.compact();
  }
}
