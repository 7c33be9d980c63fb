/**
 * Files that hold secrets: read without mistaking "cannot be read" for "is not there", and written so that only their
 * owner can read them, whole or not at all.
 *
 * Knows nothing of what stands in them.
 */
import { chmodSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, resolve } from "node:path";
import process from "node:process";
import { AgentError, type ErrorCode } from "../core/errors.ts";
import { hasCode, kindOf, reasonOf } from "./atomic_file.ts";
import { writeFileAtomically } from "./write_file_atomically.ts";
import { makePrivateDirectory as makeDirectories } from "./files.ts";
import { lockFile } from "./lock.ts";

const OWNER_ONLY = 0o600;

/**
 * @param code of the error. @default "failed"
 * @returns undefined when there is no such file
 * @throws {AgentError} when there is something that cannot be read; a link that leads nowhere is such a thing
 */
export function readPrivateText(path: string, code: ErrorCode = "failed"): string | undefined {
  try {
    // A mark at the start is kept, so that it is still there when the file is written again.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(path));
  } catch (error) {
    // Asked for a link and not for a file: one that somebody has made since was still missing when it was read.
    if (hasCode(error, "ENOENT") && kindOf(path) !== "link") return undefined;
    const reason = error instanceof TypeError ? "it is not text in UTF-8" : reasonOf(error);
    throw new AgentError(code, `"${path}" could not be read: ${reason}.`, { cause: error });
  }
}

/**
 * Writes a file that only its owner can read. Directories that are missing are made, for their owner alone. A file that
 * already holds the text is at most made private, so that nothing that watches it is woken.
 *
 * @returns whether the text changed
 * @throws {AgentError} failed, when it cannot be written; then it is as it was
 */
export function writePrivateText(path: string, text: string): boolean {
  if (readPrivateText(path) === text) {
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, OWNER_ONLY);
    return false;
  }
  makePrivateDirectory(dirname(path));
  writeFileAtomically(path, text, { mode: OWNER_ONLY });
  return true;
}

/**
 * Runs something while no other process of ours runs what asks for the same lock.
 *
 * @param lockPath a file of its own, which stays; its directory is made when it is missing
 * @throws {AgentError} failed, when another one holds it for ten seconds
 */
export async function withPrivateLock<T>(lockPath: string, body: () => T | Promise<T>): Promise<T> {
  makePrivateDirectory(dirname(lockPath));
  const lock = await lockFile(lockPath);
  try {
    return await body();
  } finally {
    lock.release();
  }
}

function makePrivateDirectory(path: string): void {
  try {
    makeDirectories(path);
  } catch (error) {
    throw new AgentError("failed", `The directory "${path}" could not be made: ${reasonOf(error)}.`, { cause: error });
  }
}

/**
 * Makes a directory that is there private. Only one that is the user's own, and not one that the home lies in, or is: what
 * else is there may be meant for others.
 */
export function closeDirectory(path: string): void {
  try {
    const { mode, uid } = statSync(path);
    const isShared = (mode & 0o1000) !== 0 || `${resolve(homedir())}/`.startsWith(`${resolve(path)}/`);
    if ((mode & 0o077) === 0 || isShared || uid !== process.getuid?.()) return;
    chmodSync(path, mode & 0o700);
  } catch (error) {
    // What is in it is private by itself.
    if (!hasCode(error, "EPERM", "EACCES", "EROFS", "ENOENT")) throw error;
  }
}
