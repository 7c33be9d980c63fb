/** Joins the traces that launches opened with what the logs say of their sessions. Asks nobody but the scan. */
import { addUsage, type EpochMs, NO_USAGE } from "../../core/model.ts";
import { sumCosts } from "../../core/cost/cost.ts";
import type { SessionRecord } from "../../launch/ledger/records.ts";
import type { LocalSession } from "../../launch/summary.ts";
import type { UsageIndex } from "../../scan/index/usage_index.ts";
import type { IndexedSession } from "../../scan/index/ask/lazy_report.ts";

/** All names that a file may have in the index. */
export type PathNames = (path: string) => readonly string[];

/** The session whose log a trace is of; undefined when it is kept in no log, or in one that is not read. */
export function findTraced(
  all: readonly IndexedSession[],
  { sessionFile }: Pick<SessionRecord, "sessionFile">,
  namesOf: PathNames,
): IndexedSession | undefined {
  if (sessionFile === undefined) return undefined;
  const names = namesOf(sessionFile);
  return all.find(({ files }) => files.some((file) => names.includes(file)));
}

/** What these sessions did since a time, by trace id: a resumed session's earlier turns are left out. */
export async function readTraced(
  scan: UsageIndex,
  records: readonly SessionRecord[],
  { since, now, namesOf }: { readonly since: EpochMs; readonly now: EpochMs; readonly namesOf: PathNames },
): Promise<ReadonlyMap<string, LocalSession>> {
  const asOf = { now, isPast: false };
  const all = await scan.sessions(asOf);
  const found = new Map<string, LocalSession>();
  for (const record of records) {
    const session = findTraced(all, record, namesOf);
    if (session === undefined) continue;
    const turns = ((await scan.explainedTurns(session.id, asOf)) ?? []).filter(({ at }) => at >= since);
    found.set(record.traceId, {
      turns: turns.length,
      usage: turns.map(({ usage }) => usage).reduce(addUsage, NO_USAGE),
      cost: sumCosts(turns),
    });
  }
  return found;
}
