/**
 * Work on many logs, in this thread and, when there is much to read, in a second one. The second one begins with the
 * largest tasks and this one with the smallest, until they meet: so neither waits for the other, and this one hears soon
 * that the other is there, and keeps up with what it sends.
 */
import type { FoundFile } from "../host/files.ts";
import type { Thread, ThreadPort } from "../host/thread.ts";
import { type FileFold, foldFileInSteps } from "./fold_file.ts";
import { digestLog, type LogDigest } from "./log_digest.ts";
import { factsOfGuest, OWN_SHARE, turnsOfShare } from "./log_shares.ts";
import { type KnownPrice, PriceData, type SharedPrices } from "./price_data.ts";
import { type SettledLog, settleLogs, type SharingLog, type ShownLog } from "./settle_logs.ts";
import type { Source } from "./source.ts";
import { BREATH_MS, reasonOf, takeSteps } from "./take_steps.ts";

/** One log, to be read from its beginning. */
export interface FoldTask {
  /** Id of its source. */
  readonly source: string;
  readonly file: FoundFile;
}

/** Logs that share turns: which of them count is to be decided, and what each adds up to then. */
export interface SettleTask {
  readonly logs: readonly (SharingLog & FoldTask)[];
}

export interface Settlement {
  readonly settled: readonly SettledLog[];
  /** Logs that can no longer be read, and have no part in it. */
  readonly unreadable: readonly { readonly id: number; readonly path: string; readonly error: string }[];
}

/** What is done, by kind: the task, and what comes of it. */
interface Work {
  readonly fold: { readonly task: FoldTask; readonly result: LogDigest };
  readonly settle: { readonly task: SettleTask; readonly result: Settlement };
}

type Kind = keyof Work;

export interface Outcome<K extends Kind = Kind> {
  /** Place of the task. */
  readonly index: number;
  /** Absent when the log could not be read. */
  readonly result?: Work[K]["result"];
  /** Why not. */
  readonly error?: string;
}

/** Sent to the second thread. */
export interface WorkOrder {
  readonly kind: Kind;
  readonly tasks: readonly Work[Kind]["task"][];
  /** Places of the tasks, the largest first. */
  readonly order: readonly number[];
  /** How many tasks have been taken, from either end. */
  readonly taken: SharedArrayBuffer;
  readonly prices: SharedPrices;
}

/** Sent back: what is done, and at last that nothing more comes of this order. */
export interface WorkReport {
  readonly outcomes: readonly Outcome[];
  /** What was looked up on the way. */
  readonly prices: readonly KnownPrice[];
  readonly ended: boolean;
}

/** Waited for every few steps, with how many bytes of a log have been read. */
type OnStep = (bytes: number) => Promise<void>;

export interface LogWorkOptions {
  readonly sources: readonly Source[];
  readonly prices: PriceData;
  /** Starts the second thread. Without it all is done in this one. */
  readonly startThread?: () => Thread<WorkReport, WorkOrder>;
  /** Starts it only for so many bytes: below that it takes longer to start than it saves. @default 48 MB */
  readonly threadBytes?: number;
  /** Of the logs that are read in this thread. */
  readonly onStep: OnStep;
}

const THREAD_BYTES = 48e6;
/** Tasks that the second thread gathers before it sends what came of them. */
const BATCH_TASKS = 32;

export class LogWork {
  readonly #options: LogWorkOptions;
  #thread: Thread<WorkReport, WorkOrder> | undefined;
  #arrived: Outcome[] = [];
  /** Whether nothing more comes from the second thread. */
  #ended = true;
  #wake = () => {};

  constructor(options: LogWorkOptions) {
    this.#options = options;
  }

