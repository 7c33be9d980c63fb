/**
 * Where evidence is kept, and how its file goes away. A file of its own and not the index's: an index is made anew from logs
 * at any time, and what a gateway has forgotten is nowhere else (docs/adr/0020-evidence.md).
 */
import { fileExists, fileMark, removeFileIfAny, renameFile } from "../host/files.ts";

/** @param stateDirectory Absolute path of `$OPPER_HOME/agent` */
export function evidencePath(stateDirectory: string): string {
  return `${stateDirectory}/evidence.db`;
}

/** What SQLite has beside it while it is open, or after it was killed: part of it. */
const BESIDE = ["-wal", "-shm", "-journal"] as const;

/** Of all its files; undefined where there is none, or only an empty one that nobody came to fill. */
export function evidenceBytes(stateDirectory: string): number | undefined {
  const path = evidencePath(stateDirectory);
  const size = fileMark(path)?.size ?? 0;
  if (size === 0) return undefined;
  return BESIDE.reduce((sum, suffix) => sum + (suffix === "-shm" ? 0 : fileMark(path + suffix)?.size ?? 0), size);
}

/**
 * Gives a damaged one another name, with what is beside it: nobody else has what is in it.
 *
 * @param inode Of the file that was found to be damaged: one that came in its place meanwhile stays
 * @returns where it is now; undefined when it was gone
 */
export function moveEvidenceAside(stateDirectory: string, inode: number): string | undefined {
  const path = evidencePath(stateDirectory);
  if (fileMark(path)?.inode !== inode) return undefined;
  for (let number = 1;; number++) {
    const aside = `${path}.damaged${number === 1 ? "" : `-${number}`}`;
    if (fileExists(aside)) continue;
    renameFile(path, aside);
    for (const suffix of BESIDE) if (fileExists(path + suffix)) renameFile(path + suffix, aside + suffix);
    return aside;
  }
}

/** The file itself first: beside one that is gone, SQLite throws the others away. */
export function removeEvidence(stateDirectory: string): void {
  const path = evidencePath(stateDirectory);
  removeFileIfAny(path);
  for (const suffix of BESIDE) removeFileIfAny(path + suffix);
}
