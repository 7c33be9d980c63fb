/** Gathers usage while it is read out of the parts of logs, and keeps it for the next answer: see ready_usage.ts. */
import { VERSION } from "../../../core/version.ts";
import { bootedAt } from "../../../host/environment.ts";
import { fileMark, isOtherThanFile, tryWritePrivateFile } from "../../../host/files.ts";
import type { EpochMs } from "../../../core/model.ts";
import type { LogBucket } from "../sums/usage_buckets.ts";
import { sealRow } from "../tables/seal_row.ts";
import type { LogParts } from "./log_part_reader.ts";
import { NOT_KEPT, READY_USAGE_VERSION, type ReadyUsageList, WORDS_A_BUCKET } from "./ready_usage.ts";
import {
  AMOUNT_COUNT,
  type ColumnModel,
  COUNT_COUNT,
  isInColumns,
  TIME_COUNT,
  type UsageColumns,
  writeColumns,
} from "./usage_columns.ts";

/** Of fewer logs it takes a millisecond or two to read the parts. */
const FEW_LOGS = 32;
/** Some four megabytes: reading more than that of each time is no gain. */
const MANY_BUCKETS = 1 << 15;

/** What an answer finds, for the next one. */
export class FoundUsage {
  readonly #indexPath: string;
  readonly #tables: string;
  readonly #since: EpochMs | undefined;
  readonly #models: ColumnModel[] = [];
  readonly #placesOfModels = new Map<string, number>();
  readonly #logs: number[] = [];
  #columns = makeColumns(512);
  /** How many buckets there are, and for how many there is room. */
  #length = 0;
  #room = 512;
  /** Where the log that is being read begins. */
  #from = 0;
  #isKept = true;
  #isWhole = true;
  #isTooMuch = false;
  #asked = 0;

  /** @param since What is asked for @param tables As {@linkcode markUsage} gives it */
  constructor(indexPath: string, since: EpochMs | undefined, tables: string) {
    this.#indexPath = indexPath;
    this.#since = since;
    this.#tables = tables;
  }

  /** Whether there is all that is asked for. @param since As of `BucketRange` */
  covers(since: EpochMs | undefined): boolean {
    return this.#since === undefined || since !== undefined && since >= this.#since;
  }

  /** A log's begin. */
  begin(): void {
    this.#from = this.#length;
    this.#isKept = true;
  }

  /** Of that log. */
  add(bucket: LogBucket): void {
    if (this.#isTooMuch || !this.#isKept) return;
    this.#isKept = isInColumns(bucket);
    if (!this.#isKept) return;
    if (this.#length === MANY_BUCKETS) return this.#giveUp();
    if (this.#length === this.#room) {
      const wider = makeColumns(this.#room *= 2);
      wider.times.set(this.#columns.times);
      wider.amounts.set(this.#columns.amounts);
      wider.counts.set(this.#columns.counts);
      this.#columns = wider;
    }
    writeColumns(this.#columns, this.#length++, bucket, this.#placeOf(bucket));
  }

  /** All of its are there. */
  end({ file, session, lastTurnAt, seal }: LogParts): void {
    if (this.#isTooMuch) return;
    this.#asked++;
    if (!this.#isKept) {
      this.#isWhole = false;
      this.#length = this.#from;
    }
    const count = this.#isKept ? this.#length - this.#from : NOT_KEPT;
    this.#logs.push(file, session, lastTurnAt, seal, count);
  }

  #giveUp(): void {
    this.#isTooMuch = true;
    this.#logs.length = 0;
    this.#columns = makeColumns(0);
  }

  #placeOf({ model: { provider, model }, upstream }: Pick<LogBucket, "model" | "upstream">): number {
    const name = `${provider}\0${model}\0${upstream ?? ""}`;
    let place = this.#placesOfModels.get(name);
    if (place === undefined) {
      this.#placesOfModels.set(name, place = this.#models.push([provider, model, upstream ?? null]) - 1);
    }
    return place;
  }

  /** Writes it for the next answer, if that spares it enough. */
  save(): void {
    if (this.#isTooMuch || this.#asked < FEW_LOGS) return;
    const path = `${this.#indexPath}-usage`;
    const listPath = `${path}-list`;
    if (isOtherThanFile(path) || isOtherThanFile(listPath)) return;
    // Two that write at once may leave the list of one beside the numbers of the other.
    const writer = Math.random();
    const { times, amounts, counts } = this.#columns;
    const count = this.#length;
    const from = 1 + this.#logs.length;
    const numbers = new Float64Array(from + WORDS_A_BUCKET * count);
    numbers[0] = writer;
    numbers.set(this.#logs, 1);
    numbers.set(times.subarray(0, TIME_COUNT * count), from);
    numbers.set(amounts.subarray(0, AMOUNT_COUNT * count), from + TIME_COUNT * count);
    const behind = numbers.subarray(from + (TIME_COUNT + AMOUNT_COUNT) * count);
    new Int32Array(behind.buffer, behind.byteOffset).set(counts.subarray(0, COUNT_COUNT * count));
    if (!tryWritePrivateFile(path, new Uint8Array(numbers.buffer))) return;
    const list: ReadyUsageList = {
      version: READY_USAGE_VERSION,
      program: VERSION,
      boot: bootedAt() ?? 0,
      writer,
      mark: fileMark(path),
      tables: this.#tables,
      since: this.#since ?? null,
      logs: this.#asked,
      isWhole: this.#isWhole,
      models: this.#models,
    };
    const json = JSON.stringify(list);
    tryWritePrivateFile(listPath, `${sealRow([json])}\n${json}`);
  }
}

function makeColumns(count: number): UsageColumns {
  return {
    times: new Float64Array(TIME_COUNT * count),
    amounts: new Float64Array(AMOUNT_COUNT * count),
    counts: new Int32Array(COUNT_COUNT * count),
  };
}
