/** Reads logs for faults alone, every line of them; counts and stores nothing. For `doctor`. */
import { CLOCK_SKEW_MS } from "../../core/session_report.ts";
import type { Diagnostic, EpochMs } from "../../core/model.ts";
import type { FoundFile } from "../../host/walk_files.ts";
import type { Discovery } from "./discover.ts";
import { describeParseError, parseComplete, PARTLY_JSON } from "./fold_log.ts";
import { readLines } from "./lines/read_lines.ts";
import { salvageRecords } from "./lines/salvage_records.ts";
import { RecordFolder } from "./rows/record_folder.ts";
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
    const source = await loadSource(id);
    try {
      problems.push(...verifyLog(source, all.filter((other) => other !== source), file, now));
    } catch (error) {
      problems.push({ path: file.path, message: `Cannot be read: ${whyUnreadable(error)}` });
    }
  }
  return problems;
}

/** @param others Whose file it may be after all, where the source finds no session in it */
function verifyLog(source: NamedSource, others: readonly NamedSource[], file: FoundFile, now: EpochMs): Diagnostic[] {
  const problems: Diagnostic[] = [];
  let unlisted = 0;
  const add = (message: string, line?: number) => {
    if (problems.length < MAX_PROBLEMS_PER_FILE) problems.push({ path: file.path, line, message });
    else unlisted++;
  };
  const strict = new TextDecoder("utf-8", { fatal: true });
  const lenient = new TextDecoder();
  const folder = new RecordFolder(source);
  const foldersOfOthers = others.map((other) => new RecordFolder(other));
  let state: unknown = source.start(file);
  const uncounted: Uncounted = { responses: 0, counts: 0 };
  const uncountedOfOthers: Uncounted = { responses: 0, counts: 0 };
  let turns = 0;
  let line = 0;

  const checkRecord = (record: unknown) => {
    const result = folder.fold(state, record);
    state = result.state;
    if (result.problem !== undefined) add(result.problem, line);
    if (turns === 0 && !result.turns?.length) {
      const isFaulty = result.problem !== undefined;
      noteUncounted(uncounted, folder.uncounted(record, isFaulty));
      for (const other of foldersOfOthers) noteUncounted(uncountedOfOthers, other.uncounted(record, isFaulty));
    }
    turns += result.turns?.length ?? 0;
    for (const turn of result.turns ?? []) {
      if (turn.at > now + CLOCK_SKEW_MS) add("The time of this response is in the future.", line);
    }
  };
  const checkGrowingLine = (bytes: Uint8Array) => {
    const { records, end, isPartial } = salvageRecords(bytes, true);
    for (const { record } of records) checkRecord(record);
    if (isPartial) add(PARTLY_JSON, line);
    if (records.length > 0 && lenient.decode(bytes.subarray(end)).trim() === "") return;
    add("The last line is incomplete: cut off, or still being written. It is not counted.", line);
  };
  const decode = (bytes: Uint8Array): string => {
    try {
      return strict.decode(bytes);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      add("Not valid UTF-8; the broken characters are replaced.", line);
      return lenient.decode(bytes);
    }
  };

  const steps = readLines(file, {
    from: 0,
    needles: [],
    everyLine: true,
    onLine(bytes) {
      line++;
      const text = decode(bytes);
      if (text.trim() === "") return;
      let record: unknown;
      try {
        record = JSON.parse(text);
      } catch (error) {
        const { records, isPartial } = salvageRecords(bytes);
        for (const salvaged of records) checkRecord(salvaged.record);
        if (records.length === 0) add(`Not JSON: ${describeParseError(error)}`, line);
        else if (isPartial) add(PARTLY_JSON, line);
        return;
      }
      if (typeof record !== "object" || record === null || Array.isArray(record)) add("Not a JSON object.", line);
      else checkRecord(record);
    },
    onProblem: (message) => add(message, ++line),
  });
  const read = takeAllSteps(steps);
  if (read.tail !== undefined) {
    line++;
    const record = parseComplete(decode(read.tail));
    if (record !== undefined) checkRecord(record);
    else checkGrowingLine(read.tail);
  }
  const hasSession = source.session(state) !== undefined;
  const nothing = turns > 0 ? undefined : describeUncounted(uncounted, source, hasSession) ??
    (hasSession ? undefined : describeUncounted(uncountedOfOthers, source, hasSession));
  if (file.size === 0) add("The file is empty.");
  else if (nothing === undefined && !hasSession) add("No session: the log names none.");
  if (unlisted > 0) problems.push({ path: file.path, message: `${unlisted} more problems in this file.` });
  if (nothing !== undefined) problems.push({ path: file.path, message: nothing });
  return problems;
}
