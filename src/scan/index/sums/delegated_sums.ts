/**
 * Finds, among the turns of delegated work, the sums that sub-agents' own logs show response by response.
 *
 * What a tool adds up is for it to say: one run of a sub-agent, several that ran at once, or what one that was gone on
 * with spent since. A sum is found where turns that no other sum took add up to it exactly; one whose log is gone, or of
 * which something is missing, stays a sum.
 */
import { addUsage, type EpochMs, MAIN_CHAIN, NO_USAGE, type TokenUsage, totalTokens } from "../../../core/model.ts";
import type { RecordedTurn } from "../../../agents/source.ts";

/** A turn with `delegation` that counts so far, and the log that shows it. */
export interface DelegatedTurn {
  readonly log: { readonly path: string };
  readonly turn: RecordedTurn;
}

/** @returns the sums that are not to be counted */
export function findDelegatedSums<T extends DelegatedTurn>(turns: readonly T[]): readonly T[] {
  if (!turns.some(({ turn }) => turn.delegation!.isSum)) return [];
  const found: T[] = [];
  const sumsByWork = Map.groupBy(
    turns.filter(({ turn }) => turn.delegation!.isSum),
    ({ turn }) => turn.delegation!.key,
  );
  // What a sub-agent's own sub-agents spent is in its log as a sum, whether or not that one counts.
  const spentByWork = Map.groupBy(
    turns,
    ({ turn: { delegation } }) => delegation!.isSum ? delegation!.within : delegation!.key,
  );
  for (const [key, sums] of sumsByWork) {
    const work = new DelegatedWork((spentByWork.get(key) ?? []).map(spentOf));
    // In the order in which they were made, so that each finds what those before it left.
    for (const sum of sums.sort((a, b) => endOf(a) - endOf(b))) {
      if (work.take(sum.turn.usage, endOf(sum))) found.push(sum);
    }
  }
  return found;
}

interface Spent {
  readonly path: string;
  readonly at: EpochMs;
  readonly endedAt: EpochMs;
  readonly usage: TokenUsage;
  /** False for side requests, compactions among them: tools add up messages alone. */
  readonly isMain: boolean;
}

function spentOf({ log, turn }: DelegatedTurn): Spent {
  return {
    path: log.path,
    at: turn.at,
    endedAt: endOf({ turn }),
    usage: turn.usage,
    isMain: turn.chain === MAIN_CHAIN,
  };
}

function endOf({ turn }: Pick<DelegatedTurn, "turn">): EpochMs {
  return turn.endedAt ?? turn.at;
}

/** What sub-agents spent and no sum has taken yet. */
class DelegatedWork {
  /** By log, in order of time. */
  readonly #left: Map<string, Spent[]>;

  constructor(spent: readonly Spent[]) {
    this.#left = Map.groupBy([...spent].sort((a, b) => a.at - b.at), ({ path }) => path);
  }

  /** Takes turns that add up to a sum. @returns whether there are any @param until What was not done by then is not in it */
  take(sum: TokenUsage, until: EpochMs): boolean {
    if (this.#left.size === 0) return false;
    const logs = [...this.#left.values()].map((spent) => spent.filter(({ endedAt }) => endedAt <= until))
      .filter((spent) => spent.length > 0);
    for (const counts of [() => true, ({ isMain }: Spent) => isMain]) {
      const taken = findSum(logs.map((spent) => spent.filter(counts)).filter((spent) => spent.length > 0), sum);
      if (taken === undefined) continue;
      const isTaken = new Set(taken);
      for (const [path, spent] of this.#left) this.#left.set(path, spent.filter((one) => !isTaken.has(one)));
      return true;
    }
    return false;
  }
}

/** Turns of one log in a row, of all logs below one directory, or of logs that began one after the other. */
function findSum(logs: readonly (readonly Spent[])[], sum: TokenUsage): readonly Spent[] | undefined {
  for (const log of logs) {
    const row = findRow(log, sum);
    if (row !== undefined) return row;
  }
  const whole = logs.map((spent): WholeLog => ({ spent, usage: sumOf(spent) }));
  const group = findDirectory(whole, sum) ?? findRow(whole.sort((a, b) => a.spent[0]!.at - b.spent[0]!.at), sum);
  return group?.flatMap(({ spent }) => spent);
}

interface WholeLog {
  /** At least one. */
  readonly spent: readonly Spent[];
  readonly usage: TokenUsage;
}

function findDirectory(logs: readonly WholeLog[], sum: TokenUsage): readonly WholeLog[] | undefined {
  const below = new Map<string, WholeLog[]>();
  for (const log of logs) {
    const parts = log.spent[0]!.path.split(/[/\\]/);
    for (let depth = parts.length - 1; depth > 0; depth--) {
      const directory = parts.slice(0, depth).join("/");
      const others = below.get(directory);
      if (others === undefined) below.set(directory, [log]);
      else others.push(log);
    }
  }
  return [...below.values()].find((group) => isSum(sumOf(group), sum));
}

/** Neighbours that add up to a sum. None can have less than nothing, so that both ends only move on. */
function findRow<T extends { readonly usage: TokenUsage }>(
  row: readonly T[],
  sum: TokenUsage,
): readonly T[] | undefined {
  // By the counts that every tool adds up.
  const sizeOf = ({ input, output }: TokenUsage) => input + output;
  const wanted = sizeOf(sum);
  for (let from = 0, to = 0, size = 0; to < row.length;) {
    size += sizeOf(row[to++]!.usage);
    while (size > wanted) size -= sizeOf(row[from++]!.usage);
    // What only read or wrote the cache, at either end, may or may not belong to it.
    for (let start = from; size === wanted && start < to; start++) {
      const taken = row.slice(start, to);
      if (isSum(sumOf(taken), sum)) return taken;
      if (sizeOf(row[start]!.usage) > 0) break;
    }
  }
  return undefined;
}

function sumOf(spent: readonly { readonly usage: TokenUsage }[]): TokenUsage {
  return spent.reduce((sum, { usage }) => addUsage(sum, usage), NO_USAGE);
}

/** Whether turns add up to a sum, in which how long something is cached is not told, and the cache may be left out. */
function isSum(spent: TokenUsage, sum: TokenUsage): boolean {
  const written = sum.cacheWrite + sum.cacheWrite1h;
  return totalTokens(sum) > 0 && spent.input === sum.input && spent.output === sum.output &&
    (sum.cacheRead === 0 || spent.cacheRead === sum.cacheRead) &&
    (written === 0 || spent.cacheWrite + spent.cacheWrite1h === written);
}
