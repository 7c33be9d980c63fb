/**
 * The directories of logs. A log's row has the number of its own and the rest of its path: many logs share one, and it is
 * the longer half. One that no log is in any more stays: it is the next log's.
 */

/** In a statement: logs, `f`, with their directories, `d`. */
export const LOGS = "files f JOIN directories d ON d.id = f.directory";
/** The path of such a log. */
export const LOG_PATH = "d.path || f.name";

/** A path in its two parts. */
export interface SplitPath {
  /** With the separator at its end. */
  readonly directory: string;
  readonly name: string;
}

/** Whatever separates the parts of paths: one put behind the other is the path. */
export function splitPath(path: string): SplitPath {
  const end = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1;
  return { directory: path.slice(0, end), name: path.slice(end) };
}

/** What is needed of the store. */
interface DirectoryTable {
  all<Row>(sql: string): Row[];
  insert(table: "directories", values: readonly [id: number, path: string]): void;
}

/** The numbers of directories, by path, while one process writes. */
export class DirectoryIds {
  readonly #table: DirectoryTable;
  readonly #ids: Map<string, number>;
  #last: number;

  constructor(table: DirectoryTable) {
    this.#table = table;
    const known = table.all<{ id: number; path: string }>("SELECT id, path FROM directories");
    this.#ids = new Map(known.map(({ id, path }) => [path, id]));
    this.#last = known.reduce((last, { id }) => Math.max(last, id), 0);
  }

  /** That of a directory, which is stored when it is new. */
  of(path: string): number {
    const known = this.#ids.get(path);
    if (known !== undefined) return known;
    const id = ++this.#last;
    this.#ids.set(path, id);
    this.#table.insert("directories", [id, path]);
    return id;
  }
}
