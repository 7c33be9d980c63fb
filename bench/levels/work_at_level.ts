/** One thread's part of a first scan, up to a level. */
import { loadZstd } from "../../src/host/zstd_file.ts";
import { PrefixDigest } from "../../src/scan/logs/lines/prefix_digest.ts";
import { readLines } from "../../src/scan/logs/lines/read_lines.ts";
import { LineRows } from "../../src/scan/logs/rows/line_rows.ts";
import { foldLog } from "../../src/scan/logs/fold_log.ts";
import { loadMeans, type LogMeans } from "../../src/scan/logs/log_means.ts";
import type { FoundLog } from "../../src/scan/logs/log_reader.ts";
import { takeAllSteps } from "../../src/scan/logs/take_steps.ts";
import { MANY_ROWS, TurnTable } from "../../src/scan/logs/turns/turn_table.ts";
import { KeptTurns } from "../../src/scan/index/update/kept_turns.ts";
import type { FoldTask } from "../../src/scan/index/update/log_tasks.ts";
import { TaskGroup } from "../../src/scan/index/update/task_group.ts";
import { Prices } from "../../src/scan/prices/prices.ts";
import { SCAN_LEVELS, type ScanLevel } from "./level_names.ts";

/** What a thread is to do. Survives structured clone. */
export interface LevelOrder {
  readonly level: ScanLevel;
  /** The largest first. */
  readonly tasks: readonly FoldTask[];
  /** How many have been taken, from either end. */
  readonly taken: SharedArrayBuffer;
  readonly isFromEnd: boolean;
}

const CHUNK_BYTES = 1 << 18;

/** @returns how many logs it took */
export async function workAtLevel({ level, tasks, taken, isFromEnd }: LevelOrder): Promise<number> {
  const taking = new Int32Array(taken);
  const doTask = await workerOf(level);
  let count = 0;
  for (let place = 0; Atomics.add(taking, 0, 1) < tasks.length; place++) {
    await doTask(tasks[isFromEnd ? tasks.length - 1 - place : place]!);
    count++;
  }
  return count;
}

async function workerOf(level: ScanLevel): Promise<(task: FoldTask) => Promise<unknown> | void> {
  if (level === "start") return () => {};
  if (level === "read") return ({ file }) => readBytes(file);
  await loadZstd();
  const table = new TurnTable(MANY_ROWS);
  if (level === "digest") {
    const means = { prices: new Prices("", undefined), onStep: () => Promise.resolve(), kept: new KeptTurns(), table };
    const group = new TaskGroup("fold", means);
    return (task) => group.perform(0, task);
  }
  const isAtLeast = (other: ScanLevel) => SCAN_LEVELS.indexOf(level) >= SCAN_LEVELS.indexOf(other);
  const kept = level === "fold" ? new NoTable() : table;
  return async ({ source, file }) => {
    const means = await loadMeans(source, file);
    if (isAtLeast("fold")) takeAllSteps(foldLog(means, file, undefined, { table: kept }));
    else passOver(means, file, isAtLeast("walk"));
  };
}

function readBytes({ path }: FoundLog): void {
  const bytes = new Uint8Array(CHUNK_BYTES);
  using file = Deno.openSync(path);
  while (file.readSync(bytes) !== null);
}

function passOver({ source }: LogMeans, file: FoundLog, isWalked: boolean): void {
  takeAllSteps(readLines(file, {
    from: 0,
    needles: source.needles,
    digest: new PrefixDigest(),
    rows: isWalked ? LineRows.of(source.fields) : undefined,
    onRow() {},
    onLine() {},
    onProblem() {},
  }));
}

/** Drops what is added. */
class NoTable extends TurnTable {
  override add(): void {}
  override addNew(): void {}
  override addRows(): void {}
  override replace(): void {}
  override settle(): void {}
}
