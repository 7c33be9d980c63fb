/**
 * The turns of a log as rows of numbers, merged as its records show them. Sources hand out an object a turn, which is
 * dead as soon as its numbers are here: those of a whole log at once, kept as objects, are most of what a first scan has
 * to collect. What adds a log up reads the rows (sum_table.ts); objects are made where somebody asks for turns.
 */
import { isSameModel, type ModelRef, type ReportedCost, type TokenUsage } from "../../../core/model.ts";
import type { RecordedTurn, TurnDraft } from "../../../agents/source.ts";
import { delegationsOf } from "./delegations.ts";
import { mergeTurns } from "../merge_turns.ts";

/**
 * Cells of a row. assembly/memory.ts of the sums has the same. As an enumeration, of which the compiled program has nothing
 * but the numbers: a row has a dozen of them written.
 */
export const enum Cell {
  at,
  endedAt,
  /** Sum of {@linkcode Flag}. */
  flags,
  /** Places in the table's lists. */
  model,
  chain,
  input,
  cacheRead,
  cacheWrite,
  cacheWrite1h,
  output,
  requestedTtlMs,
  /** What the tool wrote down: all of it, and its parts. */
  reported,
  reportedInput,
  reportedCacheRead,
  reportedCacheWrite,
  reportedOutput,
  /** What it cost in the end. */
  usd,
  /** The next row of the same chain. */
  next,
  /** How many there are. */
  count,
}

/** What a turn has; a cell whose flag is not set says nothing. */
export const enum Flag {
  endedAt = 1,
  requestedTtl = 2,
  afterCompaction = 4,
  reported = 8,
  reportedInput = 16,
  reportedCacheRead = 32,
  reportedCacheWrite = 64,
  reportedOutput = 128,
  isBill = 256,
  copied = 512,
  background = 1024,
  replay = 2048,
  unrequested = 4096,
  /** Of what it cost, see price_rows.ts: whether it is known, by whom, and whether at a rate that is not its own. */
  priced = 8192,
  byTool = 16384,
  byBook = 32768,
  atStandardRate = 65536,
}

