/** Whose limits Claude Code hands to a status line. A prompt waits for what this loads. */
import { folderName } from "../../core/folder.ts";
import type { Machine } from "../../core/machine.ts";
import { defaultDirectory, directoryOfLog } from "./places.ts";

/** @param transcript Of the session that it shows, as it says it; one that lies elsewhere tells nothing */
export function claudeStatusAccount(transcript: string | undefined, machine: Machine) {
  const isAbsolute = transcript !== undefined && /^(?:[/\\]|[A-Za-z]:[/\\])/.test(transcript);
  const directory = isAbsolute ? directoryOfLog(transcript) : undefined;
  const isKnown = directory !== undefined && directory !== "" && directory !== folderName(transcript!);
  return { source: "claude", account: isKnown ? directory : defaultDirectory(machine) };
}
