/**
 * Does tasks of one kind, and of logs that are not large two things apart: some are read, and then those are added up one
 * right behind the other. Between reading two logs a processor forgets the code and the data that adding up takes, and that
 * of reading between adding up: turn by turn both take half as long again.
 */
import type { FileFold } from "../../logs/fold_log.ts";
import { TurnTable } from "../../logs/turns/turn_table.ts";
import {
  addUpFold,
  type FoldTask,
  readFold,
  settleSharing,
  type SettleTask,
  type TaskKind,
  type TaskKinds,
  type TaskMeans,
  type TaskOutcome,
} from "./log_tasks.ts";

/** So many logs wait at most to be added up. */
const MANY_LOGS = 8;
/** A larger log, in bytes, is added up at once. */
const LARGE_LOG = 512 << 10;
/** Of the table of a log that waits: more than most such logs have turns. */
const FEW_ROWS = 256;

interface WaitingFold {
  readonly index: number;
  readonly task: FoldTask;
  readonly fold: FileFold;
}

/** For one task after the other; at the end {@linkcode finish}. */
export class TaskGroup<K extends TaskKind> {
  readonly #kind: K;
  readonly #means: TaskMeans;
  readonly #tables: TurnTable[] = [];
  #waiting: WaitingFold[] = [];

  constructor(kind: K, means: TaskMeans) {
    this.#kind = kind;
    this.#means = means;
  }

  /** Never fails, as {@linkcode finish}. @returns what came of this task, or of others before, or nothing yet */
  async perform(index: number, task: TaskKinds[K]["task"]): Promise<readonly TaskOutcome<K>[]> {
    if (this.#kind === "settle") {
      return [{ index, result: await settleSharing(task as SettleTask, this.#means) } as TaskOutcome<K>];
    }
    const outcomes = await this.#read(index, task as FoldTask);
    return outcomes as readonly TaskOutcome[] as readonly TaskOutcome<K>[];
  }

  async #read(index: number, task: FoldTask): Promise<readonly TaskOutcome<"fold">[]> {
    const isLarge = task.file.size > LARGE_LOG;
    const table = isLarge ? this.#means.table : this.#tables[this.#waiting.length] ??= new TurnTable(FEW_ROWS);
    const read = await readFold(task, this.#means, table);
    if ("error" in read) return [{ index, ...read }];
    if (isLarge) return [{ index, ...await addUpFold(task, read.value, this.#means) }];
    this.#waiting.push({ index, task, fold: read.value });
    return this.#waiting.length < MANY_LOGS ? [] : await this.#addUp();
  }

  async #addUp(): Promise<readonly TaskOutcome<"fold">[]> {
    const outcomes: TaskOutcome<"fold">[] = [];
    for (const { index, task, fold } of this.#waiting) {
      outcomes.push({ index, ...await addUpFold(task, fold, this.#means) });
    }
    this.#waiting = [];
    return outcomes;
  }

  /** @returns what came of those that waited */
  async finish(): Promise<readonly TaskOutcome<K>[]> {
    return await this.#addUp() as readonly TaskOutcome[] as readonly TaskOutcome<K>[];
  }
}
