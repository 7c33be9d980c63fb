/** What a campaign is: one way to be hard on the program, in rounds that a seed names. The rounds are run by run_campaigns.ts. */
import type { Draws } from "../corpus_generator/draws.ts";
import type { AgentProgram } from "./agent_program.ts";
import type { KnownLogs } from "./known_logs.ts";

/** Something that must not be, in a few words that are the same each time, and what was seen this time. */
export interface Fault {
  readonly kind: string;
  readonly what: string;
}

export interface Finding extends Fault {
  readonly campaign: string;
  /** `--seed SEED --only CAMPAIGN` has it first. */
  readonly seed: number;
  /** What the round left: kept, unless there are many of the kind. */
  readonly directory: string;
}

export interface Round {
  /** Everything that the round decides comes from here. */
  readonly draws: Draws;
  /** Empty, and its own. */
  readonly directory: string;
  readonly agent: AgentProgram;
  /** Homes with logs as tools wrote them. */
  readonly logs: KnownLogs;
  /** @returns whether there is any: the round then ends, and leaves everything as it was when that was seen */
  report(...faults: readonly Fault[]): boolean;
}

export interface Campaign {
  readonly name: string;
  /** For `--help`. */
  readonly summary: string;
  /** How much of the time it gets, beside the others'. */
  readonly weight: number;
  /** What it throws is a finding, too: what it could not do, such as starting the program. */
  run(round: Round): Promise<void>;
}
