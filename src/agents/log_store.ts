/**
 * The forms in which agents keep logs. A store says which files below a root it is made of, and how they become records;
 * what a record means is for the source to say, whatever store it came from.
 *
 * Plain data and pure functions: a store is loaded on every start.
 */

/** One way in which an agent keeps logs. */
export type LogStore = LineStore | DocumentStore | TableStore;

interface AnyStore {
  /** Lower case; unique within the agent. A source is told which store a log is of. */
  readonly id: string;
  /** Whether a file below a root may be one of this store's. `relativePath` has `/` between its parts. */
  matches(relativePath: string): boolean;
}

/** What logs have that are files of their own. */
interface FileStore extends AnyStore {
  /**
   * Files whose change means that the log changed: at most 4, relative to the log's directory, such as `workspace.yaml` or
   * `../.project_root`. They need not exist. `start` sees their text, where they have 256 KiB at most.
   * @default none
   */
  readonly companions?: readonly string[];
}

/** A file that grows by lines, each of which is a JSON object. A source's `needles` say which are looked at. */
export interface LineStore extends FileStore {
  readonly form: "lines";
}

/** JSON documents, one a file, each written anew as a whole. */
export interface DocumentStore extends FileStore {
  readonly form: "documents";
  /**
   * Which log a file is part of, by a path below the root: a session's directory with a file for each message. Its files
   * are read in the order of their paths.
   * @default each file is a log of its own
   */
  logOf?(relativePath: string): string;
  /** Whether a document of a log is read before the others: it says what they are of. @default by their paths */
  isFirst?(relativePath: string): boolean;
  /**
   * Whether a file holds lines, each a JSON object, where others of the log are documents: those of them that have one of
   * the source's `needles` are records as they are.
   * @default none does
   */
  isLines?(relativePath: string): boolean;
  /** The records of a document, in order. Never throws: a document that is none of the agent's has none. */
  records(document: unknown, relativePath: string): Iterable<unknown>;
  /** A larger document is left out, and said to be. @default 32 MiB */
  readonly maximumBytes?: number;
}

/** An SQLite database, in which a log is what belongs to one session. */
export interface TableStore extends AnyStore {
  readonly form: "tables";
  /**
   * The first one whose tables and columns are all there is used: what is in a database counts, and no version. One that
   * fits none is said to be unknown.
   */
  readonly layouts: readonly [TableLayout, ...TableLayout[]];
}

/** The statements for one shape of a database. They are run read-only. */
export interface TableLayout {
  /** Tables, each with the columns that the statements need. */
  readonly needs: Readonly<Record<string, readonly string[]>>;
  /**
   * A row a log, with two columns: `log` is its name, and `stamp`, a number or a text, is another one whenever something
   * in it changed. A third, `bytes`, may say about how much there is to read. It should read no large column: it is run
   * whenever the database changed. A log that has no row any more was deleted by its agent: its last sums are kept, so that
   * whatever is in the database has to have one.
   */
  readonly logs: string;
  /** A SELECT of the records of one log, in order and without LIMIT, `?1` being its name: columns become members. */
  readonly records: string;
  /** The same for what people would read, where `records` leaves it out. @default `records` */
  readonly texts?: string;
  /**
   * The same for what fills prompts (prompt_log.ts): the source reads them as well, so that they are `records` with more in
   * them.
   * @default `records`
   */
  readonly prompts?: string;
  /**
   * Columns that hold JSON: as a text (`json`), or compressed, in some rows or in all (`zstd_json`). What is not NULL and
   * not JSON is said to be broken.
   * @default none
   */
  readonly columns?: Readonly<Record<string, "json" | "zstd_json">>;
  /**
   * The one of `columns` whose object is the record, as it would be on a line: its members stand beside the other columns,
   * which go before members of the same name.
   * @default a record has columns alone
   */
  readonly record?: string;
}

/** Which of an agent's stores a file is of: the first that it matches, or the first of all. */
export function storeOf(
  { stores }: { readonly stores: readonly [LogStore, ...LogStore[]] },
  relativePath: string,
): LogStore {
  return stores.length === 1 ? stores[0] : stores.find((store) => store.matches(relativePath)) ?? stores[0];
}

/** Whether a file below a root may be a log, or a part of some. */
export function matchesAny({ stores }: { readonly stores: readonly LogStore[] }, relativePath: string): boolean {
  return stores.length === 1 ? stores[0]!.matches(relativePath) : stores.some((store) => store.matches(relativePath));
}
