/** Reads what was said last in a log. The only place that takes text of a conversation out of one. */
import type { EpochMs } from "../../core/model.ts";
import type { FoundFile } from "../../host/walk_files.ts";
import { readLines } from "./lines/read_lines.ts";
import { takeAllSteps } from "./take_steps.ts";
import { salvageRecords } from "./lines/salvage_records.ts";
import type { Source } from "../../agents/source.ts";
import type { SpokenText } from "../../agents/formats/spoken_text.ts";

/** Every message of every tool names who speaks. */
const NEEDLES = ['"role"'];

/** @param until Leaves out what was said later; @returns the last `count` texts, oldest first */
export function readTexts(source: Source, file: FoundFile, count: number, until: EpochMs): SpokenText[] {
  const texts: SpokenText[] = [];
  const decoder = new TextDecoder();
  const take = (bytes: Uint8Array) => {
    let record: unknown;
    try {
      record = JSON.parse(decoder.decode(bytes));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      // Broken lines are doctor's to list.
      for (const salvaged of salvageRecords(bytes).records) takeRecord(salvaged.record);
      return;
    }
    takeRecord(record);
  };
  const takeRecord = (record: unknown) => {
    const text = writtenAt(record) <= until ? source.text(record) : undefined;
    if (text === undefined) return;
    texts.push(text);
    if (texts.length > count) texts.shift();
  };
  const { tail } = takeAllSteps(readLines(file, { from: 0, needles: NEEDLES, onLine: take, onProblem: () => {} }));
  if (tail !== undefined) take(tail);
  return texts;
}

/** What names no time was said at any. */
function writtenAt(record: unknown): EpochMs {
  if (typeof record !== "object" || record === null || !("timestamp" in record)) return -Infinity;
  const { timestamp } = record;
  // Whatever else stands there is not made a text of: that may fail, as for what is nested too deep.
  const at = typeof timestamp === "string" ? Date.parse(timestamp) : typeof timestamp === "number" ? timestamp : NaN;
  return Number.isNaN(at) ? -Infinity : at;
}
