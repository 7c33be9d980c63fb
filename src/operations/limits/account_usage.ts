/** What accounts used on this machine in spans of time: of a reading that says nothing of what came later. */
import { AGENTS } from "../../agents/agents.ts";
import type { PlanLimit } from "../../core/limits/report_limits.ts";
import type { EpochMs, Usd } from "../../core/model.ts";
import type { UsageIndex } from "../../scan/index/usage_index.ts";

/** Who. */
type Account = Pick<PlanLimit, "source" | "account">;

/** How much. */
export interface AccountUsage {
  readonly turns: number;
  readonly usd: Usd;
  /** Turns without a known price. */
  readonly unpricedTurns: number;
}

const NOTHING: AccountUsage = { turns: 0, usd: 0, unpricedTurns: 0 };

type Sums = Map<string, { turns: number; usd: Usd; unpricedTurns: number }>;

/** Answers for one time. */
export class AccountUsages {
  readonly #scan: Pick<UsageIndex, "sessions" | "foldUsage">;
  readonly #asOf: EpochMs;
  /** Of sessions. */
  #accounts: ReadonlyMap<number, string> | undefined;
  readonly #known = new Map<string, Sums>();

  /** @param asOf Turns that were not complete by then are left out */
  constructor(scan: Pick<UsageIndex, "sessions" | "foldUsage">, asOf: EpochMs) {
    this.#scan = scan;
    this.#asOf = asOf;
  }

  /** Turns that were sent after a time. @param until And before or at this one. @default all */
  async after(account: Account, since: EpochMs, until = this.#asOf): Promise<AccountUsage> {
    const span = `${since} ${until}`;
    let sums = this.#known.get(span);
    // Those of one record are asked for together.
    if (sums === undefined) this.#known.set(span, sums = await this.#add(since, until));
    return sums.get(keyOf(account)) ?? NOTHING;
  }

  async #add(since: EpochMs, until: EpochMs): Promise<Sums> {
    const accounts = this.#accounts ??= await readAccounts(this.#scan, this.#asOf);
    return await this.#scan.foldUsage(
      { since: since + 1, until: until + 1, asOf: this.#asOf },
      (): Sums => new Map(),
      (sums, { session, turns, cost }) => {
        const account = accounts.get(session);
        if (account === undefined) return;
        const sum = sums.get(account) ?? { ...NOTHING };
        sum.turns += turns;
        sum.usd += cost.usd;
        sum.unpricedTurns += cost.unpricedTurns;
        sums.set(account, sum);
      },
    );
  }
}

function keyOf({ source, account }: Account): string {
  return `${source}\0${account}`;
}

async function readAccounts(
  scan: Pick<UsageIndex, "sessions">,
  asOf: EpochMs,
): Promise<ReadonlyMap<number, string>> {
  const logs = new Map(
    await Promise.all(AGENTS.map(async (agent) => [agent.id, await agent.limitLog?.()] as const)),
  );
  const accounts = new Map<number, string>();
  for (const { id, source, file } of await scan.sessions({ now: asOf, isPast: false })) {
    const log = logs.get(source);
    if (log !== undefined) accounts.set(id, keyOf({ source, account: log.accountOf(file) }));
  }
  return accounts;
}