/** A merged turn is such only when all of its records are. */
const WHEN_ALL = Flag.copied | Flag.background | Flag.replay | Flag.unrequested;

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
  #rows = new Map<string, number>();
  #chainPlaces = new Map<string, number>();
  #lastChain = 0;
  #hasWhole = false;
  #generation = 0;

  /**
   * @param rows For which there is room from the start. For one log after the other many: what was outgrown is long in memory,
   * and pages that nothing was written to take none. @default few
   */
  constructor(rows = FIRST_ROWS) {
    this.cells = new Float64Array(rows * Cell.count);
  }

  /** Forgets the log before. */
  begin(): void {
    this.#generation++;
    if (this.length === 0) return;
    for (const list of [this.keys, this.originalKeys, this.replayKeys, this.models, this.chains, this.#whole]) {
      list.length = 0;
    }
    this.#rows = new Map();
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
    const { key } = turn;
    const last = this.keys.length - 1;
    // Most records that show a turn again stand behind the one before.
    const row = last >= 0 && this.keys[last] === key ? last : this.#rows.get(key);
    if (row === undefined) this.#append(key, turn);
    else this.#merge(row, turn);
  }

  /** Takes the place of what there was under its key. */
  replace(turn: RecordedTurn): void {
    const row = this.#rows.get(turn.key);
    if (row === undefined) return this.#append(turn.key, turn);
    this.originalKeys[row] = turn.originalKey;
    this.replayKeys[row] = turn.replayKey;
    this.#write(row, turn);
  }

  /** Whether the rows, keys and lists say all that sums need. */
  isPlain(): boolean {
    return !this.#hasWhole || !this.#whole.some((turn) => turn !== undefined && isOdd(turn));
  }

  /** Whether a turn is one that another log has, by what the log itself says. */
  showsOthers(): boolean {
    for (let row = 0; row < this.length; row++) {
      const isOther = (this.cells[row * Cell.count + Cell.flags]! & Flag.copied) !== 0 ||
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
    const { cells } = this;
    const start = row * Cell.count;
    const flags = cells[start + Cell.flags]!;
    const turn: TurnDraft = {
      key: this.keys[row]!,
      at: cells[start + Cell.at]!,
      endedAt: (flags & Flag.endedAt) === 0 ? undefined : cells[start + Cell.endedAt],
      model: this.models[cells[start + Cell.model]!]!,
      usage: this.usageAt(row),
      chain: this.chains[cells[start + Cell.chain]!]!,
    };
    if ((flags & Flag.reported) !== 0) turn.reported = this.#reportedAt(start, flags);
    if ((flags & Flag.requestedTtl) !== 0) turn.requestedTtlMs = cells[start + Cell.requestedTtlMs];
    if ((flags & Flag.afterCompaction) !== 0) turn.afterCompaction = true;
    if ((flags & Flag.copied) !== 0) turn.copied = true;
    if ((flags & Flag.background) !== 0) turn.background = true;
    if ((flags & Flag.replay) !== 0) turn.replay = true;
    if ((flags & Flag.unrequested) !== 0) turn.unrequested = true;
    if (this.replayKeys[row] !== undefined) turn.replayKey = this.replayKeys[row];
    if (this.originalKeys[row] !== undefined) turn.originalKey = this.originalKeys[row];
    return turn;
  }

  usageAt(row: number): TokenUsage {
    const { cells } = this;
    const start = row * Cell.count;
    return {
      input: cells[start + Cell.input]!,
      cacheRead: cells[start + Cell.cacheRead]!,
      cacheWrite: cells[start + Cell.cacheWrite]!,
      cacheWrite1h: cells[start + Cell.cacheWrite1h]!,
      output: cells[start + Cell.output]!,
    };
  }

  #reportedAt(start: number, flags: number): ReportedCost {
    const { cells } = this;
    const cost: { -readonly [Part in keyof ReportedCost]: ReportedCost[Part] } = { usd: cells[start + Cell.reported]! };
    if ((flags & Flag.reportedInput) !== 0) cost.input = cells[start + Cell.reportedInput]!;
    if ((flags & Flag.reportedCacheRead) !== 0) cost.cacheRead = cells[start + Cell.reportedCacheRead]!;
    if ((flags & Flag.reportedCacheWrite) !== 0) cost.cacheWrite = cells[start + Cell.reportedCacheWrite]!;
    if ((flags & Flag.reportedOutput) !== 0) cost.output = cells[start + Cell.reportedOutput]!;
    if ((flags & Flag.isBill) !== 0) cost.isBill = true;
    return cost;
  }

  #append(key: string, turn: RecordedTurn): void {
    const row = this.keys.length;
    this.#rows.set(key, row);
    this.keys.push(key);
    if (turn.originalKey !== undefined) this.originalKeys[row] = turn.originalKey;
    if (turn.replayKey !== undefined) this.replayKeys[row] = turn.replayKey;
    if ((row + 1) * Cell.count > this.cells.length) {
      const longer = new Float64Array(2 * this.cells.length);
      longer.set(this.cells);
      this.cells = longer;
    }
    this.#write(row, turn);
  }

  /** As {@linkcode mergeTurns} does. */
  #merge(row: number, turn: TurnDraft): void {
    if (this.wholeAt(row) !== undefined || isWhole(turn)) {
      const merged = mergeTurns(this.turnAt(row), turn);
      this.originalKeys[row] = merged.originalKey;
      this.replayKeys[row] = merged.replayKey;
      return this.#write(row, merged);
    }
    const { cells } = this;
    const start = row * Cell.count;
    const before = cells[start + Cell.flags]!;
    const chain = cells[start + Cell.chain]!;
    const at = cells[start + Cell.at]!;
    const endedAt = cells[start + Cell.endedAt]!;
    const ttl = cells[start + Cell.requestedTtlMs]!;
    const reported = (before & Flag.reported) !== 0 && turn.reported === undefined
      ? this.#reportedAt(start, before)
      : undefined;
    this.#write(row, turn, reported);
    cells[start + Cell.chain] = chain;
    if (at < cells[start + Cell.at]!) cells[start + Cell.at] = at;
    let flags = cells[start + Cell.flags]!;
    if ((before & Flag.endedAt) !== 0 && !((flags & Flag.endedAt) !== 0 && cells[start + Cell.endedAt]! >= endedAt)) {
      cells[start + Cell.endedAt] = endedAt;
      flags |= Flag.endedAt;
    }
    if ((before & Flag.requestedTtl) !== 0) cells[start + Cell.requestedTtlMs] = ttl;
    flags |= before & (Flag.requestedTtl | Flag.afterCompaction);
    flags &= before | ~WHEN_ALL;
    cells[start + Cell.flags] = flags;
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
    const { cells } = this;
    const start = row * Cell.count;
    const { endedAt, usage, requestedTtlMs } = turn;
    let flags = 0;
    if (endedAt !== undefined) {
      flags |= Flag.endedAt;
      cells[start + Cell.endedAt] = endedAt;
    }
    if (requestedTtlMs !== undefined) {
      flags |= Flag.requestedTtl;
      cells[start + Cell.requestedTtlMs] = requestedTtlMs;
    }
    if (turn.afterCompaction) flags |= Flag.afterCompaction;
    if (turn.copied) flags |= Flag.copied;
    if (turn.background) flags |= Flag.background;
    if (turn.replay) flags |= Flag.replay;
    if (turn.unrequested) flags |= Flag.unrequested;
    if (reported !== undefined) flags |= this.#writeReported(start, reported);
    cells[start + Cell.at] = turn.at;
    cells[start + Cell.flags] = flags;
    cells[start + Cell.model] = placeOfModel(this.models, turn.model);
    cells[start + Cell.chain] = this.#placeOfChain(turn.chain);
    cells[start + Cell.input] = usage.input;
    cells[start + Cell.cacheRead] = usage.cacheRead;
    cells[start + Cell.cacheWrite] = usage.cacheWrite;
    cells[start + Cell.cacheWrite1h] = usage.cacheWrite1h;
    cells[start + Cell.output] = usage.output;
    if (isWhole(turn)) {
      this.#whole[row] = turn;
      this.#hasWhole = true;
    } else if (this.#hasWhole) this.#whole[row] = undefined;
  }

  #writeReported(start: number, reported: ReportedCost): number {
    const { cells } = this;
    const { input, cacheRead, cacheWrite, output } = reported;
    let flags: number = Flag.reported;
    cells[start + Cell.reported] = reported.usd;
    if (input !== undefined) {
      flags |= Flag.reportedInput;
      cells[start + Cell.reportedInput] = input;
    }
    if (cacheRead !== undefined) {
      flags |= Flag.reportedCacheRead;
      cells[start + Cell.reportedCacheRead] = cacheRead;
    }
    if (cacheWrite !== undefined) {
      flags |= Flag.reportedCacheWrite;
      cells[start + Cell.reportedCacheWrite] = cacheWrite;
    }
    if (output !== undefined) {
      flags |= Flag.reportedOutput;
      cells[start + Cell.reportedOutput] = output;
    }
    if (reported.isBill === true) flags |= Flag.isBill;
    return flags;
  }
}

/** Whether a row does not say all of it. */
function isWhole(turn: RecordedTurn): boolean {
  return turn.terms !== undefined || turn.missReason !== undefined || turn.delegation !== undefined || isOdd(turn);
}

/** Whether it takes more than its row to add it up. */
function isOdd({ requests, cacheExpiresAt, total, sessionId, reported }: RecordedTurn): boolean {
  return requests !== undefined || cacheExpiresAt !== undefined || total !== undefined || sessionId !== undefined ||
    reported?.credits !== undefined;
}

/** From the end: a log's neighbours mostly have one model, and one object for it. */
function placeOfModel(models: ModelRef[], model: ModelRef): number {
  for (let place = models.length - 1; place >= 0; place--) {
    const known = models[place]!;
    if (known === model || isSameModel(known, model)) return place;
  }
  return models.push(model) - 1;
}
