/** Reads a log of lines at once: tests have nothing else to do meanwhile. */
import type { FoundFile } from "../../src/host/walk_files.ts";
import type { NamedSource } from "../../src/agents/source.ts";
import { type FileFold, foldLog, type FoldOptions, type FoldPosition } from "../../src/scan/logs/fold_log.ts";
import { linesReader } from "../../src/scan/logs/lines/lines_reader.ts";
import { takeAllSteps } from "../../src/scan/logs/take_steps.ts";

/** @param from Where to go on. @default from the beginning */
export function foldFile(
  source: NamedSource,
  file: FoundFile,
  from?: FoldPosition,
  options?: FoldOptions,
): FileFold {
  return takeAllSteps(foldLog({ source, reader: linesReader }, file, from, options));
}
