/**
 * The JSON of sessions whose caches have long been cold, kept in two files beside the index by an answer for which nothing
 * changed, for the next answer that lists most of them: to write all of it is half of what such an answer takes. It belongs
 * to no state of the index: each text says which row, path of its log, total of its agent and lifetime it was made from, and
 * goes for as long as these are the same. Files that are old, broken or not there cost writing them, and nothing else.
 *
 * `-sessions` has a line that names who wrote it, the texts in the order of that answer, with commas between, and a line of
 * what the index had then. `-sessions-list` says where which is, and what the other file was like when it was written.
 */
import type { LifetimeTable } from "../../../core/cache/strategy.ts";
import type { EpochMs, Usd } from "../../../core/model.ts";
import { VERSION } from "../../../core/version.ts";
import { bootedAt } from "../../../host/environment.ts";
import { fileMark, isOtherThanFile, readTextFileIfAny, tryWritePrivateFile } from "../../../host/files.ts";
import { BOOT_GRAIN_MS } from "../tables/index_file.ts";
import { sealRow } from "../tables/seal_row.ts";
import type { IndexStore } from "../tables/store.ts";
import { markTables } from "./index_marks.ts";
import type { LazyReport } from "./lazy_report.ts";
import { MANY_SESSIONS } from "./session_bodies.ts";

/** Raised with every change of these files, and of what write_session.ts writes, for those who run unreleased versions. */
const READY_VERSION = 3;

/** Of fewer it takes a millisecond or two to write them. */
const FEW_SESSIONS = 32;
/** Of those that are shown so many have to be written before the files are. */
const WRITTEN_SHARE = 1 / 4;

/** Of every session its row, the seal of that, and a hash of its log's path: as text, which is all that has to be compared. */
const SELECT_ROWS = `SELECT group_concat(row) AS rows FROM (
  SELECT s.id || ' ' || s.seal || ' ' || coalesce(f.path_key, 0) AS row FROM sessions s LEFT JOIN files f ON f.id = s.file
    WHERE s.figures IS NOT NULL ORDER BY s.id)`;
/** Where these are as they were, so is that. */
const TABLES = ["sessions", "files"] as const;

/** What stands in the list. */
interface ReadyList {
  readonly version: number;
  readonly program: string;
  readonly boot: EpochMs;
  /** The first line of the texts. */
  readonly writer: string;
  /** What their file was like. */
  readonly mark: ReturnType<typeof fileMark>;
  /** As markTables() gives {@linkcode TABLES}. */
  readonly tables: string;
  /** Of each text the place of its session among all. */
  readonly places: readonly number[];
  /** In UTF-16. */
  readonly lengths: readonly number[];
  /** Of its short id. */
  readonly shortLengths: readonly number[];
  /** Which of the pools; none where the session has no cache. */
  readonly poolOf: readonly number[];
  /** Of few: what their agents say that they cost, where that adds something to the sums of their turns. */
  readonly totals: readonly (readonly [place: number, total: Usd])[];
  readonly pools: readonly Pool[];
}

/** What is cached where, and what was learned there, as JSON. */
type Pool = readonly [provider: string, model: string, upstream: string | null, learned: string];

/** A text that this answer wrote. */
interface WrittenText {
  readonly text: string;
  readonly shortLength: number;
  readonly pool: number;
  readonly total: Usd | undefined;
}

/** The texts of one answer: those that are ready, and those that it writes. */
export class ReadySessions {
  readonly #path: string;
  readonly #store: IndexStore;
  readonly #lifetimes: LifetimeTable;
  readonly #tables: string;
  #rows: string | undefined;
  /** All that is ready. */
  #text = "";
  /** By place; nothing is ready of a length of zero. */
  readonly #starts: Uint32Array;
  readonly #lengths: Uint32Array;
  readonly #shortLengths: Uint32Array;
  readonly #poolOf: Int32Array;
  readonly #totals = new Map<number, Usd>();
  readonly #pools: Pool[] = [];
  readonly #placesOfPools = new Map<string, number>();
  readonly #written = new Map<number, WrittenText>();
  /** Places, in the order of this answer. */
  readonly #asked: number[] = [];
  /** Whether all sessions are those of the list, so that what is short for each is as it was. */
  #areSame = false;

