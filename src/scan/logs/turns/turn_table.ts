/**
 * The turns of a log as rows of numbers, merged as its records show them. Sources hand out an object a turn, which is
 * dead as soon as its numbers are here: those of a whole log at once, kept as objects, are most of what a first scan has
 * to collect. What adds a log up reads the rows (sum_table.ts); objects are made where somebody asks for turns.
 */
import type { AskableCount, EvidenceReader } from "../../../core/evidence.ts";
import type { ModelRef } from "../../../core/model.ts";
import type { RecordedTurn, TurnDraft } from "../../../agents/source.ts";
import { delegationsOf } from "./delegations.ts";
import { mayHaveRepeated } from "./may_repeat.ts";
import { isMoreThanRow, isOdd, placeOfModel, reportedOfRow, turnOfRow, writeTurn } from "./row_values.ts";
import {
  CELL_AT,
  CELL_CHAIN,
  CELL_ENDED_AT,
  CELL_FLAGS,
  CELL_MODEL,
  CELL_REQUESTED_TTL_MS,
  HAS_ENDED_AT,
  HAS_REPORTED,
  HAS_REQUESTED_TTL,
  IS_AFTER_COMPACTION,
  IS_BACKGROUND,
  IS_COPIED,
  IS_REPLAY,
  IS_UNREQUESTED,
  KEEPS_WARM,
  ROW_CELLS,
} from "./turn_row.ts";
import { mergeTurns } from "../merge_turns.ts";

/** A merged turn is such only when all of its records are. */
const WHEN_ALL = IS_COPIED | IS_BACKGROUND | IS_REPLAY | IS_UNREQUESTED;

const FIRST_ROWS = 64;
/** Of most logs' tables: 2.4 MB. */
export const MANY_ROWS = 1 << 14;

/** One log's at a time: {@linkcode begin} starts the next. */
export class TurnTable {
  cells: Float64Array<ArrayBuffer>;
  /** By row. */
  readonly keys: string[] = [];
  /** By row as well, with nothing in them for turns that have none, nor behind the last that has one. */
  readonly originalKeys: (string | undefined)[] = [];
  readonly replayKeys: (string | undefined)[] = [];
  readonly models: ModelRef[] = [];
  readonly chains: string[] = [];
  /** By row: turns of which a row does not say all. */
  readonly #whole: (RecordedTurn | undefined)[] = [];
  /** All that are by row. */
  readonly #lists: readonly unknown[][] = [this.keys, this.originalKeys, this.replayKeys, this.#whole];
  /** By key; undefined while no turn was looked for. */
  #rows: Map<string, number> | undefined;
  #chainPlaces = new Map<string, number>();
  #lastChain = 0;
  #hasWhole = false;
  #generation = 0;

  /**
   * @param rows For which there is room from the start. For one log after the other many: what was outgrown is long in memory,
   * and pages that nothing was written to take none. @default few
   */
  constructor(rows = FIRST_ROWS) {
    this.cells = new Float64Array(rows * ROW_CELLS);
  }

