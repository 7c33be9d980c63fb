/**
 * Folds many logs and adds each up, in this thread and, when there is much to read, in a second one: that is most of the
 * work of a first scan. The second one begins with the largest logs and this one with the smallest, until they meet: so
 * neither waits for the other, and this one hears soon that the other is there, and keeps up with what it sends.
 */
import type { FoundFile } from "../host/files.ts";
import type { Thread, ThreadPort } from "../host/thread.ts";
import { foldFile, foldFileInSteps } from "./fold_file.ts";
import { digestLog, type LogDigest } from "./log_digest.ts";
import { type KnownPrice, PriceData, type SharedPrices } from "./price_data.ts";
import type { Source } from "./source.ts";
import { BREATH_MS, takeSteps } from "./take_steps.ts";

/** One log, to be read from its beginning. */
export interface FoldTask {
  readonly source: Source;
  readonly file: FoundFile;
}

export interface FoldOutcome {
  /** Place of the task. */
  readonly index: number;
  /** Absent when the log could not be read. */
  readonly digest?: LogDigest;
  /** Why not. */
  readonly error?: string;
}

/** Sent to the second thread, once. */
export interface FoldOrder {
  readonly tasks: readonly { readonly source: string; readonly file: FoundFile }[];
  /** Places of the tasks, the largest first. */
  readonly order: readonly number[];
  /** How many tasks have been taken, from either end. */
  readonly taken: SharedArrayBuffer;
  readonly prices: SharedPrices;
}

/** Sent back: what is done, and at last that nothing more comes. */
export interface FoldReport {
  readonly outcomes: readonly FoldOutcome[];
  /** What was looked up on the way. */
  readonly prices: readonly KnownPrice[];
  readonly ended: boolean;
}

export interface FoldQueueOptions {
  readonly prices: PriceData;
  /** Starts the second thread. Without it all is done in this one. */
  readonly startThread?: () => Thread<FoldReport, FoldOrder>;
  /** Starts it only for so many bytes: below that it takes longer to start than it saves. @default 48 MB */
  readonly threadBytes?: number;
  /** Called and waited for every few steps, with how many bytes of a log have been read in this thread. */
  readonly onStep: (bytes: number) => Promise<void>;
}

const THREAD_BYTES = 48e6;
/** Logs that the second thread gathers before it sends them. */
const BATCH_LOGS = 32;

/** Outcomes come in no order, each as soon as it is there. */
export async function* foldAll(
  tasks: readonly FoldTask[],
  { prices, startThread, threadBytes = THREAD_BYTES, onStep }: FoldQueueOptions,
): AsyncGenerator<FoldOutcome> {
  const order = tasks.map((_, index) => index).sort((a, b) => tasks[b]!.file.size - tasks[a]!.file.size);
  const total = tasks.reduce((sum, { file }) => sum + file.size, 0);
  const thread = tasks.length > 1 && total >= threadBytes ? startThread?.() : undefined;
  const taken = new SharedArrayBuffer(4);
  const arrived: FoldOutcome[] = [];
  const missing = new Set(order);
  let ended = thread === undefined;
  let wake = () => {};
  thread?.onMessage((report) => {
    prices.learn(report.prices);
    arrived.push(...report.outcomes);
    ended ||= report.ended;
    wake();
  });
  // Whatever it had taken is done here at the end.
  thread?.onFailure(() => {
    ended = true;
    wake();
  });
  thread?.post({
    tasks: tasks.map(({ source, file }) => ({ source: source.id, file })),
    order,
    taken,
    prices: prices.share(),
  });
  try {
    let breathedAt = performance.now();
    for (const index of takeTasks(order.toReversed(), taken)) {
      missing.delete(index);
      yield { index, ...await foldHere(tasks[index]!, prices, onStep) };
      if (thread !== undefined && performance.now() - breathedAt >= BREATH_MS) {
        // Messages come in between two tasks of the event loop.
        await new Promise((resolve) => setTimeout(resolve));
        breathedAt = performance.now();
      }
      yield* takeArrived();
    }
    while (!ended) {
      await new Promise<void>((resolve) => wake = resolve);
      yield* takeArrived();
    }
    yield* takeArrived();
    for (const index of missing) yield { index, ...await foldHere(tasks[index]!, prices, onStep) };
  } finally {
    thread?.end();
  }

  function* takeArrived(): Generator<FoldOutcome> {
    for (const outcome of arrived.splice(0)) {
      missing.delete(outcome.index);
      yield outcome;
    }
  }
}

/** The second thread's part. Ends with its port. */
export function serveFolds(port: ThreadPort<FoldOrder, FoldReport>, sources: readonly Source[]): void {
  port.onMessage(async ({ tasks, order, taken, prices: shared }) => {
    const prices = PriceData.ofShared(shared);
    let outcomes: FoldOutcome[] = [];
    for (const index of takeTasks(order, taken)) {
      const { source: id, file } = tasks[index]!;
      const source = sources.find((source) => source.id === id)!;
      outcomes.push({ index, ...await foldAtOnce(source, file, prices) });
      if (outcomes.length < BATCH_LOGS) continue;
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

type FoldResult = Pick<FoldOutcome, "digest" | "error">;

async function foldHere(
  { source, file }: FoldTask,
  prices: PriceData,
  onStep: FoldQueueOptions["onStep"],
): Promise<FoldResult> {
  const outcome = await takeSteps(foldFileInSteps(source, file, undefined), onStep);
  if ("error" in outcome) return { error: reasonOf(outcome.error) };
  return { digest: await digestLog(source.id, file.path, outcome.value, prices) };
}

async function foldAtOnce(source: Source, file: FoundFile, prices: PriceData): Promise<FoldResult> {
  let fold: ReturnType<typeof foldFile>;
  try {
    fold = foldFile(source, file, undefined);
  } catch (error) {
    return { error: reasonOf(error) };
  }
  return { digest: await digestLog(source.id, file.path, fold, prices) };
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
