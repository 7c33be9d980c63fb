/** What an export says that it did. */
import type { View } from "../contract/view.ts";
import { shortenPath } from "../report/cells.ts";
import { countOf } from "../report/notes.ts";
import type { ExportAnswer } from "./export_to_directory.ts";
import type { SentAnswer } from "./export_to_server.ts";

export function exportView(answer: ExportAnswer | SentAnswer, home: string): View {
  return [{ kind: "text", text: "directory" in answer ? writtenText(answer, home) : sentText(answer) }];
}

function writtenText({ directory, newRows, changedRows, writtenFiles }: ExportAnswer, home: string): string {
  const where = shortenPath(directory, home);
  if (newRows + changedRows === 0) return `Nothing new for ${where}.`;
  return `${countOf(newRows, "turn")} added and ${changedRows} changed, in ${
    countOf(writtenFiles, "file")
  } of ${where}.`;
}

function sentText({ way, host, sent = 0 }: SentAnswer): string {
  if (sent === 0) return `Nothing new for ${host}.`;
  return `${countOf(sent, way === "put" ? "file" : "row")} sent to ${host}, and confirmed.`;
}
