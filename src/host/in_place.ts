/**
 * Writing a file where it lies, for those that cannot be replaced: mounted by themselves, as containers do it, in a
 * directory that may not be written, or somebody else's. Whoever dies in the middle leaves half of each text, so that both
 * are kept in our state directory until the file is whole: {@linkcode recoverInPlace} then brings back the old one.
 *
 * The record is the file's entry: what lies beside it counts for nothing without it.
 */
import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, ftruncateSync, openSync, renameSync, writeSync } from "node:fs";
import { basename, join } from "node:path";
import { AgentError } from "../core/errors.ts";
import {
  hasCode,
  kindOf,
  listDirectoryIfAny,
  moveFile,
  type OnStep,
  readFileIfAny,
  reasonOf,
  removeEmptyDirectory,
  removeFile,
  syncDirectory,
  writeNewFile,
} from "./atomic_file.ts";
import { makePrivateDirectory } from "./files.ts";
import { inPlaceDirectory } from "./environment.ts";
import { entryText, filesOf, forgetRecord, type RecordFiles, recordOf, targetOf } from "./in_place_record.ts";
import { lockFile } from "./lock.ts";

/** A file whose name cannot be taken, and what it is to hold. */
export interface InPlaceWrite {
  /** Absolute, without links. */
  readonly target: string;
  /** What the file must still hold. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  /** Why it cannot be replaced, to follow the path: "is a mount of its own". */
  readonly why: string;
}

interface Options {
  /** Absolute path of our own state directory. */
  readonly stateDirectory: string;
  readonly onStep?: OnStep;
}

const ENTRY = /^([0-9a-f]{32})\.json$/;

/**
 * @returns false when the file no longer held what it should: then it is as it was
 * @throws {AgentError} failed, when it cannot be written, or what makes that safe cannot be kept; then it is as it was
 */
export async function writeInPlace(write: InPlaceWrite, options: Options): Promise<boolean> {
  const { target, before, after, why } = write;
  const { stateDirectory, onStep } = options;
  return await withRecord(options, refuse, () => {
    const files = recordOf(stateDirectory, target);
    try {
      for (const path of [files.before, files.after, files.entry]) removeFile(path);
      writeNewFile(files.before, before, { mode: 0o600, onStep });
      writeNewFile(files.after, after, { mode: 0o600, onStep });
      writeNewFile(files.unfinished, entryText(target), { mode: 0o600, onStep });
      moveFile(files.unfinished, files.entry, onStep);
    } catch (error) {
      forgetRecord(files, onStep);
      refuse(error);
    }
    // Keeping the record took a while.
    if (!isSame(readFileIfAny(target), before)) {
      forgetRecord(files, onStep);
      return false;
    }
    try {
      overwrite(target, after, onStep);
    } catch (error) {
      // What was written of it, if anything, is taken back at once; where that fails too, by the next command.
      restore(target, before, after, onStep);
      forgetRecord(files, onStep);
      throw new AgentError("failed", `"${target}" could not be written: ${reasonOf(error)}.`, {
        hint: `It ${why}, so that no new file can replace it. Nothing was changed.`,
        cause: error,
      });
    }
    forgetRecord(files, onStep);
    return true;
  });

  function refuse(error: unknown): never {
    const directory = inPlaceDirectory(stateDirectory);
    throw new AgentError(
      "failed",
      `"${target}" ${why} and can only be written in place, but its present content could not be saved in "${directory}" ` +
        `first: ${reasonOf(error)}.`,
      {
        hint: "Mount its directory instead, or set OPPER_HOME to a directory that can be written. Nothing was changed.",
        cause: error,
      },
    );
  }
}

/** One file that was being written when somebody died. */
export interface InPlaceNote {
  readonly path: string;
  /**
   * `restored`: it holds again what it did before. `kept`: somebody changed it since, so it is theirs. `failed`: could not
   * be repaired now. `unreadable`: the record is damaged, and was put aside.
   */
  readonly outcome: "restored" | "kept" | "failed" | "unreadable";
  /** Sentence for the user. */
  readonly message: string;
}

/**
 * Repairs what writers that died have left. Costs one look at the disk when there is nothing.
 *
 * @throws {AgentError} failed, when another process holds the record for too long
 */
export async function recoverInPlace(options: Options): Promise<readonly InPlaceNote[]> {
  const { stateDirectory, onStep } = options;
  const directory = inPlaceDirectory(stateDirectory);
  if (kindOf(directory) === "missing") return [];
  const lock = await lockFile(lockPath(stateDirectory));
  const notes: InPlaceNote[] = [];
  try {
    const names = listDirectoryIfAny(directory) ?? [];
    const hashes = names.flatMap((name) => ENTRY.exec(name)?.[1] ?? []);
    for (const hash of hashes) {
      const note = recoverEntry(filesOf(stateDirectory, hash), options);
      if (note !== undefined) notes.push(note);
    }
    for (const name of names) {
      // Never the only copy of anything: the file itself was not touched without an entry.
      if (hashes.some((hash) => name.startsWith(hash))) continue;
      onStep?.(`remove ${name}`);
      removeFile(join(directory, name));
    }
    removeEmptyDirectory(directory);
  } catch (error) {
    notes.push({
      path: directory,
      outcome: "failed",
      message: `"${directory}" is not cleaned up: ${reasonOf(error)}.`,
    });
  } finally {
    lock.release();
  }
  return notes;
}

