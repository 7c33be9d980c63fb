/** How many turns of an account were sent since a limit was read: a reading says nothing of those. */
import { AGENTS } from "../../agents/agents.ts";
import type { PlanLimit } from "../../core/limits/report_limits.ts";
import type { EpochMs } from "../../core/model.ts";
import type { UsageIndex } from "../../scan/index/usage_index.ts";

/** For each of the limits, in their order. */
export async function countTurnsSince(
  scan: Pick<UsageIndex, "sessions" | "foldUsage">,
  limits: readonly Pick<PlanLimit, "source" | "account" | "observedAt">[],
  asOf: EpochMs,
): Promise<readonly number[]> {
  if (limits.length === 0) return [];
  const accounts = await readAccounts(scan, new Set(limits.map(({ source }) => source)), asOf);
  /** Windows are read together: mostly there are few times. */
  const counted = new Map<EpochMs, ReadonlyMap<string, number>>();
  for (const at of new Set(limits.map(({ observedAt }) => observedAt))) {
    const turns = await scan.foldUsage(
      { since: at + 1, asOf },
      () => new Map<string, number>(),
      (sums, { session, turns }) => {
        const account = accounts.get(session);
        if (account !== undefined) sums.set(account, (sums.get(account) ?? 0) + turns);
      },
    );
    counted.set(at, turns);
  }
  return limits.map((limit) => counted.get(limit.observedAt)!.get(keyOf(limit.source, limit.account)) ?? 0);
}

function keyOf(source: string, account: string): string {
  return `${source}\0${account}`;
}

/** By session. */
async function readAccounts(
  scan: Pick<UsageIndex, "sessions">,
  sources: ReadonlySet<string>,
  asOf: EpochMs,
): Promise<ReadonlyMap<number, string>> {
  const logs = new Map(
    await Promise.all(AGENTS.map(async (agent) => [agent.id, await agent.limitLog?.()] as const)),
  );
  const accounts = new Map<number, string>();
  for (const { id, source, file } of await scan.sessions({ now: asOf, isPast: false })) {
    const log = sources.has(source) ? logs.get(source) : undefined;
    if (log !== undefined) accounts.set(id, keyOf(source, log.accountOf(file)));
  }
  return accounts;
}
