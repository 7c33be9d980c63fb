/** The turns of `session --turns`, as the charts and the table of a session draw them. */
import {
  type DurationMs,
  type EpochMs,
  promptTokens,
  type Tokens,
  type TokenUsage,
  type Usd,
} from "../../core/model.ts";
import type { SessionOutput } from "../../operations/usage/session_output.ts";

type TurnJson = NonNullable<SessionOutput["turns"]>[number];

/** A turn and its place among all of the session's. */
export interface DrawnTurn {
  /** From 1, as misses name it. */
  readonly turn: number;
  readonly at?: EpochMs;
  readonly chain: string;
  readonly provider: string;
  readonly model: string;
  /** Since the request before in its chain. */
  readonly gapMs?: DurationMs;
  readonly usage: TokenUsage;
  /** Tokens of its prompt, whichever way they came. */
  readonly prompt: Tokens;
  readonly usd?: Usd;
  readonly outcome: TurnJson["outcome"];
  readonly cause?: TurnJson["cause"];
  readonly missedTokens: Tokens;
  readonly missedUsd?: Usd;
  readonly isAfterCompaction: boolean;
  readonly rerouted?: TurnJson["rerouted"];
  readonly upstream?: TurnJson["upstream"];
  readonly replayOf?: string;
}

export function readTurns(turns: readonly TurnJson[]): readonly DrawnTurn[] {
  return turns.map(({ at, afterCompaction, ...rest }, place) => ({
    ...rest,
    turn: place + 1,
    at: at === undefined ? undefined : Date.parse(at),
    prompt: promptTokens(rest.usage),
    isAfterCompaction: afterCompaction === true,
  }));
}

/** `chain=main` of the address; undefined is all. A chain that the session has not is as if it were not there. */
export function readChain(query: Readonly<Record<string, string>>, turns: readonly DrawnTurn[]): string | undefined {
  const wanted = query["chain"];
  return wanted !== undefined && turns.some(({ chain }) => chain === wanted) ? wanted : undefined;
}
