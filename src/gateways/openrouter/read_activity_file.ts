/** Takes a file of OpenRouter's Activity page from the disk. What is in it is read_activity_csv.ts's to say. */
import { AgentError } from "../../core/errors.ts";
import { readNamedFileIfAny } from "../../host/files.ts";
import { type ActivityFile, readActivityCsv } from "./read_activity_csv.ts";

/**
 * @param path Absolute
 * @param typed How it is called in errors
 * @throws {AgentError} usage, when there is none, or it is something else
 */
export function readActivityFile(path: string, typed: string): ActivityFile {
  const text = readNamedFileIfAny(path);
  if (text === undefined) {
    throw new AgentError("usage", `There is no file "${typed}" that can be read.`, {
      hint: "Give a CSV that was exported on https://openrouter.ai/activity.",
    });
  }
  // What is no UTF-8 was read as this character.
  if (text.includes("\ufffd")) {
    throw new AgentError("usage", `"${typed}" is no text in UTF-8.`, {
      hint: "Save it as CSV in UTF-8, or export it again on https://openrouter.ai/activity.",
    });
  }
  return readActivityCsv(text, typed);
}
