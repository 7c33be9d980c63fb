/**
 * Starts the second thread of a first scan while logs are still looked for, as soon as there is enough to read: it takes as
 * long to begin as this thread takes until it knows what to do. And has it begin before this thread has loaded what reads
 * logs itself.
 */
import { hearOthers } from "../../../host/thread.ts";
import type { Change } from "./list_changes.ts";
import type { Tasks } from "./log_tasks.ts";
import { THREAD_BYTES } from "./thread_bytes.ts";
import { type OrderMeans, orderTasks, WorkQueue, type WorkReport, type WorkThread } from "./work_queue.ts";

/** The second thread, for whoever takes it. */
export interface StartedThread extends WorkThread {
  /** What it is at already. @default nothing */
  readonly begun?: BegunFolds;
}

/** Logs that the second thread has begun to fold. */
export interface BegunFolds {
  readonly queue: WorkQueue<"fold">;
  /** Orders that it is at, or is yet to begin. */
  readonly underWay: number;
}

const FIRST_TURNS = 2;

/** To be ended: the thread that nobody took, or none. */
export class EarlyThread {
  readonly #start: () => WorkThread;
  #left = THREAD_BYTES;
  #logs = 0;
  #thread: StartedThread | undefined;

  constructor(start: () => WorkThread) {
    this.#start = start;
  }

  /** To be called for each log that is found. One alone is no work for two. @param bytes Its size */
  note(bytes: number): void {
    this.#logs++;
    this.#left -= bytes;
    if (this.#left <= 0 && this.#logs > 1) this.#thread ??= this.#start();
  }

  /** Where it was started, and no log was known: has it read them from the largest one on. */
  async begin(changes: readonly Change[], means: OrderMeans): Promise<void> {
    const thread = this.#thread;
    if (thread === undefined || thread.begun !== undefined || changes.length < 2) return;
    if (changes.some(({ known }) => known !== undefined)) return;
    const queue = new WorkQueue(
      "fold",
      foldsOf(changes),
      orderTasks(Float64Array.from(changes, ({ file }) => file.size)),
    );
    this.#thread = holdReports(thread, { queue, underWay: queue.begin(thread, means) });
    // What it is sent goes once it was heard, and to load the rest leaves no time for that.
    for (let turns = 0; turns < FIRST_TURNS && !thread.isListening; turns++) await hearOthers();
  }

  /** The thread, started now if it was not before; whoever takes it ends it. */
  readonly take = (): StartedThread => {
    const thread = this.#thread ?? this.#start();
    this.#thread = undefined;
    return thread;
  };

  end(): void {
    this.#thread?.end();
    this.#thread = undefined;
  }
}

/** Each made as it is taken. */
export function foldsOf(changes: readonly Change[]): Tasks<"fold"> {
  return {
    length: changes.length,
    at(place) {
      const { source, file } = changes[place]!;
      return { source: source.id, file };
    },
  };
}

/** The same thread, whose reports wait for who listens, and come once he does no more; and so does its failure. */
function holdReports(thread: WorkThread, begun: BegunFolds): StartedThread {
  const waiting: WorkReport[] = [];
  let failure: string | undefined;
  let listener: (report: WorkReport) => void = (report) => waiting.push(report);
  let fail = (reason: string): void => {
    failure = reason;
  };
  thread.onMessage((report) => listener(report));
  thread.onFailure((reason) => fail(reason));
  return {
    begun,
    get isListening() {
      return thread.isListening;
    },
    post: thread.post,
    onMessage(given) {
      listener = given;
      queueMicrotask(() => waiting.splice(0).forEach(given));
    },
    onFailure(given) {
      fail = given;
      const reason = failure;
      if (reason !== undefined) queueMicrotask(() => given(reason));
    },
    end: thread.end,
  };
}
