/** Rows on standard output, as the logs have them now: no file, no cursor, nothing is remembered. */
import { AgentError } from "../../core/errors.ts";
import type { FreshRow } from "../../export/merge_rows.ts";
import { CSV_HEADER, csvLine, jsonLine } from "../../export/render_rows.ts";
import { SessionStamps } from "../../export/session_stamps.ts";
import type { TurnRow } from "../../export/turn_row.ts";
import type { OperationContext } from "../contract/context.ts";
import { collectRows } from "./collect_rows.ts";
import type { RowRequest } from "./export_rows.ts";
import { exportedProjectNamer } from "./name_exported_project.ts";
import { SessionOrder } from "./order_sessions.ts";

export const TEXT_FORMATS = ["csv", "jsonl"] as const;

export type TextFormat = (typeof TEXT_FORMATS)[number];

/**
 * @param write False when nobody reads any more
 * @throws {AgentError} failed, at the end, when logs could not be read just now
 */
export async function printRows(
  request: RowRequest,
  format: TextFormat,
  context: OperationContext,
  write: (text: string) => boolean,
): Promise<void> {
  const render = format === "csv" ? csvLine : jsonLine;
  let isRead = format !== "csv" || write(CSV_HEADER);
  const { unreadable } = await eachRow(request, context, (rows) => {
    isRead &&= write(rows.map(render).join(""));
    return isRead;
  });
  if (unreadable === 0) return;
  throw new AgentError("failed", `The logs of ${unreadable} sessions could not be read just now: they are left out.`, {
    hint: "Run it again.",
  });
}

/** The first rows, and how many there are. */
export async function takeSampleRows(
  request: RowRequest,
  context: OperationContext,
  count: number,
): Promise<{ readonly sample: readonly TurnRow[]; readonly turns: number; readonly sessions: number }> {
  const sample: TurnRow[] = [];
  const { turns, sessions } = await eachRow(request, context, (rows) => {
    sample.push(...rows);
    // The latest are what people know.
    sample.splice(0, sample.length - count);
    return true;
  });
  return { sample, turns, sessions };
}

class NobodyReads extends Error {}

/** @param take Called with a session's rows; false ends it */
async function eachRow(request: RowRequest, context: OperationContext, take: (rows: readonly TurnRow[]) => boolean) {
  const scan = await context.openIndex();
  const sessions = await scan.sessionLister();
  const toRow = ({ is_total, ...row }: FreshRow): TurnRow => ({ ...row, revision: context.now, is_total });
  const nothing = { sessions: 0, turns: 0, unreadable: 0 };
  try {
    return await collectRows(scan, sessions, new SessionOrder(sessions), {
      add: (rows) => rows.length === 0 || take(rows.map(toRow)) ? Promise.resolve() : Promise.reject(new NobodyReads()),
      has: () => Promise.resolve(false),
    }, {
      now: context.now,
      names: request.names,
      nameProjects: exportedProjectNamer(request.projects, context),
      since: request.since,
      stamps: SessionStamps.NONE,
      signal: await context.person?.catchInterrupt(),
      onProgress: (done, total) => context.person?.showProgress(`Exporting sessions: ${done} of ${total}`),
    });
  } catch (error) {
    if (error instanceof NobodyReads) return nothing;
    throw error;
  }
}
