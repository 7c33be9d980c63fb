/**
 * Work on many logs, in this thread and, when there is much to read, in a second one. The second one begins with the
 * largest tasks and this one with the smallest, until they meet: so neither waits for the other, and this one hears soon
 * that the other is there, and keeps up with what it sends.
 */
import { loadZstd } from "../../../host/zstd_file.ts";
import { hearOthers, type Thread, type ThreadPort } from "../../../host/thread.ts";
import { type KnownPrice, Prices, type SharedPrices } from "../../prices/prices.ts";
import { KeptTurns } from "./kept_turns.ts";
import {
  bytesOf,
  type FoldTask,
  hasCompressed,
  type OnLogStep,
  type SettleTask,
  type TaskKind,
  type TaskKinds,
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

/** Sent to the second thread: the next of its tasks. */
export interface WorkOrder {
  readonly kind: TaskKind;
  /** The largest first. */
  readonly tasks: readonly TaskKinds[TaskKind]["task"][];
  /** Their places. */
  readonly order: readonly number[];
  /** How many tasks have been taken, from either end. */
  readonly taken: SharedArrayBuffer;
  /** How many there are, with those of other orders. */
  readonly count: number;
  readonly prices: SharedPrices;
  /** Where the evidence is. @default there is none */
  readonly evidenceIn?: string;
}

/** Sent back: what is done, and at last that nothing more comes of this order. */
export interface WorkReport {
  readonly outcomes: readonly TaskOutcome[];
  /** What was looked up on the way. */
  readonly prices: readonly KnownPrice[];
  readonly ended: boolean;
}

/** When a second thread is worth starting, and how. */
export interface LogWorkOptions {
  readonly prices: Prices;
  /** What gateways said of responses. @default there is none */
  readonly evidence?: LogEvidence;
  /** Starts the second thread. Without it all is done in this one. */
  readonly startThread?: () => Thread<WorkReport, WorkOrder>;
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
/** All of a hundred thousand at once would be in memory once more. */
const ORDER_TASKS = 1024;
/** So that it never waits for the next one. */
const ORDERS_AHEAD = 2;

export class LogWork {
  readonly #options: LogWorkOptions;
  #thread: Thread<WorkReport, WorkOrder> | undefined;
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
    const ranks = kind === "fold" ? sizes : sizes.map((_, place) => this.#leaning(tasks.at(place) as SettleTask));
    const order = Array.from(sizes.keys()).sort((a, b) => ranks[b]! - ranks[a]! || sizes[b]! - sizes[a]!);
    // Logs are settled sooner by the thread that has kept their turns, whatever else it has to do, than read again.
    const there = kind === "fold" ? order : order.filter((index) => ranks[index]! >= 0);
    const here = kind === "fold" ? order : order.filter((index) => ranks[index]! <= 0);
    const taken = new SharedArrayBuffer(4);
    const done = new Uint8Array(tasks.length);
    if (tasks.length > 1 && this.#startThread(sizes.reduce((sum, size) => sum + size, 0))) {
      this.#sendOrders(kind, tasks, there, order.length, taken);
    }
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

  #sendOrders<K extends TaskKind>(
    kind: K,
    tasks: Tasks<K>,
    order: readonly number[],
    count: number,
    taken: SharedArrayBuffer,
  ): void {
    const { prices, orderTasks = ORDER_TASKS } = this.#options;
    let from = 0;
    this.#sendNext = () => {
      if (from >= order.length || Atomics.load(new Int32Array(taken), 0) >= count) return;
      const places = order.slice(from, from + orderTasks);
      from += places.length;
      this.#underWay++;
      const ordered = places.map((place) => tasks.at(place)!);
      const evidenceIn = this.#options.evidence?.stateDirectory;
      this.#thread!.post({
        ...{ kind, tasks: ordered, order: places, taken, count, prices: prices.share() },
        ...(evidenceIn === undefined ? {} : { evidenceIn }),
      });
    };
    for (let ahead = 0; ahead < ORDERS_AHEAD; ahead++) this.#sendNext();
  }

  /** Ends the second thread, whatever it is doing, and what this one read from. */
  end(): void {
    closeStores();
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
