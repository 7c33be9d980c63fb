/** Tasks that two threads take from, and how the second one is told of them: some at once, and more as it gets on. */
import type { Thread } from "../../../host/thread.ts";
import type { KnownPrice, SharedPrices } from "../../prices/prices.ts";
import type { TaskKind, TaskKinds, TaskOutcome, Tasks } from "./log_tasks.ts";

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

/** The second thread, from here. */
export type WorkThread = Thread<WorkReport, WorkOrder>;

/** What its orders say beside tasks. */
export interface OrderMeans {
  share(): SharedPrices;
  /** See {@linkcode WorkOrder}. */
  readonly evidenceIn: string | undefined;
  /** Tasks that it is sent at once. @default 1024 */
  readonly orderTasks?: number;
}

/** All of a hundred thousand at once would be in memory once more. */
const ORDER_TASKS = 1024;
/** So that it never waits for the next one. */
const ORDERS_AHEAD = 2;

/** Places of tasks, the highest rank first, and of those of one rank the largest. */
export function orderTasks(sizes: Float64Array, ranks = sizes): readonly number[] {
  return Array.from(sizes.keys()).sort((a, b) => ranks[b]! - ranks[a]! || sizes[b]! - sizes[a]!);
}

/** One kind of task, of one list. */
export class WorkQueue<K extends TaskKind> {
  readonly kind: K;
  readonly tasks: Tasks<K>;
  /** Of all tasks. Each is taken from either end. */
  readonly order: readonly number[];
  /** See {@linkcode WorkOrder}. */
  readonly taken: SharedArrayBuffer = new SharedArrayBuffer(4);
  readonly #there: readonly number[];
  #sent = 0;

  /** @param there As much of the order, from its beginning, as the second thread may take. @default all */
  constructor(kind: K, tasks: Tasks<K>, order: readonly number[], there = order) {
    this.kind = kind;
    this.tasks = tasks;
    this.order = order;
    this.#there = there;
  }

  /** Sends the first orders. @returns how many there are */
  begin(thread: WorkThread, means: OrderMeans): number {
    let orders = 0;
    while (orders < ORDERS_AHEAD && this.sendNext(thread, means)) orders++;
    return orders;
  }

  /** @returns false when there is nothing left to be sent */
  sendNext(thread: WorkThread, { share, evidenceIn, orderTasks = ORDER_TASKS }: OrderMeans): boolean {
    const { kind, taken } = this;
    const count = this.order.length;
    if (this.#sent >= this.#there.length || Atomics.load(new Int32Array(taken), 0) >= count) return false;
    const order = this.#there.slice(this.#sent, this.#sent + orderTasks);
    this.#sent += order.length;
    const tasks = order.map((place) => this.tasks.at(place)!);
    thread.post({
      ...{ kind, tasks, order, taken, count, prices: share() },
      ...(evidenceIn === undefined ? {} : { evidenceIn }),
    });
    return true;
  }
}
