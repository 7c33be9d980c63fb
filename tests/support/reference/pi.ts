/** Logs of Pi, the slow, obvious way. */
import { join } from "node:path";
import {
  readReferenceLines,
  type ReferenceFound,
  type ReferenceLog,
  type ReferenceResponse,
  tokensOf,
} from "./found.ts";

export function readPiReference(home: string): ReferenceFound {
  const logs = readReferenceLines(join(home, ".pi/agent/sessions"));
  return { sessions: logs.map(({ lines }) => lines[0].id), responses: readPi(logs) };
}

/** Every entry with usage was billed; a fork repeats entries that are older than itself. */
function readPi(logs: readonly ReferenceLog[]): ReferenceResponse[] {
  return logs.flatMap(({ lines }) => {
    const [header, ...entries] = lines;
    return entries.flatMap((entry): ReferenceResponse[] => {
      const usage = entry.usage ?? entry.message?.usage;
      if (usage === undefined) return [];
      const hour = usage.cacheWrite1h ?? 0;
      const sums = {
        turns: 1,
        input: usage.input,
        cacheRead: usage.cacheRead,
        cacheWrite: usage.cacheWrite - hour,
        cacheWrite1h: hour,
        output: usage.output,
        usd: usage.cost?.total ?? 0,
      };
      // Attempts that failed are written down as well.
      if (tokensOf(sums) === 0) return [];
      const isCopy = Date.parse(entry.timestamp) < Date.parse(header.timestamp);
      return [{ key: `${entry.id} ${entry.timestamp}`, session: header.id, isCopy, sums }];
    });
  });
}
