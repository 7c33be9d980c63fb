/** Logs of lines to put a line of one's own into, one of each agent that has such. */
import { relative } from "node:path";
import { loadSource } from "../../src/agents/agents.ts";
import { isRecord } from "../../src/core/json/is_record.ts";
import { RecordFolder } from "../../src/scan/logs/rows/record_folder.ts";
import { kindOf, readWholeLogs, type RealLog } from "./real_logs.ts";

/** A whole log of an agent. Another one of the same follows from {@linkcode renameIds}. */
export interface SampleLog {
  /** Below a home. */
  readonly path: string;
  readonly lines: readonly string[];
  /** How many lines there are up to the first one that says what was billed. There is another one behind it. */
  readonly turnsFrom: number;
  readonly firstKind: string;
}

/** The shortest log of lines with two responses, of each agent that has such. */
export async function sampleLogs(): Promise<ReadonlyMap<string, SampleLog>> {
  const logs = (await readWholeLogs()).filter(({ form, log }) => form === "lines" && !log.compressed)
    .toSorted((a, b) => a.log.size - b.log.size);
  const samples = new Map<string, SampleLog>();
  for (const source of new Set(logs.map(({ source }) => source))) {
    const found = await Array.fromAsync(logs.filter((log) => log.source === source), (log) => sampleOf(log));
    const sample = found.find((sample) => sample !== undefined);
    if (sample !== undefined) samples.set(source, sample);
  }
  return samples;
}

async function sampleOf({ source: id, log: { path }, file, home }: RealLog): Promise<SampleLog | undefined> {
  const lines = Deno.readTextFileSync(path).split("\n").filter((line) => line !== "");
  const source = await loadSource(id);
  const folder = new RecordFolder(source);
  let state: unknown = source.start(file);
  const says = lines.map((line) => {
    const record = parseLine(line);
    if (record === undefined) return false;
    const result = folder.fold(state, record);
    state = result.state;
    return result.totals !== undefined || (result.turns?.some(({ copied }) => !copied) ?? false);
  });
  const facts = source.session(state);
  // A sub-agent's log lies below that of its session.
  if (facts === undefined || facts.subagent || facts.parentSessionId !== undefined) return undefined;
  const first = says.indexOf(true);
  if (first < 0 || !says.includes(true, first + 1)) return undefined;
  const named = (text: string) =>
    text.replaceAll(facts.sessionId, SESSION).replaceAll(facts.sessionId.slice(0, 8), SESSION.slice(0, 8));
  const own = named(relative(home, path));
  if (own === relative(home, path)) return undefined;
  const firstKind = kindOf(id, parseLine(lines[0]!) ?? {});
  return { path: own, lines: lines.map(named), turnsFrom: first + 1, firstKind };
}

function parseLine(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** Stands for the session's id in samples and in records. */
const SESSION = "5e551011-0000-4000-8000-0000000000ee";
/** What programs make up to name something, as a whole text. */
const IDS = /"([a-z]+_[0-9A-Za-z]{8,}|[0-9a-f-]{8,})"(?!:)/g;

/** A part of a log, or its path, as it is in one of another session: all that names something has another name. */
export function renameIds(text: string, index: number): string {
  const digits = String(index).padStart(4, "0");
  const begin = `5e55${digits}`;
  const rename = (id: string) => `${id.slice(0, -4)}${digits}`;
  return text.replaceAll(IDS, (_, id: string) => `"${rename(id)}"`)
    .replaceAll(SESSION, `${begin}${rename(SESSION).slice(8)}`)
    .replaceAll(rename(SESSION), `${begin}${rename(SESSION).slice(8)}`)
    .replaceAll(SESSION.slice(0, 8), begin);
}

/** A record as it is in a sample: of its session. @param id Of the session that it is of */
export function ofSample(record: unknown, id: string | undefined): unknown {
  return id === undefined ? record : JSON.parse(JSON.stringify(record).replaceAll(id, SESSION));
}
