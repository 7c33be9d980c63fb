/**
 * Usage as numbers (usage_columns.ts), kept in two files beside the index by an answer for which nothing changed, for the
 * next one that asks for as much: to read it out of the parts of logs is most of what such an answer does. It belongs to no
 * state of the index: of each log it says which seals its rows had, and goes for as long as they have them. Files that are
 * old, broken or not there cost reading the parts, and nothing else; where much is old the list is emptied, and the answer
 * after that leaves new ones.
 *
 * `-usage` has the numbers: first one that names who wrote it, then those of each log, then times, amounts and counts of
 * the buckets.
 * `-usage-list` has the rest, and what the other file was like when it was written.
 */
import type { EpochMs, ModelRef } from "../../../core/model.ts";
import { VERSION } from "../../../core/version.ts";
import { bootedAt } from "../../../host/environment.ts";
import {
  fileMark,
  isOtherThanFile,
  readBytesIfAny,
  readTextFileIfAny,
  tryWritePrivateFile,
} from "../../../host/files.ts";
import { BOOT_GRAIN_MS } from "../tables/index_file.ts";
import { sealRow } from "../tables/seal_row.ts";
import type { IndexStore } from "../tables/store.ts";
import { markTables } from "./index_marks.ts";
import { AMOUNT_COUNT, type ColumnModel, COUNT_COUNT, TIME_COUNT, type UsageColumns } from "./usage_columns.ts";

/** Raised with every change of these files, for those who run unreleased versions. */
export const READY_USAGE_VERSION = 2;

/** Of which a log's usage consists. */
const TABLES = ["files", "log_parts", "directories"] as const;

/** Of each log its row, the session's, when its last turn was, its seal (log_part_reader.ts), and how many buckets it has. */
const LOG_COUNT = 5;
/** Of eight bytes, as the numbers of logs are. */
export const WORDS_A_BUCKET = TIME_COUNT + AMOUNT_COUNT + COUNT_COUNT / 2;
/** In place of that of a log whose buckets are more than numbers. */
export const NOT_KEPT = -1;

/** Of the logs that are asked for so many have to be read out of their parts before all are found anew. */
const OLD_SHARE = 1 / 4;

/** What the list says. */
export interface ReadyUsageList {
  readonly version: number;
  readonly program: string;
  readonly boot: EpochMs;
  /** What the numbers begin with. */
  readonly writer: number;
  /** What their file was like. */
  readonly mark: ReturnType<typeof fileMark>;
  /** Of what the index had then, see {@linkcode markUsage}. */
  readonly tables: string;
  /** Buckets that end before are missing. None is all there are. */
  readonly since: EpochMs | null;
  readonly logs: number;
  /** Whether all of their buckets are there. */
  readonly isWhole: boolean;
  readonly models: readonly ColumnModel[];
}

/** A log of which all buckets of the time are there. */
export interface ReadyLog {
  readonly file: number;
  readonly session: number;
  readonly lastTurnAt: EpochMs;
  readonly seal: number;
  /** Its buckets, by their places. */
  readonly columns: UsageColumns;
  readonly from: number;
  readonly end: number;
}

/** Usage that is ready. */
export class ReadyUsage {
  readonly #list: ReadyUsageList;
  /** Of the logs, behind one of another kind. */
  readonly #numbers: Float64Array;
  readonly #columns: UsageColumns;
  readonly #places = new Map<number, number>();
  #asked = 0;
  #old = 0;
  readonly models: readonly ModelRef[];
  readonly upstreams: readonly (string | undefined)[];
  /** Where each log's buckets begin. Logs are in the order of their paths, as they were. */
  readonly #starts: Uint32Array;

  private constructor(list: ReadyUsageList, numbers: Float64Array, columns: UsageColumns, starts: Uint32Array) {
    this.#list = list;
    this.#numbers = numbers;
    this.#columns = columns;
    this.#starts = starts;
    const models = new Map<string, ModelRef>();
    // One object for a model at several hosts.
    this.models = list.models.map(([provider, model]) => {
      const name = `${provider}\0${model}`;
      const known = models.get(name) ?? { provider, model };
      models.set(name, known);
      return known;
    });
    this.upstreams = list.models.map(([, , upstream]) => upstream ?? undefined);
  }

