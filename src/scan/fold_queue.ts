/**
 * Folds many logs, in this thread and, when there is much to read, in a second one: reading and parsing are most of the
 * work of a first scan. Both take the next log from one counter, the largest first, so that neither waits for the other.
 */
import type { FoundFile } from "../host/files.ts";
import type { Thread, ThreadPort } from "../host/thread.ts";
import { type FileFold, foldFile, foldFileInSteps } from "./fold_file.ts";
import type { Source } from "./source.ts";
import { BREATH_MS, takeSteps } from "./take_steps.ts";
import { type EncodedTurns, encodeTurns } from "./turn_values.ts";

/** One log, to be read from its beginning. */
export interface FoldTask {
  readonly source: Source;
  readonly file: FoundFile;
}

/** What a log gave, in a form that goes from thread to thread. */
export type EncodedFold = Omit<FileFold, "turns"> & EncodedTurns;

export interface FoldOutcome {
  /** Place of the task. */
  readonly index: number;
  /** Absent when the log could not be read. */
  readonly fold?: EncodedFold;
  /** Why not. */
  readonly error?: string;
}

/** Sent to the second thread, once. */
export interface FoldOrder {
  readonly tasks: readonly { readonly source: string; readonly file: FoundFile }[];
  /** Places of the tasks, in the order in which they are to be taken. */
  readonly order: readonly number[];
  readonly counter: SharedArrayBuffer;
}

/** Sent back: what is done, and at last that nothing more comes. */
export interface FoldReport {
  readonly outcomes: readonly FoldOutcome[];
  readonly ended: boolean;
}

export interface FoldQueueOptions {
  /** Starts the second thread. Without it all is done in this one. */
  readonly startThread?: () => Thread<FoldReport, FoldOrder>;
  /** Starts it only for so many bytes: below that it takes longer to start than it saves. @default 48 MB */
  readonly threadBytes?: number;
  /** Called and waited for every few steps, with how many bytes of a log have been read in this thread. */
  readonly onStep: (bytes: number) => Promise<void>;
}

const THREAD_BYTES = 48e6;
/** Turns that the second thread gathers before it sends them. */
const BATCH_TURNS = 1000;

/** Outcomes come in no order, each as soon as it is there. */
export async function* foldAll(
  tasks: readonly FoldTask[],
  { startThread, threadBytes = THREAD_BYTES, onStep }: FoldQueueOptions,
): AsyncGenerator<FoldOutcome> {
  const order = tasks.map((_, index) => index).sort((a, b) => tasks[b]!.file.size - tasks[a]!.file.size);
  const total = tasks.reduce((sum, { file }) => sum + file.size, 0);
  const thread = tasks.length > 1 && total >= threadBytes ? startThread?.() : undefined;
  const counter = new SharedArrayBuffer(4);
  const arrived: FoldOutcome[] = [];
  const missing = new Set(order);
  let ended = thread === undefined;
  let wake = () => {};
  thread?.onMessage((report) => {
    arrived.push(...report.outcomes);
    ended ||= report.ended;
    wake();
  });
  // Whatever it had taken is done here at the end.
  thread?.onFailure(() => {
    ended = true;
    wake();
  });
  thread?.post({ tasks: tasks.map(({ source, file }) => ({ source: source.id, file })), order, counter });
  try {
    let breathedAt = performance.now();
    for (let index = takeNext(counter, order); index !== undefined; index = takeNext(counter, order)) {
      missing.delete(index);
      yield { index, ...await foldHere(tasks[index]!, onStep) };
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
    for (const index of missing) yield { index, ...await foldHere(tasks[index]!, onStep) };
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
  port.onMessage(({ tasks, order, counter }) => {
    let outcomes: FoldOutcome[] = [];
    let turns = 0;
    for (let index = takeNext(counter, order); index !== undefined; index = takeNext(counter, order)) {
      const { source: id, file } = tasks[index]!;
      const source = sources.find((source) => source.id === id)!;
      const outcome = foldAtOnce(source, file);
      outcomes.push({ index, ...outcome });
      turns += outcome.fold?.rows.length ?? 0;
      if (turns < BATCH_TURNS) continue;
      port.post({ outcomes, ended: false });
      [outcomes, turns] = [[], 0];
    }
    port.post({ outcomes, ended: true });
  });
}

function takeNext(counter: SharedArrayBuffer, order: readonly number[]): number | undefined {
  return order[Atomics.add(new Int32Array(counter), 0, 1)];
}

async function foldHere({ source, file }: FoldTask, onStep: FoldQueueOptions["onStep"]) {
  const outcome = await takeSteps(foldFileInSteps(source, file, undefined), onStep);
  return "value" in outcome ? { fold: encodeFold(outcome.value) } : { error: reasonOf(outcome.error) };
}

function foldAtOnce(source: Source, file: FoundFile): Pick<FoldOutcome, "fold" | "error"> {
  try {
    return { fold: encodeFold(foldFile(source, file, undefined)) };
  } catch (error) {
    return { error: reasonOf(error) };
  }
}

export function encodeFold({ turns, ...fold }: FileFold): EncodedFold {
  return { ...fold, ...encodeTurns(turns) };
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
