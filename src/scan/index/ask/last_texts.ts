/** What was said last in a log. */
import type { SpokenText } from "../../../agents/formats/spoken_text.ts";
import type { EpochMs } from "../../../core/model.ts";
import type { Discovery } from "../../logs/discover.ts";
import { loadMeans } from "../../logs/log_means.ts";
import { readTexts } from "../../logs/read_texts.ts";
import { unreadableLog } from "../log_turns.ts";

/** Oldest first; nothing of a log that is not there. @throws {UnreadableLogError} */
export async function readLastTexts(
  discovery: Discovery,
  path: string,
  count: number,
  until: EpochMs,
): Promise<SpokenText[]> {
  const log = discovery.files.find(({ file }) => file.path === path);
  if (log === undefined) return [];
  const means = await loadMeans(log.source.id, log.file);
  try {
    return readTexts(means, log.file, count, until);
  } catch (error) {
    throw unreadableLog(path, error);
  }
}
