/** What an export says that it did. */
import type { View } from "../contract/view.ts";
import { shortenPath } from "../report/cells.ts";
import { countOf } from "../report/notes.ts";
import type { ExportAnswer } from "./export_to_directory.ts";

export function exportView({ directory, newRows, changedRows, writtenFiles }: ExportAnswer, home: string): View {
  const where = shortenPath(directory, home);
  const text = newRows + changedRows === 0
    ? `Nothing new for ${where}.`
    : `${countOf(newRows, "turn")} added and ${changedRows} changed, in ${countOf(writtenFiles, "file")} of ${where}.`;
  return [{ kind: "text", text }];
}
