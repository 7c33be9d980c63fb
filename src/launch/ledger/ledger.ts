/**
 * The ledgers of launches: `launches/<launch id>/ledger.jsonl` below our state directory, one record a line, appended by
 * the launch and by what runs in it.
 *
 * Reading never fails: a line that is no record, such as the torn last one of a killed process, is left out and counted.
 */
import { join } from "node:path";
import { readTextFileIfAny } from "../../host/files.ts";
import { appendToOwnFile, listOwnDirectory } from "../../host/own_file.ts";
import type { BilledRecord, ExitRecord, LaunchRecord, LedgerRecord, SessionRecord } from "./records.ts";

/** What is recorded of one launch. */
export interface LaunchLedger {
  readonly launch: LaunchRecord;
  /** In the order in which they began; a session that began again is listed again. */
  readonly sessions: readonly SessionRecord[];
  /** What the gateway said that traces cost in this launch, by trace; of those alone of which it said so. */
  readonly billed: ReadonlyMap<string, BilledRecord>;
  /** Absent while it runs, and for ever when it was killed. */
  readonly exit?: ExitRecord;
  readonly brokenLines: number;
}

/** Where a launch keeps what is its own. */
export function launchDirectory(stateDirectory: string, launchId: string): string {
  return join(stateDirectory, "launches", launchId);
}

/** The file to which sessions of a launch are reported. */
export function ledgerPath(stateDirectory: string, launchId: string): string {
  return join(launchDirectory(stateDirectory, launchId), "ledger.jsonl");
}

/** One write, so that records of several processes never mix. */
export function appendRecord(path: string, record: LedgerRecord): void {
  appendToOwnFile(path, `${JSON.stringify(record)}\n`);
}

/** Undefined when there is no such ledger, or it does not say which launch it is of. */
export function readLedger(path: string): LaunchLedger | undefined {
  const text = readTextFileIfAny(path);
  if (text === undefined) return undefined;
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const records = lines.map(parseRecord).filter((record) => record !== undefined);
  const launch = records.find((record) => record.type === "launch");
  if (launch === undefined) return undefined;
  return {
    launch,
    sessions: records.filter((record) => record.type === "session"),
    // The latest of each comes last, and replaces those before.
    billed: new Map(records.filter((record) => record.type === "billed").map((record) => [record.traceId, record])),
    exit: records.findLast((record) => record.type === "exit"),
    brokenLines: lines.length - records.length,
  };
}

/** The launches that there are. */
export function launchIds(stateDirectory: string): ReadonlySet<string> {
  return new Set(listOwnDirectory(join(stateDirectory, "launches")));
}

/** Every launch, newest first. */
export function listLaunches(stateDirectory: string): readonly LaunchLedger[] {
  return [...launchIds(stateDirectory)]
    .map((launchId) => readLedger(ledgerPath(stateDirectory, launchId)))
    .filter((ledger) => ledger !== undefined)
    .sort((a, b) => b.launch.at - a.launch.at);
}

/** Each trace once, by its first session record: resuming or reloading a session opens no new trace. */
export function tracesOf(ledger: Pick<LaunchLedger, "sessions">): readonly SessionRecord[] {
  const byTrace = new Map<string, SessionRecord>();
  for (const record of ledger.sessions) if (!byTrace.has(record.traceId)) byTrace.set(record.traceId, record);
  return [...byTrace.values()];
}

function parseRecord(line: string): LedgerRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  return isLaunch(value) || isSession(value) || isBilled(value) || isExit(value) ? value : undefined;
}

function isLaunch(value: unknown): value is LaunchRecord {
  return hasFields(value, "launch", ["launchId", "launcher", "cwd", "host"], ["at", "pid"]) &&
    "tags" in value && typeof value.tags === "object" && value.tags !== null &&
    Object.values(value.tags).every((tag) => typeof tag === "string");
}

function isSession(value: unknown): value is SessionRecord {
  return hasFields(value, "session", ["traceId", "sessionId", "reason", "cwd"], ["at", "pid"]) &&
    OPTIONAL_TEXTS.every((name) => ["string", "undefined"].includes(typeof Reflect.get(value, name)));
}

const OPTIONAL_TEXTS = [
  "sessionFile",
  "parentSessionId",
  "parentSessionFile",
  "source",
  "subagentId",
  "parentTraceId",
];

function isBilled(value: unknown): value is BilledRecord {
  return hasFields(value, "billed", ["traceId"], ["at", "requests", "billedRequests", "usd"]);
}

function isExit(value: unknown): value is ExitRecord {
  return hasFields(value, "exit", [], ["at", "status"]);
}

function hasFields(
  value: unknown,
  type: LedgerRecord["type"],
  texts: readonly string[],
  numbers: readonly string[],
): value is object {
  return typeof value === "object" && value !== null && Reflect.get(value, "type") === type &&
    texts.every((name) => typeof Reflect.get(value, name) === "string") &&
    numbers.every((name) => Number.isFinite(Reflect.get(value, name)));
}
