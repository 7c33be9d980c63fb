/**
 * Work on many logs, in this thread and, when there is much to read, in a second one. The second one begins with the
 * largest tasks and this one with the smallest, until they meet: so neither waits for the other, and this one hears soon
 * that the other is there, and keeps up with what it sends.
 */
import { loadZstd } from "../../../host/zstd_file.ts";
import { hearOthers, type ThreadPort } from "../../../host/thread.ts";
import { Prices } from "../../prices/prices.ts";
import type { BegunFolds, StartedThread } from "./early_thread.ts";
import { KeptTurns } from "./kept_turns.ts";
import {
  bytesOf,
  type FoldTask,
  hasCompressed,
  type OnLogStep,
  type SettleTask,
  type TaskKind,
  type TaskMeans,
  type TaskOutcome,
  type Tasks,
} from "./log_tasks.ts";
import { TaskGroup } from "./task_group.ts";
import { MANY_ROWS, TurnTable } from "../../logs/turns/turn_table.ts";
import { closeStores } from "../../logs/open_stores.ts";
import { type LogEvidence, openLogEvidence } from "../log_evidence.ts";
import { BREATH_MS } from "../../logs/take_steps.ts";
import { THREAD_BYTES } from "./thread_bytes.ts";
import { orderTasks, type WorkOrder, WorkQueue, type WorkReport, type WorkThread } from "./work_queue.ts";

/** When a second thread is worth starting, and how. */
export interface LogWorkOptions {
  readonly prices: Prices;
  /** What gateways said of responses. @default there is none */
  readonly evidence?: LogEvidence;
  /** Starts the second thread. Without it all is done in this one. */
  readonly startThread?: () => StartedThread;
  /** Starts it only for so many bytes. @default {@linkcode THREAD_BYTES} */
  readonly threadBytes?: number;
  /** Tasks that the second thread is sent at once. @default 1024 */
  readonly orderTasks?: number;
  /** Of the logs that are read in this thread. */
  readonly onStep: OnLogStep;
}

/** Until the second thread has begun, which waits to be heard. */
const FIRST_BREATH_MS = 2;
/** Tasks that the second thread gathers before it sends what came of them. */
const BATCH_TASKS = 32;

export class LogWork {
  readonly #options: LogWorkOptions;
  #thread: WorkThread | undefined;
  /** What the thread was begun with, until that is run. */
  #begun: BegunFolds | undefined;
  #arrived: TaskOutcome[] = [];
  /** Orders that the second thread is at, or is yet to begin. */
  #underWay = 0;
  /** Sends the next order, if there is one. */
  #sendNext = () => {};
  readonly #kept = new KeptTurns();
  readonly #table = new TurnTable(MANY_ROWS);
  /** Paths of the logs whose turns the second thread has kept. */
  readonly #keptThere = new Set<string>();
  #wake = () => {};

  constructor(options: LogWorkOptions) {
    this.#options = options;
  }

  /** Outcomes come in no order, each as soon as it is there. One kind at a time. */
  async *run<K extends TaskKind>(kind: K, tasks: Tasks<K>): AsyncGenerator<TaskOutcome<K>> {
    const sizes = Float64Array.from({ length: tasks.length }, (_, place) => bytesOf(tasks.at(place)!));
    const hasThread = tasks.length > 1 && this.#startThread(tasks, sizes.reduce((sum, size) => sum + size, 0));
    const { queue, here } = kind === "fold"
      ? this.#queueFolds(tasks as Tasks<"fold">, sizes)
      : this.#queueSettling(tasks as Tasks<"settle">, sizes);
    const { order, taken } = queue;
    const done = new Uint8Array(tasks.length);
    if (hasThread) this.#send(queue);
    let breathedAt = performance.now();
    const group = new TaskGroup(kind, { ...this.#options, kept: this.#kept, table: this.#table });
    for (const index of takeTasks(here.toReversed(), taken, order.length)) {
      done[index] = 1;
      yield* await group.perform(index, tasks.at(index)!);
      const breathMs = this.#thread?.isListening === false ? FIRST_BREATH_MS : BREATH_MS;
      if (this.#underWay > 0 && performance.now() - breathedAt >= breathMs) {
        await hearOthers();
        breathedAt = performance.now();
      }
      yield* this.#takeArrived<K>(done, tasks);
    }
    yield* await group.finish();
    while (this.#underWay > 0) {
      await new Promise<void>((resolve) => this.#wake = resolve);
      yield* this.#takeArrived<K>(done, tasks);
    }
    yield* this.#takeArrived<K>(done, tasks);
    // What a thread that failed had taken.
    for (const index of order) if (done[index] === 0) yield* await group.perform(index, tasks.at(index)!);
    yield* await group.finish();
  }

  /** Each thread takes from its end as far as it gets. */
  #queueFolds(tasks: Tasks<"fold">, sizes: Float64Array) {
    const queue = this.#begun?.queue ?? new WorkQueue("fold", tasks, orderTasks(sizes));
    return { queue, here: queue.order };
  }

  /** Logs are settled sooner by the thread that has kept their turns, whatever else it has to do, than read again. */
  #queueSettling(tasks: Tasks<"settle">, sizes: Float64Array) {
    const ranks = sizes.map((_, place) => this.#leaning(tasks.at(place)!));
    const order = orderTasks(sizes, ranks);
    const there = order.filter((place) => ranks[place]! >= 0);
    return { queue: new WorkQueue("settle", tasks, order, there), here: order.filter((place) => ranks[place]! <= 0) };
  }

  #send(queue: WorkQueue<"fold"> | WorkQueue<"settle">): void {
    const { prices, evidence, orderTasks } = this.#options;
    const thread = this.#thread!;
    const means = { share: () => prices.share(), evidenceIn: evidence?.stateDirectory, orderTasks };
    this.#sendNext = () => {
      if (queue.sendNext(thread, means)) this.#underWay++;
    };
    this.#underWay += this.#begun?.underWay ?? queue.begin(thread, means);
    this.#begun = undefined;
  }

