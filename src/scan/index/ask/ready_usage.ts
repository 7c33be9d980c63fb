/**
 * Usage as numbers (usage_columns.ts), kept in two files beside the index by an answer for which nothing changed, for the
 * next one that asks for as much: to read it out of the parts of logs is most of what such an answer does. It belongs to no
 * state of the index: of each log it says which seals its rows had, and goes for as long as they have them. Files that are
 * old, broken or not there cost reading the parts, and nothing else.
 *
 * `-usage` has the numbers: first one that names who wrote it, then those of each log, then those of the buckets.
 * `-usage-list` has the rest, and what the other file was like when it was written.
 */
import type { EpochMs, ModelRef } from "../../../core/model.ts";
import { VERSION } from "../../../core/version.ts";
import { bootedAt } from "../../../host/environment.ts";
import { fileMark, readFileIfAny, readTextFileIfAny } from "../../../host/files.ts";
import { BOOT_GRAIN_MS } from "../tables/index_file.ts";
import { sealRow } from "../tables/seal_row.ts";
import type { IndexStore } from "../tables/store.ts";
import { markTables } from "./index_marks.ts";
import { COLUMN_COUNT, type ColumnModel } from "./usage_columns.ts";

/** Raised with every change of these files, for those who run unreleased versions. */
export const READY_USAGE_VERSION = 1;

/** Of which a log's usage consists. */
const TABLES = ["files", "log_parts", "directories"] as const;

/** Of each log its row, the session's, when its last turn was, its seal (log_part_reader.ts), and how many buckets it has. */
const LOG_COUNT = 5;
/** In place of that of a log whose buckets are more than numbers. */
export const NOT_KEPT = -1;

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
  /** Its buckets, one after the other. */
  readonly columns: Float64Array;
  readonly from: number;
  readonly end: number;
}

/** Usage that is ready. */
export class ReadyUsage {
  readonly #list: ReadyUsageList;
  readonly #numbers: Float64Array;
  readonly #places = new Map<number, number>();
  readonly models: readonly ModelRef[];
  readonly upstreams: readonly (string | undefined)[];
  /** Each in the order of the logs' paths, as they were. */
  readonly #starts: Float64Array;

  private constructor(list: ReadyUsageList, numbers: Float64Array, starts: Float64Array) {
    this.#list = list;
    this.#numbers = numbers;
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
    const bytes = readFileIfAny(path);
    if (bytes === undefined || bytes.length % 8 !== 0 || bytes.byteOffset % 8 !== 0) return undefined;
    const numbers = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
    if (numbers[0] !== list.writer) return undefined;
    const starts = new Float64Array(list.logs);
    let start = 1 + LOG_COUNT * list.logs;
    for (let place = 0; place < list.logs; place++) {
      starts[place] = start;
      start += COLUMN_COUNT * Math.max(numbers[LOG_COUNT * (place + 1)]!, 0);
    }
    return start === numbers.length ? new ReadyUsage(list, numbers, starts) : undefined;
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
      columns: numbers,
      from,
      end: from + COLUMN_COUNT * numbers[at + 4]!,
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
    const place = this.#places.get(file);
    if (place === undefined) return undefined;
    const isKept = this.#numbers[LOG_COUNT * (place + 1)] !== NOT_KEPT;
    return isKept && this.#numbers[LOG_COUNT * place + 4] === seal ? this.at(place) : undefined;
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
