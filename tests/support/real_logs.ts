/**
 * Real logs of every agent in the registry, read as the engine reads them, whatever they are kept in: those of
 * tests/fixtures/home, tests/fixtures/sources and tests/field_reports. An agent whose logs are there needs nothing more.
 */
import { join } from "node:path";
import { LOGGED_AGENTS } from "../../src/agents/agents.ts";
import { type LogStore, storeOf } from "../../src/agents/log_store.ts";
import type { LogFile } from "../../src/agents/source.ts";
import { isRecord } from "../../src/core/json/is_record.ts";
import { makeMachine } from "../../src/host/environment.ts";
import { listDatabases } from "../../src/scan/index/update/list_databases.ts";
import { OpenIndex } from "../../src/scan/index/tables/open_store.ts";
import { discoverLogs } from "../../src/scan/logs/discover.ts";
import { fileOf } from "../../src/scan/logs/log_file.ts";
import { loadMeans } from "../../src/scan/logs/log_means.ts";
import type { FoundLog } from "../../src/scan/logs/log_reader.ts";
import { closeStores } from "../../src/scan/logs/open_stores.ts";
import { RecordFolder } from "../../src/scan/logs/rows/record_folder.ts";
import { takeAllSteps } from "../../src/scan/logs/take_steps.ts";
import { loadZstd } from "../../src/host/zstd_file.ts";
import { memberPaths } from "./hostile_values.ts";
import { FIXTURE_HOME } from "./run_agent.ts";
import { sourceHomes } from "./sources/source_homes.ts";

type LogRecord = Readonly<Record<string, unknown>>;

export interface RealLog {
  readonly source: string;
  readonly form: LogStore["form"];
  /** The home that it is in. */
  readonly home: string;
  readonly log: FoundLog;
  /** As its source is told of it. */
  readonly file: LogFile;
  readonly records: readonly unknown[];
  /** Undefined where it names none. */
  readonly sessionId: string | undefined;
  /** Whether a session of its own is billed for something in it: not that of a sub-agent. */
  readonly isBilled: boolean;
}

/** A kind of record, by the one of it that has the most members. */
export interface RecordKind {
  readonly source: string;
  readonly form: LogStore["form"];
  readonly name: string;
  readonly record: LogRecord;
  /** The log that it is from. */
  readonly file: LogFile;
  readonly sessionId: string | undefined;
}

/** Reads them once. */
let whole: Promise<readonly RealLog[]> | undefined;

/** As agents wrote them: not those that were made of what people reported. */
export function readWholeLogs(): Promise<readonly RealLog[]> {
  return whole ??= readHomes([FIXTURE_HOME, ...sourceHomes().map(({ home }) => home)]);
}

async function readReports(): Promise<readonly RealLog[]> {
  const reports = join(import.meta.dirname!, "../field_reports");
  return await readHomes([...Deno.readDirSync(reports)].map(({ name }) => join(reports, name, "home")).sort());
}

async function readHomes(homes: readonly string[]): Promise<readonly RealLog[]> {
  await loadZstd();
  return (await Promise.all(homes.map(readHome))).flat();
}

async function readHome(home: string): Promise<readonly RealLog[]> {
  const index = OpenIndex.inMemory();
  const found = discoverLogs(LOGGED_AGENTS, makeMachine({ home }), []);
  const { files } = listDatabases(index.store, found, Date.now()).discovery;
  index.close();
  const logs: RealLog[] = [];
  for (const { source, file: log } of files) {
    const { reader, source: means } = await loadMeans(source.id, log);
    const [file, folder, records] = [fileOf(log), new RecordFolder(means), [] as unknown[]];
    let [state, isBilled]: [unknown, boolean] = [means.start(file), false];
    const record = (record: unknown) => {
      records.push(record);
      const result = folder.fold(state, record);
      state = result.state;
      isBilled ||= (result.turns?.length ?? 0) + (result.totals?.length ?? 0) > 0;
    };
    takeAllSteps(reader.check(log, { record, problem: () => {} }));
    const { form } = storeOf(source.logs, log.documents?.[0]?.relativePath ?? log.relativePath);
    const { sessionId, subagent } = means.session(state) ?? {};
    isBilled &&= subagent !== true;
    logs.push({ source: source.id, form, home, log, file, records, sessionId, isBilled });
  }
  closeStores();
  return logs;
}

/** Of each kind of record the one with the most members. */
export async function collectKinds(): Promise<readonly RecordKind[]> {
  const kinds = new Map<string, RecordKind & { readonly members: number }>();
  for (const { source, form, file, records, sessionId } of [...await readWholeLogs(), ...await readReports()]) {
    for (const record of records) {
      if (!isRecord(record)) continue;
      const name = kindOf(source, record);
      const members = memberPaths(record).length;
      if (members > (kinds.get(name)?.members ?? 0)) {
        kinds.set(name, { source, form, name, record, file, sessionId, members });
      }
    }
  }
  return [...kinds.values()];
}

/** Members by which programs tell their records apart, wherever they are. */
const TELLING: readonly string[] = ["type", "kind", "subtype", "role", "event.name"];

/** What tells records apart, whatever they call it. */
export function kindOf(source: string, record: LogRecord): string {
  return [source, ...namesIn(record, 3)].join(" ");
}

function* namesIn(record: LogRecord, depth: number): Generator<string> {
  for (const [key, value] of Object.entries(record)) {
    if (TELLING.includes(key) && typeof value === "string" && /^[\w.:-]{1,40}$/.test(value)) yield value;
    else if (isRecord(value) && depth > 1) yield* namesIn(value, depth - 1);
  }
}
