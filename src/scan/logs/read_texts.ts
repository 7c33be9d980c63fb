/** Reads what was said last in a log. The only place that takes text of a conversation out of one. */
import type { EpochMs } from "../../core/model.ts";
import type { LogMeans } from "./log_means.ts";
import type { FoundLog } from "./log_reader.ts";
import { takeAllSteps } from "./take_steps.ts";
import type { SpokenText } from "../../agents/formats/spoken_text.ts";

/** Messages of most tools name who speaks. */
const NEEDLES = ['"role"'];

/** @param until Leaves out what was said later; @returns the last `count` texts, oldest first */
export function readTexts({ source, reader }: LogMeans, log: FoundLog, count: number, until: EpochMs): SpokenText[] {
  const texts: SpokenText[] = [];
  const record = (record: unknown) => {
    const text = writtenAt(record) <= until ? source.text(record) : undefined;
    if (text === undefined) return;
    texts.push(text);
    if (texts.length > count) texts.shift();
  };
  // What is broken is doctor's to list.
  takeAllSteps(
    reader.read(log, { needles: source.textNeedles ?? NEEDLES, what: "texts" }, undefined, { record, problem() {} }),
  );
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
