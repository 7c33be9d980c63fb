/**
 * What an export knows of the last one, a file for each sink. Only for speed, and for what a server has confirmed: without
 * it everything is compared again and, being equal, not written; and sent again, which does no harm.
 */
import { createHash } from "node:crypto";
import { isRecord } from "../core/json/is_record.ts";
import { makePrivateDirectory, readTextFileIfAny } from "../host/files.ts";
import { join } from "../host/paths.ts";
import { writeFileAtomically } from "../host/write_file_atomically.ts";
import type { OnStep } from "../host/atomic_file.ts";
import type { FileStamps } from "./row_ledger.ts";
import { SessionStamps } from "./session_stamps.ts";

/** The last row that a server confirmed, of a file: `revision`, `started_at` and `turn_id`, by which rows are sent. */
export type SentMark = readonly [revision: number, startedAt: number, turnId: string];

/** Written as JSON. */
export interface ExportCursor {
  /** Of who and how, see {@linkcode hashShort}: with another one, rows are other ones. */
  readonly options: string;
  /** The highest that was written: revisions rise, whatever the clock does. */
  readonly revision: number;
  /** Of the index, where all of it was exported: as long as it has the same one, no session is looked at. Else empty. */
  readonly content: string;
  readonly sessions: SessionStamps;
  readonly files: FileStamps;
  /** Of each file what was sent of it: of rows a mark, of whole files a hash. */
  readonly sent: Readonly<Record<string, SentMark | string>>;
}

const NO_CURSOR: ExportCursor = {
  options: "",
  revision: 0,
  content: "",
  sessions: SessionStamps.NONE,
  files: {},
  sent: {},
};

const VERSION = 2;

/** @param name Of the sink, see {@linkcode nameSink} */
export function cursorPath(stateDirectory: string, name: string): string {
  return join(stateDirectory, `export-${name}.json`);
}

/** {@linkcode NO_CURSOR} where there is none, or none that can be read. */
export function readCursor(path: string): ExportCursor {
  try {
    const value: unknown = JSON.parse(readTextFileIfAny(path) ?? "null");
    if (!isRecord(value) || value.version !== VERSION) return NO_CURSOR;
    const { options, revision, content, sessions, files, sent } = value;
    if (typeof options !== "string" || typeof revision !== "number" || typeof content !== "string") return NO_CURSOR;
    if (typeof sessions !== "string" || !isRecord(files) || !isRecord(sent)) return NO_CURSOR;
    return { options, revision, content, sessions: SessionStamps.parse(sessions), files, sent } as ExportCursor;
  } catch (error) {
    if (error instanceof SyntaxError) return NO_CURSOR;
    throw error;
  }
}

/** @throws {AgentError} failed, when it cannot be written */
export function writeCursor(stateDirectory: string, name: string, cursor: ExportCursor, onStep?: OnStep): void {
  makePrivateDirectory(stateDirectory);
  const text = `${JSON.stringify({ version: VERSION, ...cursor })}\n`;
  writeFileAtomically(cursorPath(stateDirectory, name), text, { mode: 0o600, onStep });
}

/** Nothing of an address is in it, which may hold a key. @param place The absolute directory, or the address */
export function nameSink(kind: "files" | "post" | "put" | "otlp", place: string): string {
  return `${kind}-${hashShort(place)}`;
}

/** Ten hex digits, to tell places and settings apart. */
export function hashShort(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 10);
}
