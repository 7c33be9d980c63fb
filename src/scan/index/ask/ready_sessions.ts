/**
 * The JSON of sessions whose caches have long been cold, kept in two files beside the index by an answer for which nothing
 * changed, for the next answer that lists most of them: to write all of it is half of what such an answer takes. It belongs
 * to no state of the index: each text says which row, which path of its log, and which lifetime it was made from, and goes
 * for as long as these are the same. Files that are old, broken or not there cost writing them, and nothing else.
 *
 * `-sessions` has a line that names who wrote it, and the texts. `-sessions-list` says where which is, and what the other
 * file was like when it was written.
 */
import type { LifetimeTable } from "../../../core/cache/strategy.ts";
import type { EpochMs } from "../../../core/model.ts";
import { VERSION } from "../../../core/version.ts";
import { bootedAt } from "../../../host/environment.ts";
import { fileMark, isOtherThanFile, readTextFileIfAny, tryWritePrivateFile } from "../../../host/files.ts";
import { BOOT_GRAIN_MS } from "../tables/index_file.ts";
import { sealRow } from "../tables/seal_row.ts";
import type { IndexStore } from "../tables/store.ts";
import type { LazyReport } from "./lazy_report.ts";
import { MANY_SESSIONS } from "./session_bodies.ts";

/** Raised with every change of these files, and of what write_session.ts writes, for those who run unreleased versions. */
const READY_VERSION = 1;

/** Of fewer it takes a millisecond or two to write them. */
const FEW_SESSIONS = 32;
/** Of those that are shown so many have to be written before the files are. */
const WRITTEN_SHARE = 1 / 4;

/** Of every session its row, the seal of that, and a hash of its log's path: as text, which is all that has to be compared. */
const SELECT_ROWS = `SELECT group_concat(row) AS rows FROM (
  SELECT s.id || ' ' || s.seal || ' ' || coalesce(f.path_key, 0) AS row FROM sessions s LEFT JOIN files f ON f.id = s.file
    WHERE s.figures IS NOT NULL ORDER BY s.id)`;

/** What stands in the list, each by the session's place among all. */
interface ReadyList {
  readonly version: number;
  readonly program: string;
  readonly boot: EpochMs;
  /** The first line of the texts. */
  readonly writer: string;
  /** What their file was like. */
  readonly mark: ReturnType<typeof fileMark>;
  /** As {@linkcode SELECT_ROWS} gives them. */
  readonly rows: string;
  /** Of its short id. */
  readonly shortLengths: readonly number[];
  /** Of the texts, in UTF-16. None is 0. */
  readonly lengths: readonly number[];
  /** Which of the pools; none where the session has no cache. */
  readonly poolOf: readonly number[];
  readonly pools: readonly Pool[];
}

/** What is cached where, and what was learned there, as JSON. */
type Pool = readonly [provider: string, model: string, upstream: string | null, learned: string];

/** The texts of one answer: those that are ready, and those that it writes. */
export class ReadySessions {
  readonly #path: string;
  readonly #lifetimes: LifetimeTable;
  readonly #rows: string;
  /** By place. */
  readonly #texts: (string | undefined)[];
  readonly #shortLengths: number[];
  readonly #poolOf: number[];
  readonly #pools: Pool[] = [];
  readonly #placesOfPools = new Map<string, number>();
  /** Whether all sessions are those of the list, so that what is short for each is as it was. */
  #areSame = false;
  #asked = 0;
  #written = 0;

  /** @param count How many sessions there are */
  constructor(indexPath: string, store: IndexStore, lifetimes: LifetimeTable, count: number) {
    this.#path = `${indexPath}-sessions`;
    this.#lifetimes = lifetimes;
    this.#rows = store.get<{ rows: string | null }>(SELECT_ROWS)!.rows ?? "";
    this.#texts = Array<undefined>(count).fill(undefined);
    this.#shortLengths = Array<number>(count).fill(0);
    this.#poolOf = Array<number>(count).fill(-1);
    const list = this.#readList();
    if (list !== undefined) this.#take(list);
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
   * @param shortIdOf What it is called in short
   * @param write What writes it where it is not ready
   */
  read(report: LazyReport, shortIdOf: () => string, write: () => string | undefined): string | undefined {
    // What another than its own row says of it is weighed anew each time.
    if (report.hasOtherCosts || report.isDeleted || !report.isLongCold) return write();
    this.#asked++;
    const { place } = report;
    const ready = this.#texts[place];
    if (ready !== undefined && (this.#areSame || this.#shortLengths[place] === shortIdOf().length)) return ready;
    const text = write();
    if (text === undefined) return undefined;
    this.#written++;
    this.#texts[place] = text;
    this.#shortLengths[place] = shortIdOf().length;
    this.#poolOf[place] = this.#placeOfPool(report);
    return text;
  }

  /** Writes all that are known for the next answer, if that spares it enough. */
  save(): void {
    if (this.#written === 0 || this.#written < WRITTEN_SHARE * this.#asked) return;
    const listPath = `${this.#path}-list`;
    if (isOtherThanFile(this.#path) || isOtherThanFile(listPath)) return;
    // Two that write at once may leave the list of one beside the texts of the other.
    const writer = String(Math.random());
    const texts = this.#texts.map((text) => text ?? "").join("");
    if (!tryWritePrivateFile(this.#path, `${writer}\n${texts}`)) return;
    const list: ReadyList = {
      version: READY_VERSION,
      program: VERSION,
      boot: bootedAt() ?? 0,
      writer,
      mark: fileMark(this.#path),
      rows: this.#rows,
      shortLengths: this.#shortLengths,
      lengths: this.#texts.map((text) => text?.length ?? 0),
      poolOf: this.#poolOf,
      pools: this.#pools,
    };
    const json = JSON.stringify(list);
    tryWritePrivateFile(listPath, `${sealRow([json])}\n${json}`);
    this.#written = 0;
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
  #take({ writer, mark, rows, lengths, shortLengths, poolOf, pools }: ReadyList): void {
    if (JSON.stringify(fileMark(this.#path)) !== JSON.stringify(mark)) return;
    const text = readTextFileIfAny(this.#path);
    const start = writer.length + 1;
    const end = lengths.reduce((sum, length) => sum + length, start);
    if (text === undefined || text.length !== end || !text.startsWith(`${writer}\n`)) return;
    this.#areSame = rows === this.#rows;
    const places = this.#areSame ? undefined : placesOf(rows, this.#rows);
    // Minus one where its lifetime is another one by now.
    const kept = pools.map((pool) =>
      this.#learnedOf(pool[0], pool[1], pool[2]) === pool[3] ? this.#keepPool(pool) : -1
    );
    for (let [old, from] = [0, start]; old < lengths.length; from += lengths[old++]!) {
      const place = places === undefined ? old : places[old]!;
      const pool = poolOf[old]!;
      if (lengths[old] === 0 || place < 0 || pool >= 0 && kept[pool]! < 0) continue;
      this.#texts[place] = text.slice(from, from + lengths[old]!);
      this.#shortLengths[place] = shortLengths[old]!;
      if (pool >= 0) this.#poolOf[place] = kept[pool]!;
    }
  }
}

/** Where each row is among others; minus one where it is not. */
function placesOf(rows: string, others: string): readonly number[] {
  const places = new Map(others.split(",").map((row, place) => [row, place]));
  return rows.split(",").map((row) => places.get(row) ?? -1);
}
