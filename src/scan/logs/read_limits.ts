/** Reads what logs let on about the limits of a plan. Nothing of it is kept: it is asked of the logs of some days. */
import type { FoundLimits, LimitRecord, LimitRefusal } from "../../core/limits/limit_record.ts";
import type { LimitLog } from "../../agents/limit_log.ts";
import type { LogMeans } from "./log_means.ts";
import type { FoundLog, PlacedProblem } from "./log_reader.ts";

/** A file that is all wrong says so with some. */
const MOST_FAULTS = 20;

/**
 * In steps, as reading is (log_reader.ts).
 *
 * @throws {LogUnfinishedError} as a reader does
 */
export function* readLimits(
  { reader }: Pick<LogMeans, "reader">,
  limitLog: LimitLog,
  log: FoundLog,
): Generator<number, FoundLimits> {
  const records: LimitRecord[] = [];
  const refusals: LimitRefusal[] = [];
  const faults: PlacedProblem[] = [];
  const read = limitLog.start(log);
  yield* reader.read(log, { needles: limitLog.needles }, undefined, {
    record(record, place) {
      const found = read(record);
      if (found === undefined) return;
      if (found.records !== undefined) records.push(...found.records);
      if (found.refusal !== undefined) refusals.push(found.refusal);
      for (const message of found.faults ?? []) if (faults.length < MOST_FAULTS) faults.push({ place, message });
    },
    // What is broken is doctor's to list, which reads all lines.
    problem() {},
  });
  const problems = faults.length === 0 ? [] : reader.locate(log, faults).map((fault) => ({ path: log.path, ...fault }));
  return { records, refusals, problems };
}
