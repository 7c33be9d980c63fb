/**
 * An export from start to end: the lock, what changed, the files, the cursor, and what a server is still to have.
 *
 * Whoever is killed at any step loses nothing: the cursor is written after the files, and what a server confirmed after it
 * has confirmed it.
 */
import { countOf } from "../report/notes.ts";
import type { EpochMs } from "../../core/model.ts";
import { cursorPath, type ExportCursor, hashShort, readCursor, writeCursor } from "../../export/export_cursor.ts";
import { takeExportLock } from "../../export/export_lock.ts";
import { type FileStamps, type LedgerOptions, RowLedger } from "../../export/row_ledger.ts";
import { SessionStamps } from "../../export/session_stamps.ts";
import { prepareOwnDirectory, prepareSharedDirectory } from "../../export/prepare_directory.ts";
import { TURN_SCHEMA } from "../../export/turn_row.ts";
import type { OperationContext } from "../contract/context.ts";
import { type CollectedRows, collectRows } from "./collect_rows.ts";
import { hiddenOwner, type RowNames } from "./make_turn_row.ts";
import { exportedProjectNamer, type ProjectForm } from "./name_exported_project.ts";
import { SessionOrder } from "./order_sessions.ts";

/** Which rows leave, and how. */
export interface RowRequest {
  readonly names: RowNames;
  readonly projects: ProjectForm;
  /** Turns before it are left out. @default none is */
  readonly since?: EpochMs;
}

/** Where they go. */
export interface LedgerRequest extends RowRequest, Pick<LedgerOptions, "onStep"> {
  /** Of its sink, see `nameSink`. */
  readonly name: string;
  /** Absolute. */
  readonly directory: string;
  /** Whether it is ours alone: what a server is sent is kept there. */
  readonly isOwn: boolean;
  /** Sends what the files have. @default they are all there is to do */
  send?(ledger: RowLedger, cursor: SentCursor, signal: AbortSignal | undefined): Promise<number>;
}

/** What was sent so far, and how more is noted down: at once, so that it is not sent again. */
export interface SentCursor {
  /** When it was begun; what is noted down since is not in it. */
  readonly sent: ExportCursor["sent"];
  note(file: string, mark: ExportCursor["sent"][string]): void;
}

/** What an export did. */
export interface ExportResult extends CollectedRows {
  readonly newRows: number;
  readonly changedRows: number;
  readonly writtenFiles: number;
  /** Rows, or files, that a server has confirmed. Absent without one. */
  readonly sent?: number;
  readonly notes: readonly string[];
}

/** @throws {AgentError} failed, when something cannot be written or sent; interrupted */
export async function exportRows(request: LedgerRequest, context: OperationContext): Promise<ExportResult> {
  const { stateDirectory } = context;
  const { name, directory, isOwn, onStep } = request;
  const release = takeExportLock(stateDirectory);
  try {
    if (isOwn) prepareOwnDirectory(directory);
    else prepareSharedDirectory(directory);
    let saved = readCursor(cursorPath(stateDirectory, name));
    const save = (cursor: ExportCursor) => {
      if (JSON.stringify(cursor) !== JSON.stringify(saved)) writeCursor(stateDirectory, name, cursor, onStep);
      saved = cursor;
    };
    const notes: string[] = [];
    const signal = await context.person?.catchInterrupt();
    const { ledger, ...written } = await writeLedger(request, context, saved, notes, signal);
    save({ ...saved, ...written.cursor });
    const sent = await request.send?.(ledger, {
      sent: saved.sent,
      note: (file, mark) => save({ ...saved, sent: { ...saved.sent, [file]: mark } }),
    }, signal);
    return { ...written.result, ...ledger.counts, ...(sent === undefined ? {} : { sent }), notes };
  } finally {
    release();
  }
}

async function writeLedger(
  request: LedgerRequest,
  context: OperationContext,
  saved: ExportCursor,
  notes: string[],
  signal: AbortSignal | undefined,
) {
  const { names, projects, since, directory, isOwn, onStep } = request;
  const scan = await context.openIndex();
  const content = scan.contentMark();
  const revision = Math.max(context.now, saved.revision + 1);
  const listed: { order?: SessionOrder } = {};
  const ledger = new RowLedger({
    directory,
    owner: hiddenOwner(names),
    revision,
    isLive: ({ source, session_id }) => listed.order?.has(source, session_id) ?? false,
    onDamage: (sentence) => notes.push(sentence),
    ...(isOwn ? { mode: 0o600 } : {}),
    onStep,
  });
  const options = optionsOf(request, context);
  const isSame = saved.options === options && isSameStamps(saved.files, ledger.stamps());
  if (isSame && content === saved.content) {
    return { ledger, result: { sessions: 0, turns: 0, unreadable: 0, deleted: 0 }, cursor: {} };
  }
  if (!isSame) await ledger.check();
  const sessions = await scan.sessionLister();
  const order = listed.order = new SessionOrder(sessions);
  const collect = async (stamps = SessionStamps.NONE) => {
    const collected = await collectRows(scan, sessions, order, ledger, {
      now: context.now,
      names,
      nameProjects: exportedProjectNamer(projects, context),
      since,
      stamps,
      signal,
      onProgress: (done, total) => context.person?.showProgress(`Exporting sessions: ${done} of ${total}`),
    });
    await ledger.flush();
    return collected;
  };
  let result = await collect(isSame ? saved.sessions : undefined);
  // What was in a file that turned out to be damaged only now is read again.
  if (isSame && ledger.isDamaged) result = await collect();
  if (result.unreadable > 0) {
    notes.push(
      `The logs of ${countOf(result.unreadable, "session")} could not be read just now: the next export does.`,
    );
  }
  if (result.deleted > 0) {
    notes.push(
      `${
        countOf(result.deleted, "session")
      } deleted from the agent's database: turns that were not exported before are gone.`,
    );
  }
  const isWritten = ledger.counts.writtenFiles > 0;
  return {
    ledger,
    result,
    cursor: {
      options,
      revision: isWritten ? revision : saved.revision,
      content: order.isWhole ? content : "",
      sessions: order.stamps,
      files: ledger.stamps(),
    },
  };
}

/** With others rows are other ones: all are compared again. */
function optionsOf({ names, projects }: RowRequest, { hideProjects }: OperationContext): string {
  return hashShort(JSON.stringify([TURN_SCHEMA, names, projects, hideProjects ?? []]));
}

function isSameStamps(a: FileStamps, b: FileStamps): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length &&
    names.every((name) => a[name]?.[0] === b[name]?.[0] && a[name]?.[1] === b[name]?.[1]);
}