  /** Forgets the log before. */
  begin(): void {
    this.#generation++;
    if (this.length === 0) return;
    this.models.length = this.chains.length = 0;
    for (const list of this.#lists) list.length = 0;
    this.#rows = undefined;
    this.#chainPlaces.clear();
    this.#hasWhole = false;
  }

  get length(): number {
    return this.keys.length;
  }

  /** Changes with each log. */
  get generation(): number {
    return this.#generation;
  }

  /** Adds what a record shows: to what earlier ones showed of the same turn, where they did. */
  add(turn: RecordedTurn): void {
    const row = this.#rowsByKey().get(turn.key);
    if (row === undefined) this.#append(turn.key, turn);
    else this.#merge(row, turn);
  }

  /**
   * The same of a turn that is hardly one of those before, but maybe the latest: nobody looks for it before
   * {@linkcode settle} does.
   *
   * @param isLatest Whether that is likely
   */
  addNew(turn: RecordedTurn, isLatest: boolean): void {
    const last = this.keys.length - 1;
    if (isLatest && last >= 0 && this.keys[last] === turn.key) this.#merge(last, turn);
    else if (this.#rows === undefined) this.#append(turn.key, turn);
    else this.add(turn);
  }

  /**
   * The same of turns as rows of cells, all of one model and chain, which are set here.
   *
   * @param cells Rows one behind the other, copied
   */
  addRows(cells: Float64Array, keys: readonly string[], model: ModelRef, chain: string): void {
    const modelPlace = placeOfModel(this.models, model);
    const chainPlace = this.#placeOfChain(chain);
    for (let start = 0; start < cells.length; start += ROW_CELLS) {
      cells[start + CELL_MODEL] = modelPlace;
      cells[start + CELL_CHAIN] = chainPlace;
    }
    if (this.#rows !== undefined) {
      keys.forEach((key, row) => this.add({ ...turnOfRow(cells, row * ROW_CELLS, this), key }));
      return;
    }
    const first = this.length;
    for (let row = 0; row < keys.length; row++) this.keys.push(keys[row]!);
    this.#grow(this.length);
    this.cells.set(cells, first * ROW_CELLS);
  }

  /** Merges what {@linkcode addNew} did not look for. @throws {Error} while a line is handed out */
  settle(): void {
    if (this.#rows === undefined && mayHaveRepeated(this.keys)) this.#rowsByKey();
  }

  /** Takes the place of what there was under its key. */
  replace(turn: RecordedTurn): void {
    const row = this.#rowsByKey().get(turn.key);
    if (row === undefined) return this.#append(turn.key, turn);
    this.originalKeys[row] = turn.originalKey;
    this.replayKeys[row] = turn.replayKey;
    this.#write(row, turn);
  }

  /**
   * Has turns say what a gateway said of their responses, as far as it was asked.
   *
   * @returns how many can be asked for, and of how many it is known; copies of other logs' turns are not counted
   */
  addEvidence(reader: Pick<EvidenceReader, "find"> | undefined): AskableCount {
    let ids = 0;
    let found = 0;
    if (!this.#hasWhole) return { ids, found };
    for (let row = 0; row < this.length; row++) {
      const turn = this.#whole[row];
      if (turn?.responseId === undefined) continue;
      const evidence = reader?.find(turn.responseId);
      if (turn.copied !== true) {
        ids++;
        if (evidence !== undefined) found++;
      }
      if (evidence !== undefined) this.#write(row, { ...turn, evidence });
    }
    return { ids, found };
  }

  /** Whether the rows, keys and lists say all that sums need. */
  isPlain(): boolean {
    return !this.#hasWhole || !this.#whole.some((turn) => turn !== undefined && isOdd(turn));
  }

  /** Whether a turn is one that another log has, by what the log itself says. */
  showsOthers(): boolean {
    for (let row = 0; row < this.length; row++) {
      const isOther = (this.cells[row * ROW_CELLS + CELL_FLAGS]! & IS_COPIED) !== 0 ||
        this.originalKeys[row] !== undefined || this.#whole[row]?.delegation !== undefined;
      if (isOther) return true;
    }
    return false;
  }

  /** See {@linkcode delegationsOf}. */
  delegations(): ReadonlySet<string> {
    return delegationsOf(this.#whole);
  }

  /** Of a row that does not say all of its turn: that turn. */
  wholeAt(row: number): RecordedTurn | undefined {
    return this.#hasWhole ? this.#whole[row] : undefined;
  }

  /** All turns, in the order in which the log shows them first. */
  list(): RecordedTurn[] {
    return this.keys.map((_, row) => this.turnAt(row));
  }

  turnAt(row: number): RecordedTurn {
    const whole = this.#whole[row];
    if (whole !== undefined) return whole;
    const turn = turnOfRow(this.cells, row * ROW_CELLS, this);
    turn.key = this.keys[row]!;
    if (this.replayKeys[row] !== undefined) turn.replayKey = this.replayKeys[row];
    if (this.originalKeys[row] !== undefined) turn.originalKey = this.originalKeys[row];
    return turn;
  }

  #append(key: string, turn: RecordedTurn): void {
    const row = this.keys.push(key) - 1;
    this.#rows?.set(key, row);
    if (turn.originalKey !== undefined) this.originalKeys[row] = turn.originalKey;
    if (turn.replayKey !== undefined) this.replayKeys[row] = turn.replayKey;
    this.#grow(row + 1);
    this.#write(row, turn);
  }

  #grow(rows: number): void {
    if (rows * ROW_CELLS <= this.cells.length) return;
    const longer = new Float64Array(Math.max(2 * this.cells.length, rows * ROW_CELLS));
    longer.set(this.cells);
    this.cells = longer;
  }

  #rowsByKey(): Map<string, number> {
    if (this.#rows !== undefined) return this.#rows;
    const rows = new Map<string, number>();
    let kept = 0;
    for (let row = 0; row < this.length; row++) {
      const key = this.keys[row]!;
      const known = rows.get(key);
      if (known === undefined) {
        rows.set(key, kept);
        this.#move(row, kept++);
      } else this.#merge(known, this.turnAt(row));
    }
    for (const list of this.#lists) if (list.length > kept) list.length = kept;
    return this.#rows = rows;
  }

  #move(row: number, to: number): void {
    for (const list of this.#lists) if (to < list.length) list[to] = list[row];
    this.cells.copyWithin(to * ROW_CELLS, row * ROW_CELLS, (row + 1) * ROW_CELLS);
  }

  /** As {@linkcode mergeTurns} does. */
  #merge(row: number, turn: TurnDraft): void {
    if (this.wholeAt(row) !== undefined || isMoreThanRow(turn)) {
      const merged = mergeTurns(this.turnAt(row), turn);
      this.originalKeys[row] = merged.originalKey;
      this.replayKeys[row] = merged.replayKey;
      return this.#write(row, merged);
    }
    const { cells } = this;
    const start = row * ROW_CELLS;
    const before = cells[start + CELL_FLAGS]!;
    const chain = cells[start + CELL_CHAIN]!;
    const at = cells[start + CELL_AT]!;
    const endedAt = cells[start + CELL_ENDED_AT]!;
    const ttl = cells[start + CELL_REQUESTED_TTL_MS]!;
    const reported = (before & HAS_REPORTED) !== 0 && turn.reported === undefined
      ? reportedOfRow(cells, start, before)
      : undefined;
    this.#write(row, turn, reported);
    cells[start + CELL_CHAIN] = chain;
    if (at < cells[start + CELL_AT]!) cells[start + CELL_AT] = at;
    let flags = cells[start + CELL_FLAGS]!;
    if ((before & HAS_ENDED_AT) !== 0 && !((flags & HAS_ENDED_AT) !== 0 && cells[start + CELL_ENDED_AT]! >= endedAt)) {
      cells[start + CELL_ENDED_AT] = endedAt;
      flags |= HAS_ENDED_AT;
    }
    if ((before & HAS_REQUESTED_TTL) !== 0) cells[start + CELL_REQUESTED_TTL_MS] = ttl;
    flags |= before & (HAS_REQUESTED_TTL | IS_AFTER_COMPACTION | KEEPS_WARM);
    flags &= before | ~WHEN_ALL;
    cells[start + CELL_FLAGS] = flags;
    if (turn.originalKey !== undefined) this.originalKeys[row] ??= turn.originalKey;
    if (turn.replayKey !== undefined) this.replayKeys[row] ??= turn.replayKey;
  }

  /** A log may have one for each of hundreds of sub-agents. */
  #placeOfChain(chain: string): number {
    if (this.chains[this.#lastChain] === chain) return this.#lastChain;
    let place = this.#chainPlaces.get(chain);
    if (place === undefined) this.#chainPlaces.set(chain, place = this.chains.push(chain) - 1);
    return this.#lastChain = place;
  }

  /** All but identities. */
  #write(row: number, turn: RecordedTurn, reported = turn.reported): void {
    const start = row * ROW_CELLS;
    writeTurn(this.cells, start, turn, reported);
    this.cells[start + CELL_MODEL] = placeOfModel(this.models, turn.model);
    this.cells[start + CELL_CHAIN] = this.#placeOfChain(turn.chain);
    if (isMoreThanRow(turn)) {
      this.#whole[row] = turn;
      this.#hasWhole = true;
    } else if (this.#hasWhole) this.#whole[row] = undefined;
  }
}
