/** Holds answers to what the corpus is known to add up to: ours session by session, a peer's source by source. */
import { SOURCE_IDS, type Sums, type Truth } from "../corpus_generator/truth.ts";
import type { PeerTotals } from "./peers.ts";

const COUNTS = ["turns", "input", "cacheRead", "cacheWrite", "cacheWrite1h", "output"] as const;
const PEER_COUNTS = ["input", "cacheRead", "cacheWrite", "output"] as const;
/** Sums of floating-point numbers depend on their order. */
const USD_TOLERANCE = 1e-6;

/** The part of `sessions --json` that is compared. */
export interface SessionsAnswer {
  readonly sessions: readonly {
    readonly source: string;
    readonly sessionId: string;
    readonly turns: number;
    readonly usage: Omit<Sums, "turns" | "usd">;
    readonly cost: { readonly usd: number };
  }[];
}

/** What is wrong with an answer, a sentence a session; empty when every count of every session is right. */
export function wrongSessions(answer: SessionsAnswer, truth: Truth): string[] {
  const found = new Map(answer.sessions.map((session) => [`${session.source} ${session.sessionId}`, session]));
  const wrong: string[] = [];
  for (const source of SOURCE_IDS) {
    for (const [id, want] of Object.entries(truth.sources[source].sessions)) {
      const name = `${source} ${id}`;
      const session = found.get(name);
      found.delete(name);
      if (session === undefined) {
        wrong.push(`${name} is missing`);
        continue;
      }
      const have: Record<string, number> = { turns: session.turns, ...session.usage };
      for (const count of COUNTS) {
        if (have[count] !== want[count]) wrong.push(`${name}: ${count} is ${have[count]}, not ${want[count]}`);
      }
      if (source === "pi" && !(Math.abs(session.cost.usd - want.usd) < USD_TOLERANCE)) {
        wrong.push(`${name}: cost is ${session.cost.usd} USD, not ${want.usd}`);
      }
    }
  }
  for (const name of found.keys()) wrong.push(`${name} is no session of the corpus`);
  return wrong;
}

/** How far a peer's totals are off: `pi +1.2 % input`; empty when all are right. */
export function wrongTotals(totals: PeerTotals, truth: Truth): string[] {
  return SOURCE_IDS.flatMap((source) => {
    const want = truth.sources[source].total;
    const counts = { ...want, cacheWrite: want.cacheWrite + want.cacheWrite1h };
    const off = PEER_COUNTS.flatMap((count) => {
      const ratio = totals[source][count] / counts[count] - 1;
      if (totals[source][count] === counts[count]) return [];
      return [`${ratio < 0 ? "−" : "+"}${(Math.abs(ratio) * 100).toFixed(2)} % ${count}`];
    });
    return off.length === 0 ? [] : [`${source} ${off.join(", ")}`];
  });
}