  /**
   * @param count How many sessions there are
   * @param isSaved Whether all that the index has is in its tallies
   */
  constructor(indexPath: string, store: IndexStore, lifetimes: LifetimeTable, count: number, isSaved: boolean) {
    this.#path = `${indexPath}-sessions`;
    this.#store = store;
    this.#lifetimes = lifetimes;
    this.#tables = isSaved ? markTables(store, TABLES) : "";
    this.#starts = new Uint32Array(count);
    this.#lengths = new Uint32Array(count);
    this.#shortLengths = new Uint32Array(count);
    this.#poolOf = new Int32Array(count).fill(-1);
    const list = this.#readList();
    if (list !== undefined) this.#take(list);
  }

  /** Whether something is ready. */
  get isAny(): boolean {
    return this.#text !== "";
  }

  /** Whether so many are worth it. */
  static areFit(count: number): boolean {
    return count >= FEW_SESSIONS && count <= MANY_SESSIONS;
  }

  /** Whether an answer left some, which may be of no use by now. */
  static areThere(indexPath: string): boolean {
    return fileMark(`${indexPath}-sessions-list`) !== undefined;
  }

  /**
   * The JSON of sessions, with commas between, in parts: put together they would be copied once more.
   *
   * @param isOwn Whether a session's text may be one of these
   * @param shortIdOf What it is called in short
   * @param write What writes it where it is not ready
   * @param make What is to be taken of one that may be none of these, or that nothing is written of
   */
  join(
    reports: readonly LazyReport[],
    isOwn: (report: LazyReport) => boolean,
    shortIdOf: (report: LazyReport) => string,
    write: (report: LazyReport, shortId: string) => string | undefined,
    make: (report: LazyReport) => string,
  ): string[] {
    const parts: string[] = [];
    // What is ready of sessions that are neighbours here and there is taken at once.
    let [from, end] = [0, 0];
    const takeReady = () => {
      if (end > from) {
        const isBehindComma = parts.length > 0 && this.#text[from - 1] === ",";
        if (parts.length > 0 && !isBehindComma) parts.push(",");
        parts.push(this.#text.slice(isBehindComma ? from - 1 : from, end));
      }
      from = end = 0;
    };
    for (const report of reports) {
      const isKept = report.isLongCold && report.isDeleted === undefined && isOwn(report);
      const { place, otherTotal: total } = report;
      const length = this.#lengths[place]!;
      if (isKept) this.#asked.push(place);
      const isReady = isKept && length > 0 && this.#totals.get(place) === total;
      if (isReady && (this.#areSame || this.#shortLengths[place] === shortIdOf(report).length)) {
        const start = this.#starts[place]!;
        if (end === 0 || start !== end + 1) {
          takeReady();
          from = start;
        }
        end = start + length;
        continue;
      }
      takeReady();
      const shortId = isOwn(report) ? shortIdOf(report) : undefined;
      const written = shortId === undefined ? undefined : write(report, shortId);
      const text = written ?? make(report);
      parts.push(parts.length > 0 ? `,${text}` : text);
      // What cannot be written out of the index for another reason is rare.
      if (!isKept || written === undefined && total === undefined) continue;
      this.#written.set(place, { text, shortLength: shortId!.length, pool: this.#placeOfPool(report), total });
    }
    takeReady();
    return parts;
  }

  /** Writes all that are known for the next answer, if that spares it enough. */
  save(): void {
    if (this.#written.size === 0 || this.#written.size < WRITTEN_SHARE * this.#asked.length) return;
    const listPath = `${this.#path}-list`;
    if (isOtherThanFile(this.#path) || isOtherThanFile(listPath)) return;
    // Two that write at once may leave the list of one beside the texts of the other.
    const writer = String(Math.random());
    const texts: string[] = [];
    const totals: [place: number, total: Usd][] = [];
    const list = { places: [] as number[], shortLengths: [] as number[], poolOf: [] as number[], totals };
    for (const place of new Set([...this.#asked, ...this.#lengths.keys()])) {
      const known = this.#written.get(place) ?? this.#readyAt(place);
      if (known === undefined) continue;
      texts.push(known.text);
      list.places.push(place);
      list.shortLengths.push(known.shortLength);
      list.poolOf.push(known.pool);
      if (known.total !== undefined) totals.push([place, known.total]);
    }
    if (!tryWritePrivateFile(this.#path, `${writer}\n${texts.join()}\n${this.#readRows()}`)) return;
    const json = JSON.stringify(
      {
        version: READY_VERSION,
        program: VERSION,
        boot: bootedAt() ?? 0,
        writer,
        mark: fileMark(this.#path),
        tables: this.#tables,
        lengths: texts.map(({ length }) => length),
        pools: this.#pools,
        ...list,
      } satisfies ReadyList,
    );
    tryWritePrivateFile(listPath, `${sealRow([json])}\n${json}`);
    this.#written.clear();
  }

  #readyAt(place: number): WrittenText | undefined {
    const [start, length] = [this.#starts[place]!, this.#lengths[place]!];
    if (length === 0) return undefined;
    return {
      text: this.#text.slice(start, start + length),
      shortLength: this.#shortLengths[place]!,
      pool: this.#poolOf[place]!,
      total: this.#totals.get(place),
    };
  }

  #readRows(): string {
    return this.#rows ??= this.#store.get<{ rows: string | null }>(SELECT_ROWS)!.rows ?? "";
  }

  #placeOfPool({ cacheBasis: { anchor } }: LazyReport): number {
    if (anchor === undefined) return -1;
    const { model: { provider, model }, upstream = null } = anchor;
    return this.#keepPool([provider, model, upstream, this.#learnedOf(provider, model, upstream)]);
  }

  #keepPool(pool: Pool): number {
    const name = pool.slice(0, 3).join("\0");
    let place = this.#placesOfPools.get(name);
    if (place === undefined) this.#placesOfPools.set(name, place = this.#pools.push(pool) - 1);
    return place;
  }

  #learnedOf(provider: string, model: string, upstream: string | null): string {
    return JSON.stringify(this.#lifetimes.lookUp({ provider, model }, upstream ?? undefined) ?? null);
  }

  #readList(): ReadyList | undefined {
    const path = `${this.#path}-list`;
    // Who opens a pipe waits for ever.
    const text = fileMark(path) === undefined ? undefined : readTextFileIfAny(path);
    const end = text?.indexOf("\n") ?? -1;
    if (text === undefined || end < 0) return undefined;
    const json = text.slice(end + 1);
    if (text.slice(0, end) !== String(sealRow([json]))) return undefined;
    const list = JSON.parse(json) as ReadyList;
    const isOurs = list.version === READY_VERSION && list.program === VERSION &&
      Math.abs(list.boot - (bootedAt() ?? 0)) <= BOOT_GRAIN_MS;
    return isOurs ? list : undefined;
  }

  /** The texts of a list that still go. */
  #take({ writer, mark, tables, places, lengths, shortLengths, poolOf, totals, pools }: ReadyList): void {
    if (JSON.stringify(fileMark(this.#path)) !== JSON.stringify(mark)) return;
    const text = readTextFileIfAny(this.#path);
    // A comma behind each but the last one, which the line's end is behind.
    const end = lengths.reduce((sum, length) => sum + length + 1, writer.length + 1);
    if (text === undefined || text[end - 1] !== "\n" || !text.startsWith(`${writer}\n`)) return;
    this.#areSame = this.#tables !== "" && this.#tables === tables;
    let now: readonly number[] | undefined;
    if (!this.#areSame) {
      const rows = text.slice(end);
      this.#areSame = rows === this.#readRows();
      if (!this.#areSame) now = placesOf(rows, this.#readRows());
    }
    this.#text = text;
    for (const [place, total] of totals) this.#totals.set(now === undefined ? place : now[place]!, total);
    // Minus one where its lifetime is another one by now.
    const kept = pools.map((pool) =>
      this.#learnedOf(pool[0], pool[1], pool[2]) === pool[3] ? this.#keepPool(pool) : -1
    );
    for (let [at, start] = [0, writer.length + 1]; at < places.length; start += lengths[at++]! + 1) {
      const place = now === undefined ? places[at]! : now[places[at]!]!;
      const pool = poolOf[at]!;
      if (place < 0 || pool >= 0 && kept[pool]! < 0) continue;
      this.#starts[place] = start;
      this.#lengths[place] = lengths[at]!;
      this.#shortLengths[place] = shortLengths[at]!;
      if (pool >= 0) this.#poolOf[place] = kept[pool]!;
    }
  }
}

/** Where each row is among others; minus one where it is not. */
function placesOf(rows: string, others: string): readonly number[] {
  const places = new Map(others.split(",").map((row, place) => [row, place]));
  return rows.split(",").map((row) => places.get(row) ?? -1);
}
