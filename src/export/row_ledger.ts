/**
 * The files of one person and machine in a directory, a month each: what was exported, and what every sink sends.
 *
 * Rows are merged into a month's file, which is replaced whole by rename: whoever is killed leaves the old file or the new.
 * Whatever runs next makes the same bytes. A row never goes away.
 */
import {
  listDirectoryIfAny,
  makeOneDirectory,
  moveFile,
  type OnStep,
  readFileIfAny,
  reasonOf,
  statIfAny,
} from "../host/atomic_file.ts";
import { AgentError } from "../core/errors.ts";
import { join } from "../host/paths.ts";
import { writeFileAtomically } from "../host/write_file_atomically.ts";
import { KnownTurns } from "./known_turns.ts";
import { type FreshRow, mergeRow, mergeRows, type MergeTime } from "./merge_rows.ts";
import { MadeFiles } from "./made_files.ts";
import { DamagedTurnFileError, readTurnGroups, readTurnIds } from "./read_turn_file.ts";
import { monthOf, type RowOwner, turnFileName } from "./turn_file_name.ts";
import type { TurnRow } from "./turn_row.ts";
import { makeTurnFile } from "./write_turn_file.ts";

/** Where a ledger is, and how it says what it meets. */
export interface LedgerOptions extends MergeTime {
  /** Absolute; it is there. */
  readonly directory: string;
  readonly owner: RowOwner;
  /** Called with a sentence about a file that is damaged. */
  onDamage(sentence: string): void;
  /** @default the umask's */
  readonly mode?: number;
  /** @default none */
  readonly onStep?: OnStep;
}

/** How a file looked when it was last written, by its name. */
export type FileStamps = Readonly<Record<string, readonly [size: number, mtimeMs: number]>>;

/** Rows that are held before files are written: some 15 MB. */
const MOST_HELD_ROWS = 10_000;

