/**
 * Real logs of every agent in the registry: whole ones to put a line of one's own into, and their records. They are those
 * of tests/fixtures/home and of tests/field_reports, so that an agent whose logs are there needs nothing more.
 */
import { basename, join, relative } from "node:path";
import { loadSource, LOGGED_AGENTS } from "../../src/agents/agents.ts";
import { findOwner } from "../../src/scan/logs/log_owner.ts";
import { RecordFolder } from "../../src/scan/logs/rows/record_folder.ts";
import { memberPaths } from "./hostile_values.ts";
import { FIXTURE_HOME } from "./run_agent.ts";

type LogRecord = Readonly<Record<string, unknown>>;

interface RealLog {
  readonly source: string;
  readonly path: string;
  readonly text: string;
}

/** A kind of record, by the one of it that has the most members. */
export interface RecordKind {
  readonly source: string;
  readonly name: string;
  readonly record: LogRecord;
}

/** A whole log of an agent. Another one of the same follows from {@linkcode renameIds}. */
export interface SampleLog {
  /** Below a home. */
  readonly path: string;
  readonly lines: readonly string[];
  /** How many lines there are up to the first turn. There is another turn behind it. */
  readonly turnsFrom: number;
  readonly firstKind: string;
}

/** Of each kind of record the one with the most members. */
export function collectKinds(): readonly RecordKind[] {
  const kinds = new Map<string, RecordKind & { readonly members: number }>();
  for (const home of [FIXTURE_HOME, join(import.meta.dirname!, "../field_reports")]) {
    for (const { source, text, path } of readLogs(home)) {
      for (const line of text.split("\n")) {
        const record = parseObject(line);
        if (record === undefined) continue;
        const name = kindOf(source, record);
        const members = memberPaths(record).length;
        if (members > (kinds.get(name)?.members ?? 0)) {
          kinds.set(name, { source, name, record: ofOneSession(record, path), members });
        }
      }
    }
  }
  return [...kinds.values()];
}

/** The shortest log of a session with two turns, of each agent. @throws {Error} when an agent has none in tests/fixtures/home */
export async function sampleLogs(): Promise<ReadonlyMap<string, SampleLog>> {
  const logs = [...readLogs(FIXTURE_HOME)].sort((a, b) => a.text.length - b.text.length);
  const samples = new Map<string, SampleLog>();
  for (const { id } of LOGGED_AGENTS) {
    const own = logs.filter(({ source, path }) => source === id && sessionOf(basename(path)) !== undefined);
    const found = await Array.fromAsync(own, (log) => sampleOf(log));
    const sample = found.find((sample) => sample !== undefined);
    if (sample === undefined) throw new Error(`${id} has no log of two turns in ${FIXTURE_HOME}`);
    samples.set(id, sample);
  }
  return samples;
}

async function sampleOf({ source: id, path: realPath, text }: RealLog): Promise<SampleLog | undefined> {
  const [path, whole] = [realPath, text].map((text) => text.replaceAll(sessionOf(realPath)!, SESSION)) as [
    string,
    string,
  ];
  const lines = whole.split("\n").filter((line) => line !== "");
  const source = await loadSource(id);
  const folder = new RecordFolder(source);
  let state: unknown = source.start({ path, relativePath: path.split(/[/\\]/).slice(-2).join("/") });
  const hasTurn = lines.map((line) => {
    const result = folder.fold(state, JSON.parse(line));
    state = result.state;
    return result.turns?.some(({ copied }) => !copied) ?? false;
  });
  const first = hasTurn.indexOf(true);
  if (first < 0 || !hasTurn.includes(true, first + 1)) return undefined;
  const firstKind = kindOf(id, JSON.parse(lines[0]!) as LogRecord);
  return { path: relative(FIXTURE_HOME, path), lines, turnsFrom: first + 1, firstKind };
}

/** Stands for the session's id in samples and in records. */
const SESSION = "00000000-0000-4000-8000-0000000000ee";
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
/** What programs make up to name something, as a whole text. */
const IDS = /"([a-z]+_[0-9A-Za-z]{8,}|[0-9a-f-]{8,})"(?!:)/g;

/** The last id in a log's path: a session's log is named by it, that of a sub-agent lies below it. */
function sessionOf(path: string): string | undefined {
  return [...path.matchAll(UUID)].at(-1)?.[0];
}

function ofOneSession(record: LogRecord, path: string): LogRecord {
  const session = sessionOf(path);
  return session === undefined ? record : JSON.parse(JSON.stringify(record).replaceAll(session, SESSION)) as LogRecord;
}

/** A part of a log, or its path, as it is in one of another session: all that names something has another name. */
export function renameIds(text: string, index: number): string {
  const rename = (id: string) => `${id.slice(0, -4)}${String(index).padStart(4, "0")}`;
  return text.replaceAll(SESSION, rename(SESSION)).replaceAll(IDS, (_, id: string) => `"${rename(id)}"`);
}

function* readLogs(directory: string): Generator<RealLog> {
  for (const path of logsBelow(directory)) {
    const source = findOwner(path, Deno.statSync(path).size, LOGGED_AGENTS)?.id;
    if (source !== undefined) yield { source, path, text: Deno.readTextFileSync(path) };
  }
}

function* logsBelow(directory: string): Generator<string> {
  for (const { name, isDirectory } of [...Deno.readDirSync(directory)].sort((a, b) => a.name < b.name ? -1 : 1)) {
    if (isDirectory) yield* logsBelow(join(directory, name));
    else if (name.endsWith(".jsonl")) yield join(directory, name);
  }
}

/** What tells records apart, whatever they call it. */
function kindOf(source: string, record: LogRecord): string {
  const { type, subtype, message, payload, systemPayload } = record as Record<string, Record<string, unknown>>;
  const event = systemPayload?.["uiEvent"] as { readonly "event.name"?: string } | undefined;
  const what = event?.["event.name"] ?? subtype ?? payload?.["type"] ?? message?.["role"];
  return [source, type, what, message !== undefined].join(" ");
}

function parseObject(line: string): LogRecord | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
