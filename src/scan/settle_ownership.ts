/** Brings the count up to date after logs changed: which copy of a response counts, and what its logs add up to then. */
import type { SessionFacts } from "../core/model.ts";
import type { GapChanges } from "./gap_pools.ts";
import type { IndexStore } from "./index_store.ts";
import type { KeyIndex } from "./key_index.ts";
import { type PlacedTurn, priceTurns, sumTurns } from "./log_digest.ts";
import { writeSums } from "./log_rows.ts";
import type { LogTurns } from "./log_turns.ts";
import { resolveOwnership } from "./ownership.ts";
import type { PriceData } from "./price_data.ts";

interface SharingLog {
  readonly id: number;
  readonly path: string;
  readonly session: number | null;
  readonly facts: string | null;
  readonly lost: string;
  readonly entangled: number;
  readonly samples: string;
}

export interface SettleOptions {
  readonly turns: LogTurns;
  readonly prices: PriceData;
  readonly gaps: GapChanges;
}

/** Marks the sessions whose sums changed. */
export async function settleOwnership(store: IndexStore, keys: KeyIndex, options: SettleOptions): Promise<void> {
  for (const ids of keys.findConflicts()) {
    const logs = ids.flatMap((id) =>
      store.get<SharingLog>(
        "SELECT id, path, session, facts, lost, entangled, samples FROM files WHERE id = ?",
        id,
      ) ?? []
    );
    await settleLogs(store, logs, options);
  }
}

/** @param logs All that share turns with any of them */
async function settleLogs(
  store: IndexStore,
  logs: readonly SharingLog[],
  { turns, prices, gaps }: SettleOptions,
): Promise<void> {
  const shown: (SharingLog & { readonly turns: readonly PlacedTurn[] })[] = [];
  for (const log of logs) shown.push({ ...log, turns: await turns.readRecorded(log.path) });
  const lost = resolveOwnership(shown.map(({ path, facts, turns }) => ({
    path,
    startedAt: facts === null ? undefined : (JSON.parse(facts) as SessionFacts).startedAt,
    turns: turns.map(({ turn }) => turn),
  })));
  const entangled = findEntangled(shown);
  for (const [index, log] of shown.entries()) {
    const now = { lost: lost[index]!, entangled: Number(entangled.has(log.id)) };
    if (now.lost === log.lost && now.entangled === log.entangled) continue;
    const sums = sumTurns(await priceTurns(log.turns, now.lost, prices));
    gaps.remove(log.samples);
    gaps.add(sums.samples);
    writeSums(store, log.id, sums, now);
  }
}

/** Logs of which another one of the same session shows a turn. */
function findEntangled(
  logs: readonly (Pick<SharingLog, "id" | "session"> & { readonly turns: readonly PlacedTurn[] })[],
): ReadonlySet<number> {
  const entangled = new Set<number>();
  for (const ofSession of Map.groupBy(logs, ({ session }) => session).values()) {
    if (ofSession.length < 2) continue;
    const shownBy = new Map<string, number>();
    for (const { id, turns } of ofSession) {
      for (const { turn } of turns) {
        const other = shownBy.get(turn.key);
        if (other === undefined) shownBy.set(turn.key, id);
        else entangled.add(other).add(id);
      }
    }
  }
  return entangled;
}
