/**
 * How near plans are to their limits, by the logs that may say so: those that were written to in the longest window that
 * agents have, and some of those before, so that a limit that was read last month is said to be reset.
 */
import type { FoundLimits } from "../../../core/limits/limit_record.ts";
import type { DurationMs, EpochMs } from "../../../core/model.ts";
import type { Discovery } from "../../logs/discover.ts";
import { loadMeans } from "../../logs/log_means.ts";
import { readLimits } from "../../logs/read_limits.ts";
import { takeSteps, whyUnreadable } from "../../logs/take_steps.ts";

/** A week, and what a reset may be moved by. */
const LONGEST_WINDOW_MS: DurationMs = 9 * 24 * 3_600_000;
/** Of an agent, of the logs before that: the last ones. */
const SOME_BEFORE = 4;

/** An open index as it is asked. */
interface Parts {
  readonly discovery: Discovery;
  readonly pause?: () => Promise<void>;
}

/**
 * @param asOf No log is left out that may have been written to in the days before this; which of the records are later is
 * for the caller to see
 * @param sources Ids of agents. @default all
 */
export async function findLimits(
  { discovery, pause }: Parts,
  asOf: EpochMs,
  sources?: readonly string[],
): Promise<FoundLimits> {
  const all: FoundLimits = { records: [], refusals: [], problems: [] };
  const asked = new Map<string, KeptLog>();
  const agents = new Set(discovery.files.map(({ source }) => source));
  for (const agent of agents) {
    if (agent.limitLog === undefined || sources?.includes(agent.id) === false) continue;
    const limitLog = await agent.limitLog();
    const logs = discovery.files.filter(({ source }) => source === agent).map(({ file }) => file);
    for (const log of mayTell(logs, asOf)) {
      const mark = [log.size, log.mtimeMs, log.ctimeMs, log.inode].join(" ");
      let known = kept.get(log.path);
      if (known?.mark !== mark) {
        const outcome = await takeSteps(readLimits(await loadMeans(agent.id, log), limitLog, log), async () => {
          await pause?.();
        });
        if ("error" in outcome) {
          const message = `Its readings of limits are missing: ${whyUnreadable(outcome.error)}.`;
          push(all.problems, [{ path: log.path, message }]);
          continue;
        }
        known = { mark, found: outcome.value };
      }
      asked.set(log.path, known);
      push(all.records, known.found.records);
      push(all.refusals, known.found.refusals);
      push(all.problems, known.found.problems);
    }
  }
  kept = asked;
  return all;
}

/** What a log let on, and what tells whether it changed since. */
interface KeptLog {
  readonly mark: string;
  readonly found: FoundLimits;
}

/** Of the last question: what watches asks every few seconds, and most logs of some days do not change any more. */
let kept: ReadonlyMap<string, KeptLog> = new Map();

function mayTell<Log extends { readonly mtimeMs: EpochMs; readonly size: number }>(
  logs: readonly Log[],
  asOf: EpochMs,
): readonly Log[] {
  const since = asOf - LONGEST_WINDOW_MS;
  const filled = logs.filter(({ size }) => size > 0);
  const before = filled.filter(({ mtimeMs }) => mtimeMs < since).sort((a, b) => b.mtimeMs - a.mtimeMs);
  return [...filled.filter(({ mtimeMs }) => mtimeMs >= since), ...before.slice(0, SOME_BEFORE)];
}

/** There may be more than a call takes arguments. */
function push<T>(list: readonly T[], more: readonly T[]): void {
  for (const item of more) (list as T[]).push(item);
}
