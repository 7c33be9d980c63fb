/** Chains of requests as lanes on true time: the main conversation, and each sub-agent. */
import { type EpochMs, MAIN_CHAIN } from "../../core/model.ts";
import type { SessionOutput } from "../../operations/usage/session_output.ts";
import type { DrawnTurn } from "./read_turns.ts";

type Chain = SessionOutput["chains"][number];

/** A chain, and when it was at work. */
export interface Lane {
  readonly chain: string;
  readonly turns: number;
  readonly cost: Chain["cost"];
  /** From the start of its first request to that of its last. Absent where no time is known. */
  readonly from?: EpochMs;
  readonly to?: EpochMs;
}

/** All chains, and the time that they took together. */
export interface Lanes {
  readonly lanes: readonly Lane[];
  /** Of all of them. */
  readonly from?: EpochMs;
  readonly to?: EpochMs;
}

/** Main first, others in the order in which they began; those without a time last. */
export function layOutChains(chains: readonly Chain[], turns: readonly DrawnTurn[]): Lanes {
  const spans = new Map<string, { from: EpochMs; to: EpochMs }>();
  for (const { chain, at } of turns) {
    if (at === undefined) continue;
    const span = spans.get(chain);
    if (span === undefined) spans.set(chain, { from: at, to: at });
    else [span.from, span.to] = [Math.min(span.from, at), Math.max(span.to, at)];
  }
  const lanes = chains.map(({ chain, turns, cost }): Lane => ({ chain, turns, cost, ...spans.get(chain) }));
  const rank = ({ chain, from }: Lane) => chain === MAIN_CHAIN ? 0 : from ?? Number.MAX_VALUE;
  lanes.sort((a, b) => rank(a) - rank(b));
  const all = [...spans.values()];
  return all.length === 0 ? { lanes } : {
    lanes,
    from: Math.min(...all.map(({ from }) => from)),
    to: Math.max(...all.map(({ to }) => to)),
  };
}
