/**
 * Changing a file that other programs write as well, without losing what they wrote meanwhile: the one way in which files
 * of agents and our own settings and keys are edited.
 *
 * The new text is computed from the old one and written beside it. Right before it takes the file's name, when the disk
 * has been waited for, the file is read again: where it is not as it was, all begins anew. Whoever reads the file finds
 * the old text or the new one. Knows nothing of what stands in it.
 */
import { chmodSync, type Stats, statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { AgentError } from "../core/errors.ts";
import {
  hasCode,
  moveFile,
  type OnStep,
  readFileIfAny,
  readPlainFileIfAny,
  reasonOf,
  removeFile,
  resolveRealPath,
  syncDirectory,
  writeNewFile,
} from "./atomic_file.ts";
import { makePrivateDirectory } from "./files.ts";
import { isSame, recoverInPlace, whyNotReplaced, writeInPlace } from "./in_place.ts";
import { holdTemporaryFile, nameTemporaryFile, removeAbandonedFiles } from "./temporary_file.ts";

/** How a file that others write too is edited. */
export interface EditOptions {
  /** Absolute path of our own state directory: there the old text is kept while a file is written in place. */
  readonly stateDirectory: string;
  /** Permission bits of the result. @default those of the file that is there, else 0600 */
  readonly mode?: number;
  /** What stands for nothing in a file that has to stay: one behind a link, or mounted by itself. @default "" */
  readonly empty?: string;
  /** Called right before each change on disk. @default none */
  readonly onStep?: OnStep;
}

/** What an edit changed. */
export interface EditedFile {
  /** Without links. */
  readonly path: string;
  /** Undefined where there was none. */
  readonly before?: string;
  /** Undefined where there is none now. */
  readonly after?: string;
  readonly changed: boolean;
}

/** How often somebody else may be quicker than we are. */
const TRIES = 5;

/**
 * @param path absolute; a link at it stays, and what it leads to is changed
 * @param change gives the new text for the old one, undefined being no file; the same text changes nothing. It is called
 *   again when somebody else changed the file meanwhile
 * @throws {AgentError} failed, when the file cannot be read or written, or is changed again and again; what `change`
 *   throws. The file is as it was then
 */
export async function editFile(
  path: string,
  change: (text: string | undefined) => string | undefined,
  options: EditOptions,
): Promise<EditedFile> {
  const { stateDirectory, mode } = options;
  await recoverInPlace({ stateDirectory });
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const { target, seen } = open(path);
    removeAbandonedFiles(target);
    const before = seen === undefined ? undefined : decode(path, seen);
    let after: string | undefined;
    try {
      after = change(before);
    } catch (error) {
      // It may have been read while it was being written.
      if (attempt < TRIES && !isSame(readFileIfAny(target), seen)) continue;
      throw error;
    }
    if (after === before) {
      if (seen !== undefined && mode !== undefined) makePrivate(path, target, mode);
      return { path: target, before, after, changed: false };
    }
    if (await replace(path, { target, seen, after }, options)) return { path: target, before, after, changed: true };
  }
  throw new AgentError(
    "failed",
    `"${path}" was changed by another program ${TRIES} times during the write.`,
    {
      hint: "Try again when that program is done. Nothing was changed.",
    },
  );
}

interface Change {
  readonly target: string;
  readonly seen: Uint8Array | undefined;
  readonly after: string | undefined;
}

function open(path: string): { readonly target: string; readonly seen: Uint8Array | undefined } {
  try {
    const target = resolveRealPath(path).path;
    return { target, seen: readPlainFileIfAny(target) };
  } catch (error) {
    if (error instanceof AgentError) throw error;
    throw new AgentError("failed", `"${path}" could not be read: ${reasonOf(error)}.`, { cause: error });
  }
}

function decode(path: string, bytes: Uint8Array): string {
  try {
    // A mark at the start is part of the file.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new AgentError("failed", `"${path}" is not text in UTF-8.`, {
      hint: "Fix it, or move it elsewhere. Nothing was changed.",
    });
  }
}

/** @returns false when the file is not as it was */
async function replace(path: string, { target, seen, after }: Change, options: EditOptions): Promise<boolean> {
  const { stateDirectory, mode, empty = "", onStep } = options;
  let why: string | undefined;
  try {
    if (after === undefined && target === resolve(path)) {
      if (!isSame(readFileIfAny(target), seen)) return false;
      try {
        onStep?.(`remove ${basename(target)}`);
        removeFile(target);
        syncDirectory(dirname(target));
        return true;
      } catch (error) {
        why = whyNotReplaced(error);
        if (why === undefined) throw error;
      }
    }
    const bytes = new TextEncoder().encode(after ?? empty);
    if (why === undefined) {
      const outcome = replaceByName(target, { seen, bytes }, options);
      if (typeof outcome === "boolean") return outcome;
      why = outcome.why;
    }
    // Before a secret is in it.
    if (mode !== undefined) makePrivate(path, target, mode);
    return await writeInPlace({ target, before: seen!, after: bytes, why }, { stateDirectory, onStep });
  } catch (error) {
    if (error instanceof AgentError) throw error;
    throw new AgentError("failed", `"${path}" could not be written: ${reasonOf(error)}.`, { cause: error });
  }
}

/** @returns whether it took the name, or why it cannot */
function replaceByName(
  target: string,
  { seen, bytes }: { readonly seen: Uint8Array | undefined; readonly bytes: Uint8Array },
  { mode, onStep }: EditOptions,
): boolean | { readonly why: string } {
  const existing = seen === undefined ? undefined : statSync(target);
  if (existing === undefined) makePrivateDirectory(dirname(target));
  const temporary = nameTemporaryFile(target);
  let held: Disposable | undefined;
  const onOpened = () => void (held = holdTemporaryFile(temporary));
  try {
    const bits = mode ?? (existing?.mode ?? 0o600) & 0o7777;
    writeNewFile(temporary, bytes, { mode: bits, owner: existing, onOpened, onStep });
    if (existing !== undefined && !isOwnedAlike(statSync(temporary), existing)) return { why: "is somebody else's" };
    if (!isSame(readFileIfAny(target), seen)) return false;
    moveFile(temporary, target, onStep);
    return true;
  } catch (error) {
    const why = existing === undefined ? undefined : whyNotReplaced(error);
    // On a machine so busy that it was not locked in time, it was taken for one that somebody left.
    if (why === undefined && hasCode(error, "ENOENT") && held !== undefined) return false;
    if (why === undefined) throw error;
    return { why };
  } finally {
    held?.[Symbol.dispose]();
    removeTemporary(temporary);
  }
}

function removeTemporary(path: string): void {
  try {
    removeFile(path);
  } catch (error) {
    // It could not be made either.
    if (!hasCode(error, "EACCES", "EPERM", "EROFS")) throw error;
  }
}

function isOwnedAlike(one: Stats, other: Stats): boolean {
  return one.uid === other.uid && one.gid === other.gid;
}

function makePrivate(path: string, target: string, mode: number): void {
  if (((statSync(target).mode & 0o7777) & ~mode) === 0) return;
  try {
    chmodSync(target, mode);
  } catch (error) {
    throw new AgentError("failed", `"${path}" could not be made private: ${reasonOf(error)}.`, { cause: error });
  }
}
