/**
 * Asks for many responses, one by one, at a pace that OpenRouter can bear: at most four at a time, fewer once it says that
 * this is too much, and nobody is asked while it wants to be left alone.
 *
 * Each answer is handed over as it comes, before anything else is asked. Keeps nothing, and knows no file.
 */
import type { GenerationEvidence } from "../../core/evidence.ts";
import type { DurationMs, EpochMs } from "../../core/model.ts";
import { GatewayError } from "../request_json.ts";
import type { OpenRouterClient } from "./client.ts";
import { AskingPace } from "./asking_pace.ts";

/** A response to be asked for. */
export interface AskedResponse {
  readonly id: string;
  /** When the log has it: OpenRouter's own records come some time later. */
  readonly at: EpochMs;
}

/** What came of one. `missing`: not known there, or another account's (403). `unread`: asked again the next time. */
export type LookUpOutcome =
  | { readonly kind: "found"; readonly evidence: GenerationEvidence }
  | { readonly kind: "missing"; readonly status: number }
  | { readonly kind: "unread"; readonly problem: string };

/**
 * Why it ended. `done`: all were asked, though some may be left; `refused`: the key (401); `no_credit`: 402; `limited`: it
 * asked to be left alone five times in a row; `unreachable`: it gave no answer any more.
 */
export type LookUpEnd = "done" | "interrupted" | "refused" | "no_credit" | "limited" | "unreachable";

/** Whom to ask, who hears of it, and by which clock. */
export interface LookUpOptions {
  readonly client: Pick<OpenRouterClient, "readGeneration">;
  readonly onOutcome: (asked: AskedResponse, outcome: LookUpOutcome) => void;
  /** Aborted to end early: nothing more is asked, and what is under way is given a moment. */
  readonly signal?: AbortSignal;
  /** @default the clock's */
  readonly now?: () => EpochMs;
  /** Ends early when the signal is aborted. @default a timer */
  readonly sleep?: (ms: DurationMs, signal: AbortSignal) => Promise<void>;
  /** From 0 to 1, for waits that are not all alike. @default random */
  readonly random?: () => number;
}

/** How it went. */
export interface LookUpResult {
  readonly end: LookUpEnd;
  /** Ids without an answer. */
  readonly left: number;
  /** What was said when it ended early, for people. */
  readonly problem?: string;
}

/** How often one is asked that gets no answer, or none that can be read. */
const TRIES = 3;
/** A record may come so much later than the response itself. */
const YOUNG_MS: DurationMs = 10 * 60_000;
const YOUNG_WAITS_MS: readonly DurationMs[] = [2_000, 5_000, 15_000];
const TRY_AGAIN_MS: DurationMs = 500;
/** So many in a row that got no answer, however often they were asked: there is nobody to ask the rest of. */
const MOST_UNANSWERED = 5;
/** How long an answer that is under way is waited for when somebody ends the run. */
const LAST_ANSWERS_MS: DurationMs = 2_000;

interface Task extends AskedResponse {
  failures: number;
  unknowns: number;
}

/** @param asked in the order that they are asked for */
export async function lookUpResponses(asked: readonly AskedResponse[], options: LookUpOptions): Promise<LookUpResult> {
  return await new LookUp(asked, options).run();
}

class LookUp {
  readonly #options: LookUpOptions;
  readonly #now: () => EpochMs;
  readonly #sleep: NonNullable<LookUpOptions["sleep"]>;
  readonly #random: () => number;
  readonly #queue: Task[];
  readonly #later: { readonly task: Task; readonly dueAt: EpochMs }[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #cut = new AbortController();
  readonly #pace: AskingPace;
  #end: LookUpEnd | undefined;
  #problem: string | undefined;
  #fault: { readonly error: unknown } | undefined;
  #answered = 0;
  #unanswered = 0;
  readonly #total: number;

  constructor(asked: readonly AskedResponse[], options: LookUpOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#sleep = options.sleep ?? sleepFor;
    this.#random = options.random ?? Math.random;
    this.#queue = asked.map((one) => ({ ...one, failures: 0, unknowns: 0 }));
    this.#total = asked.length;
    this.#pace = new AskingPace(this.#random);
  }