  /** Ends the second thread, whatever it is doing, and what this one read from. */
  end(): void {
    closeStores();
    this.#thread?.end();
    this.#thread = undefined;
  }

  /** @param tasks What is done first with a new one @param bytes Of those @returns whether there is a second thread */
  #startThread(tasks: Tasks<TaskKind>, bytes: number): boolean {
    const { startThread, threadBytes = THREAD_BYTES, prices } = this.#options;
    if (this.#thread !== undefined || startThread === undefined || bytes < threadBytes) {
      return this.#thread !== undefined;
    }
    let thread = startThread();
    if (thread.begun !== undefined && !isSame(thread.begun.queue.tasks, tasks)) {
      thread.end();
      thread = startThread();
    }
    this.#thread = thread;
    this.#begun = thread.begun;
    thread.onMessage((report) => {
      prices.learn(report.prices);
      this.#arrived.push(...report.outcomes);
      if (report.ended) {
        this.#underWay--;
        this.#sendNext();
      }
      this.#wake();
    });
    thread.onFailure(() => {
      this.#thread = undefined;
      this.#underWay = 0;
      this.#sendNext = () => {};
      this.#wake();
    });
    return true;
  }

  /** How many bytes of a task's logs the second thread need not read again, and this one would have to; or the reverse. */
  #leaning({ logs }: SettleTask): number {
    let bytes = 0;
    for (const { path, file } of logs) {
      if (this.#keptThere.has(path)) bytes += file.size;
      else if (this.#kept.has(path)) bytes -= file.size;
    }
    return bytes;
  }

  *#takeArrived<K extends TaskKind>(done: Uint8Array, tasks: Tasks<K>): Generator<TaskOutcome<K>> {
    for (const outcome of this.#arrived.splice(0)) {
      done[outcome.index] = 1;
      if (outcome.isKept) this.#keptThere.add((tasks.at(outcome.index) as FoldTask).file.path);
      yield outcome as TaskOutcome<K>;
    }
  }
}

/** Whether another process has changed nothing of what was found before. */
function isSame(begun: Tasks<"fold">, tasks: Tasks<TaskKind>): boolean {
  if (begun.length !== tasks.length) return false;
  for (let place = 0; place < begun.length; place++) {
    const task = tasks.at(place)!;
    if ("logs" in task || task.file !== begun.at(place)!.file) return false;
  }
  return true;
}

/** The second thread's part. Ends with its port. */
export function serveWork(port: ThreadPort<WorkOrder, WorkReport>): void {
  // One order after the other: a second one comes while the first is worked on.
  let before = Promise.resolve();
  const means = { kept: new KeptTurns(), table: new TurnTable(MANY_ROWS) };
  let evidence: Promise<LogEvidence | undefined> | undefined;
  port.onMessage((order) => {
    if (order.evidenceIn !== undefined) evidence ??= openLogEvidence(order.evidenceIn);
    before = before.then(async () => await performOrder(order, port, { ...means, evidence: await evidence }));
  });
}

async function performOrder(
  { kind, tasks, order, taken, count, prices: shared }: WorkOrder,
  port: ThreadPort<WorkOrder, WorkReport>,
  means: Pick<TaskMeans, "kept" | "table" | "evidence">,
): Promise<void> {
  if (tasks.some(hasCompressed)) await loadZstd();
  const prices = Prices.ofShared(shared);
  const onStep = () => Promise.resolve();
  let outcomes: TaskOutcome[] = [];
  const group = new TaskGroup(kind, { ...means, prices, onStep });
  for (const place of takeTasks(tasks.keys(), taken, count)) {
    outcomes.push(...await group.perform(order[place]!, tasks[place]!));
    if (outcomes.length < BATCH_TASKS) continue;
    port.post({ outcomes, prices: prices.takeNews(), ended: false });
    outcomes = [];
  }
  outcomes.push(...await group.finish());
  closeStores();
  port.post({ outcomes, prices: prices.takeNews(), ended: true });
}

/**
 * Takes from one end as long as there is a task that neither thread has taken.
 *
 * @param count Of all tasks
 */
function* takeTasks(order: Iterable<number>, taken: SharedArrayBuffer, count: number): Generator<number> {
  const taking = new Int32Array(taken);
  for (const index of order) {
    if (Atomics.add(taking, 0, 1) >= count) return;
    yield index;
  }
}