  /** Outcomes come in no order, each as soon as it is there. One kind at a time. */
  async *run<K extends Kind>(kind: K, tasks: readonly Work[K]["task"][]): AsyncGenerator<Outcome<K>> {
    const sizes = tasks.map((task) => sizeOf(task));
    const order = tasks.map((_, index) => index).sort((a, b) => sizes[b]! - sizes[a]!);
    const taken = new SharedArrayBuffer(4);
    const missing = new Set(order);
    if (tasks.length > 1 && this.#startThread(sizes.reduce((sum, size) => sum + size, 0))) {
      this.#ended = false;
      this.#thread!.post({ kind, tasks, order, taken, prices: this.#options.prices.share() });
    }
    let breathedAt = performance.now();
    for (const index of takeTasks(order.toReversed(), taken)) {
      missing.delete(index);
      yield { index, ...await this.#perform(kind, tasks[index]!) };
      if (!this.#ended && performance.now() - breathedAt >= BREATH_MS) {
        // Messages come in between two tasks of the event loop.
        await new Promise((resolve) => setTimeout(resolve));
        breathedAt = performance.now();
      }
      yield* this.#takeArrived<K>(missing);
    }
    while (!this.#ended) {
      await new Promise<void>((resolve) => this.#wake = resolve);
      yield* this.#takeArrived<K>(missing);
    }
    yield* this.#takeArrived<K>(missing);
    // What a thread that failed had taken.
    for (const index of missing) yield { index, ...await this.#perform(kind, tasks[index]!) };
  }

  /** Ends the second thread, whatever it is doing. */
  end(): void {
    this.#thread?.end();
    this.#thread = undefined;
  }

  /** @returns whether there is a second thread */
  #startThread(bytes: number): boolean {
    const { startThread, threadBytes = THREAD_BYTES, prices } = this.#options;
    if (this.#thread !== undefined || startThread === undefined || bytes < threadBytes) {
      return this.#thread !== undefined;
    }
    const thread = this.#thread = startThread();
    thread.onMessage((report) => {
      prices.learn(report.prices);
      this.#arrived.push(...report.outcomes);
      this.#ended ||= report.ended;
      this.#wake();
    });
    thread.onFailure(() => {
      this.#thread = undefined;
      this.#ended = true;
      this.#wake();
    });
    return true;
  }

  #perform<K extends Kind>(kind: K, task: Work[K]["task"]): Promise<Omit<Outcome<K>, "index">> {
    return perform(kind, task, this.#options);
  }

  *#takeArrived<K extends Kind>(missing: Set<number>): Generator<Outcome<K>> {
    for (const outcome of this.#arrived.splice(0)) {
      missing.delete(outcome.index);
      yield outcome as Outcome<K>;
    }
  }
}

/** The second thread's part. Ends with its port. */
export function serveWork(port: ThreadPort<WorkOrder, WorkReport>, sources: readonly Source[]): void {
  port.onMessage(async ({ kind, tasks, order, taken, prices: shared }) => {
    const prices = PriceData.ofShared(shared);
    const onStep = () => Promise.resolve();
    let outcomes: Outcome[] = [];
    for (const index of takeTasks(order, taken)) {
      outcomes.push({ index, ...await perform(kind, tasks[index]!, { sources, prices, onStep }) });
      if (outcomes.length < BATCH_TASKS) continue;
      port.post({ outcomes, prices: prices.takeNews(), ended: false });
      outcomes = [];
    }
    port.post({ outcomes, prices: prices.takeNews(), ended: true });
  });
}

/** Takes from one end as long as there is a task that neither thread has taken. */
function* takeTasks(order: readonly number[], taken: SharedArrayBuffer): Generator<number> {
  const count = new Int32Array(taken);
  for (const index of order) {
    if (Atomics.add(count, 0, 1) >= order.length) return;
    yield index;
  }
}

function sizeOf(task: Work[Kind]["task"]): number {
  return "logs" in task ? task.logs.reduce((sum, { file }) => sum + file.size, 0) : task.file.size;
}

type Means = Pick<LogWorkOptions, "sources" | "prices" | "onStep">;

async function perform<K extends Kind>(
  kind: K,
  task: Work[K]["task"],
  means: Means,
): Promise<Omit<Outcome<K>, "index">> {
  if (kind === "fold") return await fold(task as FoldTask, means);
  return { result: await settle(task as SettleTask, means) };
}

async function fold({ source, file }: FoldTask, means: Means): Promise<Omit<Outcome<"fold">, "index">> {
  const outcome = await readLog({ source, file }, means);
  if ("error" in outcome) return { error: reasonOf(outcome.error) };
  return { result: await digestLog(source, file.path, outcome.value, means.prices) };
}

async function settle({ logs }: SettleTask, means: Means): Promise<Settlement> {
  const shown: ShownLog[] = [];
  const unreadable: Settlement["unreadable"][number][] = [];
  for (const log of logs) {
    const outcome = await readLog(log, means);
    if ("value" in outcome) shown.push({ ...log, ...showShare(outcome.value, log.guest) });
    else unreadable.push({ id: log.id, path: log.path, error: reasonOf(outcome.error) });
  }
  return { settled: await settleLogs(shown, means.prices), unreadable };
}

function showShare({ turns, facts }: FileFold, guest: string): Pick<ShownLog, "turns" | "startedAt"> {
  const shown = turnsOfShare(turns, guest);
  const { startedAt } = (guest === OWN_SHARE ? facts : factsOfGuest(guest, shown, facts)) ?? {};
  return { turns: shown, startedAt };
}

function readLog({ source: id, file }: FoldTask, { sources, onStep }: Means) {
  const source = sources.find((source) => source.id === id)!;
  return takeSteps(foldFileInSteps(source, file, undefined), onStep);
}