  async run(): Promise<LookUpResult> {
    const { promise: interrupted, resolve: interrupt } = Promise.withResolvers<void>();
    const onAbort = () => interrupt();
    this.#options.signal?.addEventListener("abort", onAbort);
    try {
      while (this.#end === undefined) {
        if (this.#options.signal?.aborted) {
          this.#end = "interrupted";
          break;
        }
        const waitMs = this.#startWhatMay();
        if (this.#running.size === 0 && waitMs === undefined) break;
        const over = new AbortController();
        await Promise.race([
          interrupted,
          ...this.#running,
          ...(waitMs === undefined ? [] : [this.#sleep(waitMs, over.signal)]),
        ]);
        over.abort();
      }
      if (this.#running.size > 0) await this.#waitForLast();
    } finally {
      this.#options.signal?.removeEventListener("abort", onAbort);
    }
    if (this.#fault !== undefined) throw this.#fault.error;
    return { end: this.#end ?? "done", left: this.#total - this.#answered, problem: this.#problem };
  }

  /** @returns how long until something more may begin; undefined when only answers bring that */
  #startWhatMay(): DurationMs | undefined {
    const now = this.#now();
    const pauseMs = this.#pace.pauseMs(now);
    if (pauseMs > 0) return pauseMs;
    for (let index = this.#later.length - 1; index >= 0; index--) {
      if (this.#later[index]!.dueAt <= now) this.#queue.unshift(this.#later.splice(index, 1)[0]!.task);
    }
    // One that failed keeps its place until it is asked again: whoever fails at once is not asked for the rest at once.
    const kept = this.#later.filter(({ task }) => task.failures > 0).length;
    const places = Math.max(this.#pace.atOnce - kept, 0);
    while (this.#running.size < places && this.#queue.length > 0) {
      const asking = this.#ask(this.#queue.shift()!).catch((error) => {
        // An answer that cannot be kept: nothing more is asked, and what is under way is waited for.
        this.#fault ??= { error };
        this.#end ??= "interrupted";
      }).finally(() => this.#running.delete(asking));
      this.#running.add(asking);
    }
    if (this.#later.length === 0) return undefined;
    return Math.max(1, Math.min(...this.#later.map(({ dueAt }) => dueAt)) - now);
  }

  async #ask(task: Task): Promise<void> {
    const round = this.#pace.round;
    try {
      const answer = await this.#options.client.readGeneration(task.id, this.#cut.signal);
      this.#pace.answered(round);
      this.#unanswered = 0;
      if (typeof answer !== "string") return this.#settle(task, { kind: "found", evidence: answer });
      this.#options.onOutcome(task, { kind: "unread", problem: answer });
    } catch (error) {
      if (this.#cut.signal.aborted) return;
      if (!(error instanceof GatewayError)) throw error;
      this.#meet(task, error, round);
    }
  }

  #settle(task: Task, outcome: LookUpOutcome): void {
    this.#options.onOutcome(task, outcome);
    this.#answered++;
  }

  #meet(task: Task, error: GatewayError, round: number): void {
    if (error.status === 429) {
      this.#queue.unshift(task);
      if (this.#pace.limited(round, this.#now(), error.retryAfterMs) === "give up") this.#stop("limited", error);
      return;
    }
    switch (error.status) {
      case 401:
        return this.#stop("refused", error);
      case 402:
        return this.#stop("no_credit", error);
      case 403:
      case 404:
        this.#pace.answered(round);
        this.#unanswered = 0;
        return this.#meetUnknown(task, error.status);
    }
    const isRedirect = error.status !== undefined && error.status >= 300 && error.status < 400;
    if (!isRedirect && ++task.failures < TRIES) {
      this.#later.push({ task, dueAt: this.#now() + TRY_AGAIN_MS * task.failures * (1 + this.#random()) });
      return;
    }
    if (isRedirect || error.failure === "answer") {
      this.#options.onOutcome(task, { kind: "unread", problem: UNREAD[isRedirect ? "redirect" : "answer"] });
    }
    if (++this.#unanswered >= MOST_UNANSWERED && this.#queue.length > 0) this.#stop("unreachable", error);
  }

  #meetUnknown(task: Task, status: 403 | 404): void {
    const isYoung = this.#now() - task.at < YOUNG_MS;
    if (status === 403 || !isYoung) return this.#settle(task, { kind: "missing", status });
    const waitMs = YOUNG_WAITS_MS[task.unknowns++];
    if (waitMs !== undefined) this.#later.push({ task, dueAt: this.#now() + waitMs });
  }

  #stop(end: LookUpEnd, error: GatewayError): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#problem = error.message;
  }

  /** What was sent is answered soon: lost, it would be asked for twice. */
  async #waitForLast(): Promise<void> {
    const timer = setTimeout(() => this.#cut.abort(), LAST_ANSWERS_MS);
    await Promise.all(this.#running).finally(() => clearTimeout(timer));
  }
}

function sleepFor(ms: DurationMs, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

const UNREAD = {
  redirect: "the answer led elsewhere, and was not followed",
  answer: "the answer was no whole JSON",
} as const;
