/** Collects the runs of each case and gives their medians, and how cases compare. */
import type { Measured } from "./run_measured.ts";

/** What a case read. */
export interface CaseFacts {
  /** Log bytes that it had to read; absent where it read none or few. */
  readonly bytes?: number;
  /** Logs that it had to look at. */
  readonly files?: number;
  /** It answered what the peers were asked, over the same logs. */
  readonly isComparable?: boolean;
  readonly totals?: "right" | "WRONG" | "off";
}

export interface MeasuredCase extends CaseFacts {
  readonly wallMs: { readonly median: number; readonly least: number; readonly most: number };
  /** Of each run, in the order of the rounds; as many in each round. */
  readonly walls: readonly number[];
  readonly userMs?: number;
  /** The most of all runs. */
  readonly peakMb?: number;
  readonly runs: number;
}

export type MeasuredCases = ReadonlyMap<string, MeasuredCase>;

export class CaseRuns {
  readonly #runs = new Map<string, Measured[]>();
  readonly #facts = new Map<string, CaseFacts>();

  add(name: string, run: Measured): void {
    this.#runs.set(name, [...this.#runs.get(name) ?? [], run]);
  }

  /** Drops what was run so far, and keeps the order and the facts. */
  forgetRuns(): void {
    for (const name of this.#runs.keys()) this.#runs.set(name, []);
  }

  note(name: string, facts: CaseFacts): void {
    this.#facts.set(name, { ...this.#facts.get(name), ...facts });
  }

  /** In the order in which they were first run. */
  cases(): MeasuredCases {
    return new Map([...this.#runs].map(([name, runs]) => {
      const walls = runs.map(({ wallMs }) => wallMs);
      const peaks = runs.flatMap(({ peakMb }) => peakMb ?? []);
      const users = runs.flatMap(({ userMs }) => userMs ?? []);
      return [name, {
        ...this.#facts.get(name),
        walls,
        wallMs: { median: median(walls), least: Math.min(...walls), most: Math.max(...walls) },
        userMs: users.length === 0 ? undefined : median(users),
        peakMb: peaks.length === 0 ? undefined : Math.max(...peaks),
        runs: runs.length,
      }];
    }));
  }
}

/**
 * How long a case takes in terms of another one: the median over the rounds of each round's own ratio, so that a machine
 * whose speed changes in between slows both alike.
 */
export function ratioOf({ walls: a }: MeasuredCase, { walls: b }: MeasuredCase): number {
  const rounds = Math.min(a.length, b.length);
  const roundOf = (walls: readonly number[], round: number) =>
    median(walls.slice(round * walls.length / rounds, (round + 1) * walls.length / rounds));
  return median(Array.from({ length: rounds }, (_, round) => roundOf(a, round) / roundOf(b, round)));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
