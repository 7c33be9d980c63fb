/**
 * Reads logs of JSON documents, each written anew as a whole. One that is no JSON may be in the middle of that, so that it is
 * read again the next time, and what was known of it counts until then.
 */
import type { DocumentStore } from "../../../agents/log_store.ts";
import { openFile } from "../../../host/files.ts";
import type { FoundFile } from "../../../host/walk_files.ts";
import { describeParseError } from "../lines/parse_line.ts";
import {
  describeRecord,
  type FoundLog,
  type LocatedProblem,
  type LogReader,
  LogUnfinishedError,
  type PlacedProblem,
  type ReadEnd,
  type ReadPosition,
  type RecordSink,
  type Wanted,
} from "../log_reader.ts";
import { linesReader } from "../lines/lines_reader.ts";

/** As long as a line may be. */
const DEFAULT_MAXIMUM_BYTES = 32 << 20;
const CHUNK_BYTES = 1 << 20;
/** Room for a megabyte takes a hundred times as long to make as most documents take to read. */
const SMALLEST_CHUNK_BYTES = 1 << 9;
/** Records that are handed over in one step. */
const STEP_RECORDS = 500;

/** Places are numbers of records. */
export class DocumentsReader implements LogReader {
  readonly isRewritten = true;
  readonly #store: DocumentStore;

  constructor(store: DocumentStore) {
    this.#store = store;
  }

  read(log: FoundLog, wanted: Wanted, _from: ReadPosition | undefined, sink: RecordSink): Generator<number, ReadEnd> {
    return this.#read(log, wanted, sink);
  }

  *check(log: FoundLog, sink: RecordSink): Generator<number, void> {
    yield* this.#read(log, undefined, sink);
  }

  locate(_log: FoundLog, problems: readonly PlacedProblem[]): readonly LocatedProblem[] {
    return problems.map(({ message, place }) => this.describe(message, place));
  }

  describe(message: string, place: number | undefined): LocatedProblem {
    return describeRecord("Record", message, place);
  }

  /** @param wanted Undefined looks for every fault */
  *#read(log: FoundLog, wanted: Wanted | undefined, sink: RecordSink): Generator<number, ReadEnd> {
    let [place, bytesRead] = [0, 0];
    const { documents } = log;
    for (const file of documents ?? [log]) {
      const said = (message: string) => documents === undefined ? message : `"${file.relativePath}": ${message}`;
      if (this.#store.isLines?.(file.relativePath)) {
        bytesRead = yield* readLinesOf(file, bytesRead, wanted, {
          record: (record) => sink.record(record, ++place),
          problem: (message) => sink.problem(said(message)),
        });
        continue;
      }
      const isStrict = wanted === undefined;
      const found = yield* this.#parse(file, bytesRead, isStrict, (message) => sink.problem(said(message)));
      bytesRead += found.bytes;
      if ("fault" in found) {
        // Of a directory of documents that nobody is writing one that is broken stays so: the others count.
        if (documents === undefined || log.ctimeMs < 0) throw new LogUnfinishedError(said(found.fault));
        sink.problem(`${said(found.fault)}. It is not counted.`);
        continue;
      }
      for (const record of this.#store.records(found.document, file.relativePath)) {
        sink.record(record, ++place);
        if (place % STEP_RECORDS === 0) yield bytesRead;
      }
    }
    return { nextOffset: 0, fingerprint: "", bytesRead };
  }

  *#parse(
    { path, size }: Pick<FoundFile, "path" | "size">,
    before: number,
    isStrict: boolean,
    warn: (message: string) => void,
  ): Generator<number, { readonly bytes: number } & ({ readonly document: unknown } | { readonly fault: string })> {
    const { maximumBytes = DEFAULT_MAXIMUM_BYTES } = this.#store;
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    const file = openFile(path, 0);
    try {
      for (;;) {
        // With room for a byte more than there was, which shows whether there is more now.
        const room = Math.max(SMALLEST_CHUNK_BYTES, Math.min(CHUNK_BYTES, size - bytes + 1, maximumBytes + 1 - bytes));
        const piece = new Uint8Array(room);
        const count = file.read(piece);
        if (count === 0) break;
        bytes += count;
        if (bytes > maximumBytes) {
          return { bytes, fault: `the document is larger than ${maximumBytes / (1 << 20)} MiB` };
        }
        pieces.push(piece.subarray(0, count));
        yield before + bytes;
      }
    } finally {
      file.close();
    }
    if (bytes === 0) return { bytes, fault: "the document is empty" };
    try {
      return { bytes, document: JSON.parse(decode(pieces, isStrict, warn)) as unknown };
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return { bytes, fault: `the document is no JSON, or is being written (${describeParseError(error)})` };
    }
  }
}

/** @returns bytes that have been read by then */
function* readLinesOf(
  file: FoundFile,
  before: number,
  wanted: Wanted | undefined,
  sink: RecordSink,
): Generator<number, number> {
  const steps = wanted === undefined
    ? linesReader.check(file, {
      record: sink.record,
      problem: (message, line) => sink.problem(line === undefined ? message : `line ${line}: ${message}`),
    })
    : linesReader.read(file, { needles: wanted.needles }, undefined, sink);
  let bytes = 0;
  for (const read of steps) yield before + (bytes = read);
  return before + bytes;
}

function decode(pieces: readonly Uint8Array[], isStrict: boolean, warn: (message: string) => void): string {
  const textOf = (decoder: TextDecoder) =>
    pieces.map((piece) => decoder.decode(piece, { stream: true })).join("") + decoder.decode();
  if (isStrict) {
    try {
      return textOf(new TextDecoder("utf-8", { fatal: true }));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      warn("Not valid UTF-8; the broken characters are replaced.");
    }
  }
  return textOf(new TextDecoder());
}
