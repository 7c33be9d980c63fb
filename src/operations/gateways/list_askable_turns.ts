/**
 * Which turns of logs OpenRouter can be asked about. Logs of sessions that never used it are not read: the index knows their
 * models.
 */
import type { EpochMs } from "../../core/model.ts";
import type { IndexedSession } from "../../scan/index/ask/lazy_report.ts";
import type { UsageIndex } from "../../scan/index/usage_index.ts";
import { UnreadableLogError } from "../../scan/index/log_turns.ts";

/** A response that has an id of OpenRouter's. */
export interface AskableTurn {
  readonly id: string;
  /** When the log has it. */
  readonly at: EpochMs;
}

/** What there is to be asked about. */
export interface AskableTurns {
  /** Each id once, newest first. */
  readonly turns: readonly AskableTurn[];
  /** Sessions whose logs could not be read just now. */
  readonly unreadable: number;
}

/** The provider that bills them. */
const PROVIDER = "openrouter";

/**
 * @param sessions Of the index
 * @param since Older turns are left out. @default none is
 */
export async function listAskableTurns(
  scan: Pick<UsageIndex, "turnsOf">,
  sessions: readonly IndexedSession[],
  since: EpochMs = 0,
): Promise<AskableTurns> {
  const turns = new Map<string, AskableTurn>();
  let unreadable = 0;
  for (const session of sessions) {
    if ((session.lastActivityAt ?? Infinity) < since || !usesOpenRouter(session)) continue;
    try {
      for (const { responseId, at, model } of await scan.turnsOf(session.id) ?? []) {
        if (responseId === undefined || model.provider !== PROVIDER || at < since) continue;
        // Forks show it as well, at the same time or later.
        const known = turns.get(responseId);
        if (known === undefined || at < known.at) turns.set(responseId, { id: responseId, at });
      }
    } catch (error) {
      if (!(error instanceof UnreadableLogError)) throw error;
      unreadable++;
    }
  }
  return { turns: [...turns.values()].sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1)), unreadable };
}

function usesOpenRouter({ models }: IndexedSession): boolean {
  return models.some(({ provider }) => provider === PROVIDER);
}