function recoverEntry(files: RecordFiles, { stateDirectory, onStep }: Options): InPlaceNote | undefined {
  const target = targetOf(readFileIfAny(files.entry));
  const [before, after] = [readFileIfAny(files.before), readFileIfAny(files.after)];
  if (target === undefined || before === undefined || after === undefined) {
    const aside = join(stateDirectory, `in_place-damaged-${randomBytes(3).toString("hex")}`);
    for (const path of [files.before, files.after, files.entry]) {
      if (kindOf(path) === "file") renameSync(path, `${aside}${path.slice(path.lastIndexOf("."))}`);
    }
    const message =
      `The record "${files.entry}" of a file that was being written is damaged; it is now "${aside}.json".`;
    return { path: files.entry, outcome: "unreadable", message };
  }
  try {
    const now = readFileIfAny(target);
    const isWhole = isSame(now, before) || isSame(now, after);
    if (isWhole) {
      forgetRecord(files, onStep);
      return undefined;
    }
    if (now !== undefined && isBetween(now, before, after)) {
      overwrite(target, before, onStep);
      forgetRecord(files, onStep);
      return { path: target, outcome: "restored", message: `"${target}" is back as it was before a write was killed.` };
    }
    const aside = join(stateDirectory, `before-${basename(target)}-${randomBytes(3).toString("hex")}`);
    renameSync(files.before, aside);
    forgetRecord(files, onStep);
    const message = `"${target}" was changed after a write of it was killed, and was kept. Its former content is in ` +
      `"${aside}".`;
    return { path: target, outcome: "kept", message };
  } catch (error) {
    return { path: target, outcome: "failed", message: `"${target}" could not be put back: ${reasonOf(error)}.` };
  }
}

function lockPath(stateDirectory: string): string {
  return join(stateDirectory, "in_place.lock");
}

async function withRecord<T>(
  { stateDirectory, onStep }: Options,
  refuse: (error: unknown) => never,
  body: () => T,
): Promise<T> {
  const lock = await (async () => {
    try {
      makePrivateDirectory(stateDirectory);
      return await lockFile(lockPath(stateDirectory));
    } catch (error) {
      if (error instanceof AgentError && error.hint !== undefined) throw error;
      return refuse(error);
    }
  })();
  try {
    try {
      onStep?.("make the record's folder");
      makePrivateDirectory(inPlaceDirectory(stateDirectory));
      syncDirectory(stateDirectory);
    } catch (error) {
      refuse(error);
    }
    return body();
  } finally {
    try {
      removeEmptyDirectory(inPlaceDirectory(stateDirectory));
    } finally {
      lock.release();
    }
  }
}

/** From the start to the end, and cut off last: so that every state in between is of the two texts. */
function overwrite(path: string, bytes: Uint8Array, onStep: OnStep | undefined): void {
  const file = openSync(path, "r+");
  try {
    // In two halves, so that somebody can die between them.
    const half = bytes.length >> 1;
    for (const [start, end] of [[0, half], [half, bytes.length]] as const) {
      onStep?.(`overwrite ${basename(path)}`);
      for (let at = start; at < end;) at += writeSync(file, bytes, at, end - at, at);
    }
    onStep?.(`cut off ${basename(path)}`);
    ftruncateSync(file, bytes.length);
    onStep?.(`sync ${basename(path)}`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Only what is ours: a file that was not even opened is left alone. */
function restore(target: string, before: Uint8Array, after: Uint8Array, onStep: OnStep | undefined): void {
  const now = readFileIfAny(target);
  if (now === undefined || isSame(now, before) || !isBetween(now, before, after)) return;
  overwrite(target, before, onStep);
}

/**
 * Whether a file may be what {@linkcode overwrite} leaves when it is stopped: each byte of one of the texts. After a power
 * cut pages come in any order, and those that are not there yet are of zeros.
 */
export function isBetween(now: Uint8Array, before: Uint8Array, after: Uint8Array): boolean {
  if (now.length < Math.min(before.length, after.length)) return false;
  if (now.length > Math.max(before.length, after.length)) return false;
  return now.every((byte, at) => byte === before[at] || byte === after[at] || (byte === 0 && at >= before.length));
}

/** Whether both hold the same bytes, or neither is there. */
export function isSame(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.length === other.length && Buffer.compare(one, other) === 0;
}

/** Whether an error says that a file cannot be replaced, but may be written. */
export function whyNotReplaced(error: unknown): string | undefined {
  if (hasCode(error, "EBUSY", "EXDEV")) return "is a mount of its own";
  if (hasCode(error, "EACCES", "EPERM", "EROFS")) return "is in a directory that may not be written";
  return undefined;
}
