/**
 * Whole homes of real sessions, one of an agent: `tests/fixtures/sources/<agent>`. A new agent is tested when its directory is
 * there; none is named here.
 */
import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { LoggedAgent } from "../../../src/agents/agent.ts";
import { LOGGED_AGENTS } from "../../../src/agents/agents.ts";
import { type LogStore, storeOf, type TableStore } from "../../../src/agents/log_store.ts";
import { makeMachine } from "../../../src/host/environment.ts";
import { discoverLogs } from "../../../src/scan/logs/discover.ts";
import { readLogs } from "../scan_answers.ts";
import { type ExpectedSessions, readExpectedSessions } from "./expected_sessions.ts";

const SOURCES = fileURLToPath(new URL("../../fixtures/sources", import.meta.url));

export interface SourceHome {
  readonly agent: LoggedAgent;
  /** For names of steps. */
  readonly name: string;
  /** Not to be opened by SQLite, which leaves files: {@linkcode copyHome} */
  readonly home: string;
  readonly expected: ExpectedSessions;
}

/**
 * In order of their names. What a person made by the description of a format, since no program wrote it, is in `handmade`
 * beside the home.
 *
 * @throws {Error} for a directory of an agent that there is not
 */
export function sourceHomes(): readonly SourceHome[] {
  return [...Deno.readDirSync(SOURCES)].map(({ name }) => name).sort().flatMap((id) => {
    const agent = LOGGED_AGENTS.find((agent) => agent.id === id);
    if (agent === undefined) throw new Error(`${SOURCES}/${id}: there is no such agent`);
    const directories = [join(SOURCES, id), join(SOURCES, id, "handmade")].filter((path) =>
      existsSync(join(path, "home"))
    );
    return directories.map((directory) => {
      const expected = readExpectedSessions(Deno.readTextFileSync(join(directory, "expected.json")), id);
      return { agent, name: relative(SOURCES, directory), home: join(directory, "home"), expected };
    });
  });
}

/** A file of a home, and what it is to its agent. */
export interface HomeFile {
  readonly relativePath: string;
  readonly bytes: Uint8Array;
  /** `beside` is no log: settings, companions, and what SQLite has beside a database. */
  readonly form: LogStore["form"] | "beside";
  /** Of a database. */
  readonly store?: TableStore;
  /** One of many that make a log together. */
  readonly isPart?: boolean;
}

export async function filesOf({ agent, home }: Pick<SourceHome, "agent" | "home">): Promise<readonly HomeFile[]> {
  const found = discoverLogs([agent], makeMachine({ home }), []);
  const known = new Map<string, Pick<HomeFile, "form" | "store" | "isPart">>();
  for (const { file } of found.files) {
    const { form } = storeOf(agent.logs, file.documents?.[0]?.relativePath ?? file.relativePath);
    for (const { path } of file.documents ?? [file]) known.set(path, { form, isPart: file.documents !== undefined });
  }
  for (const { file, store } of found.databases ?? []) known.set(file.path, { form: "tables", store });
  return (await readLogs(home)).map((file) => ({
    ...file,
    ...known.get(join(home, file.relativePath)) ?? { form: "beside" as const },
  })).sort((a, b) => a.relativePath < b.relativePath ? -1 : 1);
}

/** Whether SQLite has it beside a database. @returns that database's name */
export function databaseBeside(relativePath: string): string | undefined {
  return /^(.*)-(?:wal|shm|journal)$/.exec(relativePath)?.[1];
}

export function writeHomeFile(home: string, { relativePath, bytes }: Pick<HomeFile, "relativePath" | "bytes">): void {
  const path = join(home, relativePath);
  Deno.mkdirSync(dirname(path), { recursive: true });
  Deno.writeFileSync(path, bytes);
}

export function copyHome(files: readonly HomeFile[], home: string): void {
  Deno.mkdirSync(home, { recursive: true });
  for (const file of files) writeHomeFile(home, file);
}

/** Names and bytes of all files below a directory. */
export async function snapshotFiles(directory: string): Promise<Readonly<Record<string, string>>> {
  const files = await readLogs(directory);
  return Object.fromEntries(
    files.map(({ relativePath, bytes }) => [relativePath, new TextDecoder("latin1").decode(bytes)]).sort(),
  );
}