export class RowLedger {
  readonly #options: LedgerOptions;
  readonly #held = new Map<string, Map<bigint, FreshRow>>();
  #heldRows = 0;
  #known: KnownTurns | undefined;
  #isDamaged = false;
  /** Of this run. */
  readonly #written = new Set<string>();
  readonly #made = new MadeFiles();
  #newRows = 0;
  #changedRows = 0;

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  /** What this run did. */
  get counts() {
    return { newRows: this.#newRows, changedRows: this.#changedRows, writtenFiles: this.#written.size };
  }

  /** The months that there are files of, in order. */
  months(): readonly string[] {
    const { directory } = this.#options;
    const found = (listDirectoryIfAny(directory) ?? []).flatMap((name) => /^month=(\d{4}-\d\d)$/.exec(name)?.[1] ?? []);
    return found.filter((month) => statIfAny(this.#pathOf(month))?.isFile());
  }

  stamps(): FileStamps {
    return Object.fromEntries(
      this.months().map((month) => {
        const { size, mtimeMs } = statIfAny(this.#pathOf(month))!;
        return [this.fileName(month), [size, mtimeMs]];
      }),
    );
  }

  /** Below the directory. */
  fileName(month: string): string {
    return turnFileName(month, this.#options.owner);
  }

  #pathOf(month: string): string {
    return join(this.#options.directory, this.fileName(month));
  }

  /** As they are. Undefined where there are none. */
  readBytes(month: string): Uint8Array | undefined {
    const path = this.#pathOf(month);
    return orFailed(path, "read", () => readFileIfAny(path));
  }

  /** Looks into all files. */
  async check(): Promise<void> {
    for (const month of this.months()) {
      for await (const rows of this.readMonth(month)) void rows;
    }
  }

  /** Whether a file was damaged, now has another name, and was said: all that the logs have must be added again. */
  get isDamaged(): boolean {
    return this.#isDamaged;
  }

  /**
   * In order, some at once. A file that turns out to be damaged then has another name, and ends where it is: see
   * {@linkcode isDamaged}. No rows where there is none.
   */
  async *readMonth(month: string): AsyncGenerator<readonly TurnRow[]> {
    const bytes = this.readBytes(month);
    if (bytes === undefined) return;
    try {
      yield* readTurnGroups(bytes);
    } catch (error) {
      if (!(error instanceof DamagedTurnFileError)) throw error;
      this.#moveAside(this.#pathOf(month), error.message);
    }
  }

  #moveAside(path: string, why: string): void {
    const aside = this.#freeName(path);
    orFailed(path, "moved away, though it is damaged", () => moveFile(path, aside, this.#options.onStep));
    this.#isDamaged = true;
    this.#options.onDamage(`"${path}" was damaged (${why}). It is "${aside}" now, and is written anew from the logs.`);
  }

  #freeName(path: string): string {
    for (let number = 1;; number++) {
      const aside = `${path}.damaged${number === 1 ? "" : `-${number}`}`;
      if (statIfAny(aside) === undefined) return aside;
    }
  }

  /** Whether a turn was exported, or is about to be. */
  async has(id: bigint): Promise<boolean> {
    return this.#held.values().some((rows) => rows.has(id)) || (await this.#knownTurns()).monthOf(id) !== undefined;
  }

  async #knownTurns(): Promise<KnownTurns> {
    if (this.#known !== undefined) return this.#known;
    const known = new KnownTurns();
    for (const month of this.months()) {
      const [path, bytes] = [this.#pathOf(month), this.readBytes(month)];
      if (bytes === undefined) continue;
      try {
        await known.setMonth(month, readTurnIds(bytes));
      } catch (error) {
        if (!(error instanceof DamagedTurnFileError)) throw error;
        this.#moveAside(path, error.message);
      }
    }
    return this.#known = known;
  }

  /** Writes files now and then. @throws {AgentError} failed, when one cannot be written */
  async add(rows: readonly FreshRow[]): Promise<void> {
    if (rows.length === 0) return;
    const known = await this.#knownTurns();
    for (const row of rows) {
      // A copy may have the turn at another time: it stays in the file that it came to first.
      const elsewhere = row.inherited === 1 ? known.monthOf(row.turn_id) : known.monthOfInherited(row.turn_id);
      const month = elsewhere ?? monthOf(row.started_at);
      let held = this.#held.get(month);
      if (held === undefined) this.#held.set(month, held = new Map());
      const other = held.get(row.turn_id);
      if (other !== undefined && other.inherited <= row.inherited) continue;
      if (other === undefined) this.#heldRows++;
      held.set(row.turn_id, row);
    }
    if (this.#heldRows >= MOST_HELD_ROWS) await this.flush();
  }

  /** Writes what is held. @throws {AgentError} failed, when a file cannot be written */
  async flush(): Promise<void> {
    for (const month of [...this.#held.keys()].sort()) {
      await this.#writeMonth(month, this.#held.get(month)!);
      this.#held.delete(month);
    }
    this.#heldRows = 0;
  }

  /** The rows of a file that are about some turns. Undefined for one that is damaged, which then has another name. */
  async #rowsAmong(
    month: string,
    bytes: Uint8Array | undefined,
    turns: ReadonlyMap<bigint, FreshRow>,
  ): Promise<ReadonlyMap<bigint, TurnRow> | undefined> {
    const found = new Map<bigint, TurnRow>();
    if (bytes === undefined) return found;
    try {
      for await (const rows of readTurnGroups(bytes)) {
        for (const row of rows) if (turns.has(row.turn_id)) found.set(row.turn_id, row);
      }
      return found;
    } catch (error) {
      if (!(error instanceof DamagedTurnFileError)) throw error;
      this.#moveAside(this.#pathOf(month), error.message);
      return undefined;
    }
  }

  async #writeMonth(month: string, fresh: ReadonlyMap<bigint, FreshRow>): Promise<void> {
    // Read once: it is what all looks at it are about.
    let bytes = this.readBytes(month);
    const path = this.#pathOf(month);
    const known = await this.#knownTurns();
    const isAdded = bytes !== undefined && this.#made.has(path) && fresh.keys().every((id) => !known.isIn(month, id));
    const old = isAdded ? new Map<bigint, TurnRow>() : await this.#rowsAmong(month, bytes, fresh);
    // What is damaged is written anew: of what there was nothing can be told apart.
    if (old === undefined) bytes = undefined;
    const changes = new Map<bigint, TurnRow>();
    for (const [id, row] of fresh) {
      const before = old?.get(id);
      const merged = mergeRow(before, row, this.#options);
      if (merged !== before) changes.set(id, merged);
    }
    if (changes.size === 0) return;
    const changed = changes.keys().filter((id) => old?.has(id)).toArray().length;
    const added = changes.size - changed;
    const { directory, mode, onStep } = this.#options;
    const folder = join(directory, `month=${month}`);
    orFailed(folder, "made", () => makeOneDirectory(folder, mode === undefined ? undefined : 0o700));
    const groups = isAdded ? this.#made.groupsBefore(path, changes.values()) : [];
    const rows = bytes === undefined ? [] : readTurnGroups(bytes, groups.length);
    const written = await makeTurnFile(mergeRows(rows, changes), bytes && { bytes, groups });
    orFailed(path, "written", () => writeFileAtomically(path, written.bytes, { mode, onStep }));
    this.#made.keep(path, written.groups);
    if (isAdded) known.addTo(month, fresh.values());
    else await known.setMonth(month, readTurnIds(written.bytes));
    this.#written.add(month);
    this.#newRows += added;
    this.#changedRows += changed;
  }
}

function orFailed<T>(path: string, done: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    const message = error instanceof AgentError ? error.message : `"${path}" cannot be ${done}: ${reasonOf(error)}.`;
    throw new AgentError("failed", message, {
      hint: "Nothing is lost. Put that right, and run the export again: it goes on where it was.",
      cause: error,
    });
  }
}