  /** Undefined where none is there. */
  static open(indexPath: string): ReadyUsage | undefined {
    const path = `${indexPath}-usage`;
    const list = readList(path);
    if (list === undefined) return undefined;
    if (JSON.stringify(fileMark(path)) !== JSON.stringify(list.mark)) return undefined;
    const bytes = readBytesIfAny(path);
    if (bytes === undefined || bytes.length % 8 !== 0 || bytes.byteOffset % 8 !== 0) return undefined;
    const numbers = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
    if (numbers[0] !== list.writer) return undefined;
    const starts = new Uint32Array(list.logs);
    let count = 0;
    for (let place = 0; place < list.logs; place++) {
      starts[place] = count;
      count += Math.max(numbers[LOG_COUNT * (place + 1)]!, 0);
    }
    const from = 1 + LOG_COUNT * list.logs;
    if (numbers.length !== from + count * WORDS_A_BUCKET) return undefined;
    const amounts = from + TIME_COUNT * count;
    const counts = numbers.subarray(amounts + AMOUNT_COUNT * count);
    const columns = {
      times: numbers.subarray(from, amounts),
      amounts: numbers.subarray(amounts, amounts + AMOUNT_COUNT * count),
      counts: new Int32Array(counts.buffer, counts.byteOffset, COUNT_COUNT * count),
    };
    return new ReadyUsage(list, numbers, columns, starts);
  }

  /** Whether there is all that is asked for. @param since As of `BucketRange` */
  covers(since: EpochMs | undefined): boolean {
    return this.#list.since === null || since !== undefined && since >= this.#list.since;
  }

  get count(): number {
    return this.#list.logs;
  }

  /** Whether there is all that the index has, and nothing else. @param tables As {@linkcode markUsage} gives it */
  isWhole(tables: string): boolean {
    return this.#list.isWhole && this.#list.tables === tables;
  }

  at(place: number): ReadyLog {
    const numbers = this.#numbers;
    const at = 1 + LOG_COUNT * place;
    const from = this.#starts[place]!;
    return {
      file: numbers[at]!,
      session: numbers[at + 1]!,
      lastTurnAt: numbers[at + 2]!,
      seal: numbers[at + 3]!,
      columns: this.#columns,
      from,
      end: from + numbers[at + 4]!,
    };
  }

  /** Those of some logs. */
  sessions(from: number, end: number): readonly number[] {
    const sessions: number[] = [];
    for (let place = from; place < Math.min(end, this.count); place++) {
      sessions.push(this.#numbers[LOG_COUNT * place + 2]!);
    }
    return sessions;
  }

  /** Undefined where it is not there as it is now. */
  of(file: number, seal: number): ReadyLog | undefined {
    if (this.#places.size === 0) {
      for (let place = 0; place < this.count; place++) this.#places.set(this.#numbers[1 + LOG_COUNT * place]!, place);
    }
    this.#asked++;
    const place = this.#places.get(file);
    if (place === undefined || this.#numbers[LOG_COUNT * place + 4] !== seal) {
      this.#old++;
      return undefined;
    }
    return this.#numbers[LOG_COUNT * (place + 1)] === NOT_KEPT ? undefined : this.at(place);
  }

  /** Whether the next answer had better find all anew, by what was asked for one by one. What cannot be kept is as it was. */
  get isOld(): boolean {
    return this.#old > 0 && this.#old >= OLD_SHARE * this.#asked;
  }

  /** Has the next answer find nothing ready, where that can be written. */
  static clear(indexPath: string): void {
    const listPath = `${indexPath}-usage-list`;
    if (!isOtherThanFile(listPath)) tryWritePrivateFile(listPath, "");
  }
}

/** Differs when any log's usage does: for an index in which nothing is unsaved. */
export function markUsage(store: IndexStore): string {
  return markTables(store, TABLES);
}

function readList(path: string): ReadyUsageList | undefined {
  const listPath = `${path}-list`;
  // Who opens a pipe waits for ever.
  const text = fileMark(listPath) === undefined ? undefined : readTextFileIfAny(listPath);
  const end = text?.indexOf("\n") ?? -1;
  if (text === undefined || end < 0) return undefined;
  const json = text.slice(end + 1);
  if (text.slice(0, end) !== String(sealRow([json]))) return undefined;
  const list = JSON.parse(json) as ReadyUsageList;
  const isOurs = list.version === READY_USAGE_VERSION && list.program === VERSION &&
    Math.abs(list.boot - (bootedAt() ?? 0)) <= BOOT_GRAIN_MS;
  return isOurs ? list : undefined;
}
