/**
 * Which processes there are, and which of them lie below one: in the group that it leads, or started by it or by what it
 * started. Sees what this user may see, and knows no process by name.
 */
import { readdirSync, readFileSync } from "node:fs";
import type { EpochMs } from "../core/model.ts";
import { hasCode } from "./atomic_file.ts";

/** A process, as the system lists it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  /** Id of its process group, which is that of the group's leader. */
  readonly group: number;
  /** Within a second or so. */
  readonly startedAt: EpochMs;
  /** Path of its program, where the list has it ({@linkcode programOf}). */
  readonly program?: string;
}

/** Linux counts a process's start in these, whatever the kernel ticks at (man 5 proc, USER_HZ; read 2026-11-21). */
const TICKS_PER_SECOND = 100;

/** @returns undefined where it cannot be told; without those that have ended and are not waited for yet */
export function readProcessTable(): readonly ProcessEntry[] | undefined {
  if (Deno.build.os === "windows") return undefined;
  // Small Linux images have no `ps`.
  return Deno.build.os === "linux" ? readProc() : runPs();
}

/** All below a process, itself and this very process left out. */
export function processesBelow(pid: number, table: readonly ProcessEntry[]): readonly ProcessEntry[] {
  const below = new Set([pid]);
  // A child may stand before its parent.
  for (let known = 0; known !== below.size;) {
    known = below.size;
    for (const entry of table) if (entry.group === pid || below.has(entry.parent)) below.add(entry.pid);
  }
  return table.filter((entry) => below.has(entry.pid) && entry.pid !== pid && entry.pid !== Deno.pid);
}

/** From the process that started this one upwards. */
export function processesAbove(table: readonly ProcessEntry[]): readonly ProcessEntry[] {
  const byPid = new Map(table.map((entry) => [entry.pid, entry]));
  const above: ProcessEntry[] = [];
  for (let entry = byPid.get(Deno.ppid); entry !== undefined && !above.includes(entry);) {
    above.push(entry);
    entry = byPid.get(entry.parent);
  }
  return above;
}

/** Path of a process's program: that of the interpreter for a script. Undefined where it is not ours to know. */
export function programOf({ pid, program }: ProcessEntry): string | undefined {
  if (program !== undefined || Deno.build.os !== "linux") return program;
  try {
    return Deno.readLinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, "");
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

function readProc(): readonly ProcessEntry[] | undefined {
  try {
    const boot = readIfAny("/proc/stat");
    const names = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    return parseProc([boot, ...names.map((name) => readIfAny(`/proc/${name}/stat`))].join(""));
  } catch (error) {
    // Deno keeps /proc from programs that may not do everything, such as ours when it is compiled.
    if (error instanceof Deno.errors.NotCapable) return readProcByShell();
    throw error;
  }
}

function readProcByShell(): readonly ProcessEntry[] | undefined {
  // Its first line tells the id of what prints the others, and has ended when they are read.
  const script = "echo $$; exec cat /proc/stat /proc/[0-9]*/stat";
  try {
    // Its status tells nothing: some have always ended before it comes to them.
    const { stdout } = new Deno.Command("/bin/sh", { args: ["-c", script], stdin: "null", stderr: "null" })
      .outputSync();
    const text = new TextDecoder().decode(stdout);
    return parseProc(text)?.filter(({ pid }) => pid !== Number.parseInt(text));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * @internal exported for its test
 * @param text `/proc/stat`, and then `stat` of every process
 */
export function parseProc(text: string): readonly ProcessEntry[] | undefined {
  const bootSeconds = Number(/^btime (\d+)$/m.exec(text)?.[1]);
  if (Number.isNaN(bootSeconds)) return undefined;
  // The program's name, in parentheses, may hold anything, a line feed too.
  const lines = text.matchAll(/^(\d+) \([^]{0,64}?\) ([A-Za-z]) (\d+) (\d+) ((?:-?\d+ )*-?\d+)$/gm);
  return [...lines].flatMap(([, pid, state, parent, group, rest]) => {
    if (state === "Z" || state === "X") return [];
    const startedAt = (bootSeconds + Number(rest!.split(" ")[16]) / TICKS_PER_SECOND) * 1000;
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group), startedAt }];
  });
}

/** Undefined for a process that has ended in the meantime, or is hidden from us. */
function readIfAny(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT", "ESRCH", "EACCES", "EPERM")) return undefined;
    throw error;
  }
}

function runPs(): readonly ProcessEntry[] | undefined {
  const columns = ["pid", "ppid", "pgid", "stat", "etime", "comm"].flatMap((name) => ["-o", `${name}=`]);
  try {
    const { success, stdout } = new Deno.Command("ps", { args: ["-A", ...columns], stdin: "null", stderr: "null" })
      .outputSync();
    return success ? parsePs(new TextDecoder().decode(stdout), Date.now()) : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) return undefined;
    throw error;
  }
}

/** @internal exported for its test */
export function parsePs(text: string, now: EpochMs): readonly ProcessEntry[] {
  return text.split("\n").flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(?:(?:(\d+)-)?(\d+):)?(\d+):(\d+)\s+(.*)$/.exec(line);
    if (match === null || match[4]!.startsWith("Z")) return [];
    const [pid, parent, group] = match.slice(1, 4).map(Number) as [number, number, number];
    // The one that makes this list has ended when it is read.
    if (parent === Deno.pid && /(^|\/)ps$/.test(match[9]!.trim())) return [];
    const [days, hours, minutes, seconds] = match.slice(5, 9).map((part) => Number(part ?? 0)) as number[];
    const startedAt = now - (((days! * 24 + hours!) * 60 + minutes!) * 60 + seconds!) * 1000;
    return [{ pid, parent, group, startedAt, program: match[9]!.trim() }];
  });
}
