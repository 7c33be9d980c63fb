/**
 * A file of ours with a line for each thing that happened: only its end is read, and when there are too many lines the
 * older half goes. Several processes may write to it at once, and any may be killed: no line is lost or torn.
 *
 * Without node:fs, as files.ts is: a prompt waits for it. Whatever is no plain file at its path is left alone.
 */
import type { DurationMs } from "../core/model.ts";
import { makeFilePrivate, makePrivateDirectory, makePrivateFileIfMissing } from "./files.ts";
import { type FileLock, tryLockFile } from "./lock.ts";
import { dirname } from "./paths.ts";

/** So much of the end is looked at: the last sixty lines or more. */
const TAIL_BYTES = 16 << 10;
/** No line of ours is shorter: as long as the file is, there cannot be too many of them. */
const SHORTEST_LINE = 100;
/** What is kept of a file that somebody else made huge. */
const MOST_BYTES = 1 << 20;
const LINE_END = 0x0a;

/** @returns the last lines, whole; empty where there is no such file, or it cannot be read */
export function readLastLines(path: string): string {
  try {
    if (!Deno.lstatSync(path).isFile) return "";
    using file = Deno.openSync(path);
    return linesBehind(file, TAIL_BYTES);
  } catch (error) {
    if (error instanceof Error) return "";
    throw error;
  }
}

/** How a line is added. */
export interface KeepLineOptions {
  /** When there are so many, the newer half of them is left. */
  readonly mostLines: number;
  /** How long to wait for others that write. Then it is written all the same. */
  readonly patienceMs: DurationMs;
}

/**
 * Adds a line, in one write.
 *
 * @param makeLine told the last lines as nobody changes them meanwhile; undefined when there is nothing to add
 * @throws {Error} when it cannot be written; then the file is as it was
 */
export async function keepLine(
  path: string,
  makeLine: (lastLines: string) => string | undefined,
  { mostLines, patienceMs }: KeepLineOptions,
): Promise<void> {
  makePrivateDirectory(dirname(path));
  makePrivateFileIfMissing(path);
  if (!Deno.lstatSync(path).isFile) throw new Error(`"${path}" is no file`);
  makeFilePrivate(path);
  const lock = await lockFor(path, patienceMs);
  try {
    const line = makeLine(readLastLines(path));
    if (line === undefined) return;
    const size = append(path, line);
    // Only whoever keeps others out may put another file in its place.
    if (lock !== undefined && size >= mostLines * SHORTEST_LINE) leaveNewer(path, mostLines);
  } finally {
    lock?.release();
  }
}

async function lockFor(path: string, patienceMs: DurationMs): Promise<FileLock | undefined> {
  const end = performance.now() + patienceMs;
  while (true) {
    const lock = tryLockFile(path);
    if (lock !== undefined || performance.now() >= end) return lock;
    await new Promise((resolve) => setTimeout(resolve, 1 + 2 * Math.random()));
  }
}

/** @returns how large the file is then */
function append(path: string, line: string): number {
  while (true) {
    using file = Deno.openSync(path, { read: true, append: true });
    const before = file.statSync().size;
    // Whoever was killed, or met the end of the disk, may have left a part of a line.
    const start = before === 0 || lastByte(file, before) === LINE_END ? "" : "\n";
    const bytes = new TextEncoder().encode(`${start}${line}\n`);
    const written = file.writeSync(bytes);
    if (written < bytes.length) {
      file.truncateSync(before);
      throw new Error(`only ${written} bytes of a line could be written`);
    }
    // Without the lock, it may have been put into a file that another one has just taken the place of.
    if (file.statSync().ino === Deno.statSync(path).ino) return before + written;
  }
}

function lastByte(file: Deno.FsFile, size: number): number | undefined {
  const byte = new Uint8Array(1);
  file.seekSync(size - 1, Deno.SeekMode.Start);
  return file.readSync(byte) === 1 ? byte[0] : undefined;
}

function leaveNewer(path: string, mostLines: number): void {
  using old = Deno.openSync(path);
  const { size } = old.statSync();
  const lines = linesBehind(old, MOST_BYTES).split("\n").slice(0, -1);
  if (lines.length < mostLines && size <= MOST_BYTES) return;
  // Nobody else makes one: whoever was killed while at it held the same lock.
  const temporary = `${path}.new`;
  try {
    removeIfAny(temporary);
    using file = Deno.openSync(temporary, { createNew: true, write: true, mode: 0o600 });
    writeAll(file, `${lines.slice(-Math.floor(mostLines / 2)).join("\n")}\n`);
    file.syncDataSync();
    Deno.renameSync(temporary, path);
    // Whoever did not wait for the lock has added to the old one meanwhile.
    old.seekSync(size, Deno.SeekMode.Start);
    const late = readAll(old, old.statSync().size - size);
    if (late === "") return;
    using added = Deno.openSync(path, { append: true });
    writeAll(added, late);
  } catch (error) {
    removeIfAny(temporary);
    throw error;
  }
}

function writeAll(file: Deno.FsFile, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}

function removeIfAny(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}

/** Of the last bytes of a file those that are whole lines. */
function linesBehind(file: Deno.FsFile, mostBytes: number): string {
  const { size } = file.statSync();
  const from = Math.max(0, size - mostBytes);
  if (from > 0) file.seekSync(from, Deno.SeekMode.Start);
  const text = readAll(file, size - from);
  return text.slice(from > 0 ? text.indexOf("\n") + 1 : 0, text.lastIndexOf("\n") + 1);
}

/** From where it stands, so many bytes or up to its end. */
function readAll(file: Deno.FsFile, length: number): string {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < bytes.length) {
    const count = file.readSync(bytes.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return new TextDecoder().decode(bytes.subarray(0, filled));
}
