/**
 * Turns out of lines that count the tokens of a thread, many at once and without an object: line_engine.wasm reads such lines
 * one after the other and writes rows as a table of turns has them (turns/turn_row.ts), as long as each is
 *
 * - a running total that is the one before, or that of the record which waits for it: no turn,
 * - a running total that is neither, where none waits, with the counts of its response: a turn,
 * - the record of a response of the thread, where the latest event was no turn and no record waits: a turn,
 *
 * and all of its counts are such. The first one that is not goes the ordinary way, and what follows it may be usual again.
 */
import type { Fields } from "../../../agents/fields.ts";
import type { CountLines, LoggedSet, NextCounts, SetFields } from "../../../agents/usual_turns.ts";
import { takeCounts } from "../lines/line_engine.wasm";
import { AT, lineMemory } from "../lines/line_memory.ts";
import type { TurnTable } from "../turns/turn_table.ts";
import type { LineRows } from "./line_rows.ts";
import { isPrefix, UsualLayout } from "./usual_layout.ts";

type Lines = CountLines<unknown, unknown, string>;

/** In doubles, as assembly/count_turns.ts has them: sets of six, two of which it has for itself. */
const TOTAL = AT.countState / 8;
const [LAST, WAITING, WAITING_TOTAL, READY_AT] = [TOTAL + 6, TOTAL + 12, TOTAL + 18, TOTAL + 36] as const;
/** In words. */
const HAS_WAITING = 2 * READY_AT + 2;
const [IS_COUNTED, NEEDS_WRITES, IS_NEW] = [HAS_WAITING + 1, HAS_WAITING + 2, HAS_WAITING + 3] as const;
const LAST_AT = AT.usual / 8 + 2;

/** One log's. */
export class CountRows {
  readonly #lines: Lines;
  readonly #layout: UsualLayout;
  #next: NextCounts | undefined;

  constructor(lines: Lines, rows: LineRows<Fields>) {
    this.#lines = lines;
    const { fields } = lines;
    this.#layout = UsualLayout.of(fields, rows, () => ({
      fields: [
        ...[fields.type, fields.kind, fields.at, fields.payload, fields.info],
        ...namesOf(fields.total),
        ...namesOf(fields.last),
        ...[fields.threadId, fields.turnId, fields.responseId, fields.model],
        ...namesOf(fields.usage),
        ...namesOf(fields.threadTotal),
      ],
      texts: [fields.event[0], fields.record, fields.event[1]],
    }));
  }

  /** To be called behind each line that was folded, with its row; without one behind what had none. */
  follow(state: unknown, row: unknown): void {
    const next = row === undefined ? undefined : this.#lines.next(state, row);
    this.#next = next !== undefined && isPrefix(next.thread) ? next : undefined;
  }

  /** See LineSearch (lines/line_finder.ts). The turns go to the table. */
  take(results: number, count: number, state: unknown, table: TurnTable): number {
    const next = this.#next;
    if (next === undefined) return 0;
    const { words, numbers } = lineMemory;
    const { waiting } = next;
    writeSet(TOTAL, next.total);
    if (waiting !== undefined) {
      writeSet(WAITING, waiting.usage);
      writeSet(WAITING_TOTAL, waiting.total);
    }
    numbers[READY_AT] = next.readyAt ?? NaN;
    numbers[LAST_AT] = next.lastActivityAt ?? -Infinity;
    words[HAS_WAITING] = Number(waiting !== undefined);
    words[IS_COUNTED] = Number(next.isCounted);
    words[NEEDS_WRITES] = Number(next.needsWrites);
    this.#layout.write(next.thread);
    const taken = takeCounts(results, count);
    this.#layout.addRows(table, next.model, next.chain);
    if (taken === 0) return 0;
    const readyAt = numbers[READY_AT]!;
    const isNew = words[IS_NEW] !== 0;
    const after = {
      total: isNew ? readSet(TOTAL) : next.total,
      last: isNew ? readSet(LAST) : undefined,
      isCounted: words[IS_COUNTED] !== 0,
      waiting: words[HAS_WAITING] === 0 ? undefined : { usage: readSet(WAITING), total: readSet(WAITING_TOTAL) },
      readyAt: readyAt === readyAt ? readyAt : undefined,
      lastActivityAt: numbers[LAST_AT]!,
    };
    this.#lines.passed(state, after);
    this.#next = { ...next, ...after };
    return taken;
  }
}

/** An object, and its counts. */
function namesOf([object, counts]: SetFields<string>): readonly string[] {
  const { input, cached, cacheWrite, output, reasoning, total } = counts;
  return [object, input, cached, cacheWrite, output, reasoning, total];
}

function writeSet(at: number, set: LoggedSet): void {
  const { numbers } = lineMemory;
  numbers[at] = set.input;
  numbers[at + 1] = set.cached;
  numbers[at + 2] = set.cacheWrite;
  numbers[at + 3] = set.output;
  numbers[at + 4] = set.reasoning;
  numbers[at + 5] = set.total;
}

function readSet(at: number): LoggedSet {
  const { numbers } = lineMemory;
  return {
    input: numbers[at]!,
    cached: numbers[at + 1]!,
    cacheWrite: numbers[at + 2]!,
    output: numbers[at + 3]!,
    reasoning: numbers[at + 4]!,
    total: numbers[at + 5]!,
  };
}
