/** What could not be read of logs, as a scan and those before it found it. */
import type { Diagnostic } from "../../../core/model.ts";
import { gatherUnread } from "../../logs/gather_unread.ts";
import type { UsageIndexParts } from "../usage_index_parts.ts";

/** By path and line. */
export function listProblems({ store, problems, discovery }: UsageIndexParts): Diagnostic[] {
  const rows = store.all<{ path: string; line: number | null; message: string }>(
    `SELECT d.path || f.name AS path, p.line, p.message FROM problems p JOIN files f ON f.id = p.file
      JOIN directories d ON d.id = f.directory ORDER BY 1, p.line`,
  );
  const found = rows.map(({ line, ...rest }) => ({ ...rest, line: line ?? undefined }));
  return gatherUnread([...problems, ...found], discovery);
}

/** What this scan could not read, and what was found since in logs that it did. */
export function addFoundProblems(
  { problems, discovery }: Pick<UsageIndexParts, "problems" | "discovery">,
  found: readonly Diagnostic[],
): Diagnostic[] {
  // A log that could not be read when it was scanned still cannot be.
  const said = new Set(found.map(({ path, message }) => `${path}\0${message}`));
  const others = problems.filter(({ path, message }) => !said.has(`${path}\0${message}`));
  return gatherUnread([...others, ...found], discovery);
}
