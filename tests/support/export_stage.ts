/** Exports of the real program, and what is in the files. */
import { strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { readTurnGroups } from "../../src/export/read_turn_file.ts";
import type { TurnRow } from "../../src/export/turn_row.ts";
import { piHeader, piLogPath, piTurn, writeLog } from "./logs.ts";
import { type AgentRun, runAgent } from "./run_agent.ts";

/** Files below a directory by their names in it, and their bytes. */
export function readTree(directory: string, inside = ""): ReadonlyMap<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  for (const { name, isDirectory } of Deno.readDirSync(join(directory, inside))) {
    const path = inside === "" ? name : `${inside}/${name}`;
    if (!isDirectory) found.set(path, Deno.readFileSync(join(directory, path)));
    else for (const [below, bytes] of readTree(directory, path)) found.set(below, bytes);
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The rows of all files that readers take for one. */
export async function readRows(directory: string): Promise<readonly TurnRow[]> {
  const rows: TurnRow[] = [];
  for (const [name, bytes] of readTree(directory)) {
    if (/^month=[^/]+\/[^.][^/]*\.parquet$/.test(name)) rows.push(...await readRowsOf(bytes));
  }
  return rows;
}

/** Of one file. */
export async function readRowsOf(bytes: Uint8Array): Promise<readonly TurnRow[]> {
  return (await Array.fromAsync(readTurnGroups(bytes))).flat();
}

/** In US dollars, of the rows with a price. */
export function usdOf(rows: readonly TurnRow[]): number {
  return Number(rows.reduce((sum, { usd }) => sum + (usd ?? 0n), 0n)) / 1e9;
}

export function runExport(home: string, args: readonly string[], env: Record<string, string> = {}): Promise<AgentRun> {
  return runAgent(["export", ...args], { home, env: { USER: "anna", ...env } });
}

/** What `--json` says of an export that succeeds. */
export async function exportJson(home: string, args: readonly string[], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await runExport(home, [...args, "--json"], env);
  strictEqual(code, 0, stderr);
  return { ...JSON.parse(stdout), stderr };
}

/** Adds a session of Pi with a turn in each of these months, each of 10 tokens in and 5 out, at a cent. */
export async function writePiSession(home: string, id: string, months: readonly string[], usd = 0.01): Promise<string> {
  const path = piLogPath(home, id);
  await writeLog(path, [
    { ...piHeader(id), timestamp: `${months[0]}-01T00:00:00.000Z` },
    ...months.map((month, place) => piTurn({ id: `${id}-${place}`, at: `${month}-15T12:00:00.000Z`, usd })),
  ]);
  return path;
}
