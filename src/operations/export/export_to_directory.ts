/** Rows into a directory that a team writes to. */
import { isoTime } from "../../core/iso_time.ts";
import { nameSink } from "../../export/export_cursor.ts";
import type { OperationContext } from "../contract/context.ts";
import { ANSWER_VERSION } from "../report/report_json.ts";
import { type ExportResult, exportRows, type RowRequest } from "./export_rows.ts";

/** What `--json` prints. */
export interface ExportAnswer extends ExportResult {
  readonly schemaVersion: typeof ANSWER_VERSION;
  readonly asOf: string;
  /** Absolute. */
  readonly directory: string;
}

/** @throws {AgentError} failed, when something cannot be written; interrupted */
export async function exportToDirectory(
  request: RowRequest,
  typed: string,
  context: OperationContext,
): Promise<ExportAnswer> {
  const directory = context.resolvePath(typed).at(-1)!;
  const result = await exportRows({
    ...request,
    name: nameSink("files", directory),
    directory,
    isOwn: false,
  }, context);
  return { schemaVersion: ANSWER_VERSION, asOf: isoTime(context.now)!, directory, ...result };
}
