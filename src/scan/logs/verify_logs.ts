/** Reads logs for faults alone, every record of them; counts and stores nothing. For `doctor`. */
import { realPathIfAny } from "../../host/real_path_if_any.ts";
import { CLOCK_SKEW_MS } from "../../core/session_report.ts";
import type { Diagnostic, EpochMs } from "../../core/model.ts";
import type { Discovery } from "./discover.ts";
import { fileOf } from "./log_file.ts";
import { loadMeans, type LogMeans } from "./log_means.ts";
import { describeUnread, type FoundLog, LogUnfinishedError } from "./log_reader.ts";
import { closeStores } from "./open_stores.ts";
import { hasUsage, RecordFolder } from "./rows/record_folder.ts";
import type { NamedSource } from "../../agents/source.ts";
import { loadSource, LOGGED_AGENTS } from "../../agents/agents.ts";
import { takeAllSteps, whyUnreadable } from "./take_steps.ts";
import { describeUncounted, noteUncounted, type Uncounted } from "./yielded_nothing.ts";

/** A broken file can have a fault on every line. */
const MAX_PROBLEMS_PER_FILE = 100;

export async function verifyLogs(discovery: Discovery, now: EpochMs): Promise<Diagnostic[]> {
  const problems: Diagnostic[] = [];
  const all = await Promise.all(LOGGED_AGENTS.map(({ id }) => loadSource(id)));
  for (const { source: { id }, file } of discovery.files) {
    try {
      const means = await loadMeans(id, file);
      problems.push(...verifyLog(means, all.filter((other) => other !== means.source), file, now));
    } catch (error) {
      const message = describeUnread(whyUnreadable(error), error instanceof LogUnfinishedError);
      problems.push({ path: file.path, message });
    }
  }
  closeStores();
  if (discovery.databases !== undefined) {
    const { checkDatabase } = await import("./tables/check_database.ts");
    for (const { file: { path } } of discovery.databases) {
      problems.push(...checkDatabase(realPathIfAny(path) ?? path).map((message) => ({ path, message })));
    }
  }
  return problems;
}

/** @param others Whose file it may be after all, where the source finds no session in it */
function verifyLog(
  { source, reader }: LogMeans,
  others: readonly NamedSource[],
  log: FoundLog,
  now: EpochMs,
): Diagnostic[] {
  const problems: Diagnostic[] = [];
  let unlisted = 0;
  const add = (message: string, place?: number) => {
    if (problems.length < MAX_PROBLEMS_PER_FILE) problems.push({ path: log.path, ...reader.describe(message, place) });
    else unlisted++;
  };
  const folder = new RecordFolder(source);
  const foldersOfOthers = others.map((other) => new RecordFolder(other));
  let state: unknown = source.start(fileOf(log));
  const uncounted: Uncounted = { responses: 0, counts: 0 };
  const uncountedOfOthers: Uncounted = { responses: 0, counts: 0 };
  let isCounted = false;

  const checkRecord = (record: unknown, place: number) => {
    const result = folder.fold(state, record);
    state = result.state;
    if (result.problem !== undefined) add(result.problem, place);
    if (!isCounted && !hasUsage(result)) {
      const isFaulty = result.problem !== undefined;
      noteUncounted(uncounted, folder.uncounted(record, isFaulty));
      for (const other of foldersOfOthers) noteUncounted(uncountedOfOthers, other.uncounted(record, isFaulty));
    }
    isCounted ||= hasUsage(result);
    const checkTime = (at: EpochMs, what: string) => {
      if (at > now + CLOCK_SKEW_MS) add(`The time of this ${what} is in the future.`, place);
    };
    for (const { at } of result.turns ?? []) checkTime(at, "response");
    for (const { firstAt } of result.totals ?? []) checkTime(firstAt, "sum");
  };
  takeAllSteps(reader.check(log, { record: checkRecord, problem: add }));
  const hasSession = source.session(state) !== undefined;
  const nothing = isCounted ? undefined : describeUncounted(uncounted, source, hasSession) ??
    (hasSession ? undefined : describeUncounted(uncountedOfOthers, source, hasSession));
  if (log.size === 0) add("The file is empty.");
  else if (nothing === undefined && !hasSession) add("No session: the log names none.");
  if (unlisted > 0) problems.push({ path: log.path, message: `${unlisted} more problems in this file.` });
  if (nothing !== undefined) problems.push({ path: log.path, message: nothing });
  return problems;
}
