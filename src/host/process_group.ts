/**
 * A program without a terminal, in a process group of its own, so that it can be ended with all that it started.
 *
 * Keeps what the program prints, up to a limit. Knows nothing of what it runs, and hears no signals itself.
 */
import process from "node:process";
import { AgentError } from "../core/errors.ts";
import type { DurationMs } from "../core/model.ts";
import { hasCode } from "./atomic_file.ts";
import { signalStatus, whyNotStarted } from "./child.ts";
import { processesBelow, readProcessTable } from "./process_table.ts";

/** A program to start in a group of its own, so that all it starts can be ended with it. */
export interface GroupOptions {
  /** Absolute path of the program. */
  readonly program: string;
  readonly args: readonly string[];
  /** All of its environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** What it reads; its input ends there. */
  readonly input: string;
}

/** What the group's first program said, and how it ended. */
export interface GroupOutput {
  /** Exit status; 128 + n when signal n ended it. */
  readonly code: number;
  /** The beginning of what it printed, at most {@linkcode MAXIMUM_OUTPUT_BYTES}. */
  readonly stdout: string;
  readonly isCut: boolean;
  /** The end of what it said on standard error, at most {@linkcode MAXIMUM_ERROR_BYTES}. */
  readonly stderr: string;
}

export interface ProcessGroup {
  /** Id of the program, and of the group. */
  readonly pid: number;
  /** When the program has ended, and nothing of the group is left. */
  readonly ended: Promise<GroupOutput>;
  /**
   * Asks the group to end, and kills what is left of it after a while, the program itself last: it may have to put things
   * back when the others are gone. Calling it again may only shorten the while.
   */
  end(graceMs: DurationMs): Promise<void>;
}

const MAXIMUM_OUTPUT_BYTES = 64 << 10;
const MAXIMUM_ERROR_BYTES = 8 << 10;

/** How long output may lag behind the end of the program: something that left the group may hold the pipe for ever. */
const OUTPUT_LAG_MS: DurationMs = 500;
const POLL_MS: DurationMs = 20;
/** How long the program may go on when all below it was killed. */
const LEADER_MS: DurationMs = 500;

/** @throws {AgentError} failed, when it cannot be started */
export function startGroup({ program, args, env, cwd, input }: GroupOptions): ProcessGroup {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, {
      args: [...args],
      cwd,
      clearEnv: true,
      env: Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined)),
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      detached: true,
    }).spawn();
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw new AgentError("failed", `"${program}" cannot be run: ${whyNotStarted(cause)}.`, { cause });
  }
  const { pid } = child;
  void feed(child.stdin, input);
  const stdout = keepStart(child.stdout, MAXIMUM_OUTPUT_BYTES);
  const stderr = keepEnd(child.stderr, MAXIMUM_ERROR_BYTES);

  const waitForEnd = async (): Promise<GroupOutput> => {
    const { code, signal } = await child.status;
    // What the program left running in its group was its own: nobody else would ever end it.
    signalGroup(pid, "SIGKILL");
    await Promise.race([Promise.all([stdout.done, stderr.done]), delay(OUTPUT_LAG_MS)]);
    const printed = stdout.take();
    return {
      code: signal === null ? code : signalStatus(signal),
      stdout: printed.text,
      isCut: printed.isCut,
      stderr: stderr.take().text,
    };
  };
  let hasEnded = false;
  const ended = waitForEnd().finally(() => hasEnded = true);
  let killAt = Infinity;
  let ending: Promise<void> | undefined;
  const endGroup = async () => {
    signalGroup(pid, "SIGTERM");
    while (!hasEnded && performance.now() < killAt) await Promise.race([ended, delay(POLL_MS)]);
    const leaderUntil = performance.now() + LEADER_MS;
    while (!hasEnded && performance.now() < leaderUntil && signalBelow(pid, "SIGKILL") !== undefined) {
      await Promise.race([ended, delay(POLL_MS)]);
    }
    if (!hasEnded) signalGroup(pid, "SIGKILL");
    await ended;
  };
  return {
    pid,
    ended,
    end(graceMs) {
      killAt = Math.min(killAt, performance.now() + graceMs);
      return ending ??= endGroup();
    },
  };
}

/** A program that does not want to read its input, or ended before, is none of our worries. */
async function feed(stream: WritableStream<Uint8Array>, input: string): Promise<void> {
  const writer = stream.getWriter();
  try {
    await writer.write(new TextEncoder().encode(input));
    await writer.close();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}

interface Kept {
  /** When the stream has ended. */
  readonly done: Promise<void>;
  /** What was kept up to now; nothing is read any more afterwards. */
  take(): { readonly text: string; readonly isCut: boolean };
}

function keepStart(stream: ReadableStream<Uint8Array>, limit: number): Kept {
  return keep(stream, (kept, bytes) => kept.length < limit ? join(kept, bytes).subarray(0, limit) : kept);
}

function keepEnd(stream: ReadableStream<Uint8Array>, limit: number): Kept {
  return keep(stream, (kept, bytes) => join(kept, bytes).subarray(-limit));
}

function keep(
  stream: ReadableStream<Uint8Array>,
  add: (kept: Uint8Array, bytes: Uint8Array) => Uint8Array,
): Kept {
  const reader = stream.getReader();
  let kept: Uint8Array = new Uint8Array();
  let total = 0;
  const read = async () => {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      total += part.value.length;
      kept = add(kept, part.value);
    }
  };
  return {
    done: read(),
    take() {
      void reader.cancel();
      return { text: new TextDecoder().decode(kept), isCut: total > kept.length };
    },
  };
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/**
 * Signals all below a process ({@linkcode processesBelow}), but not the process itself.
 *
 * @returns how many they were; undefined where it cannot be told, and nothing was done
 */
export function signalBelow(pid: number, signal: "SIGTERM" | "SIGKILL"): number | undefined {
  if (pid <= 1) return undefined;
  const table = readProcessTable();
  if (table === undefined) return undefined;
  const below = processesBelow(pid, table);
  for (const entry of below) send(entry.pid, signal);
  return below.length;
}

/** Signals the group that a process leads; nothing happens where it leads none. */
export function signalGroup(pid: number, signal: "SIGTERM" | "SIGKILL"): void {
  // 0 and 1 would be our own group, or everybody.
  if (pid > 1) send(Deno.build.os === "windows" ? pid : -pid, signal);
}

function send(pid: number, signal: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // Gone, or on some systems: nothing but what has ended already.
    if (!hasCode(error, "ESRCH", "EPERM")) throw error;
  }
}

function delay(ms: DurationMs): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
