/**
 * Reads what the index has of single sessions. An answer asks it of the few that it shows; who asks it of many is given
 * what was read of all at once.
 */
import type { IndexStore } from "../tables/store.ts";
import type { StoredSession } from "../sums/stored_session.ts";

/** A session's body, and what stands beside it. */
export interface BodyRow {
  readonly stored: StoredSession;
  readonly cwd: string | undefined;
  /** Of its own log. Null when the body has it. */
  readonly file: string | null;
}

/** So many at once: most homes have fewer, and the texts of a hundred thousand would take more memory than they do. */
export const MANY_SESSIONS = 4096;

/** So many are read one by one, or this share of all, before all are: one alone takes as long as several of those. */
const MANY_SINGLES = 64;
const SINGLES_SHARE = 1 / 8;

const SELECT_ONE = `SELECT '[' || s.figures || ',' || s.body || ']' AS body, s.cwd,
  d.path || f.name AS path FROM sessions s LEFT JOIN files f ON f.id = s.file
    LEFT JOIN directories d ON d.id = f.directory WHERE s.id = ?`;

/** Some in one text each for their bodies and paths: see `readSessions`. */
const SELECT_SOME = `SELECT '[' || group_concat('[' || figures || ',' || body || ']') || ']' AS bodies,
  '[' || group_concat(coalesce(cwd, 'null')) || ']' AS directories,
  '[' || group_concat(coalesce(json_quote(path), 'null')) || ']' AS paths FROM (
    SELECT s.figures, s.body, s.cwd, d.path || f.name AS path FROM sessions s LEFT JOIN files f ON f.id = s.file
      LEFT JOIN directories d ON d.id = f.directory
      WHERE s.id >= ? AND s.id <= ? AND s.figures IS NOT NULL ORDER BY s.id)`;

const SELECT_DIRECTORIES = `SELECT '[' || group_concat(coalesce(cwd, 'null')) || ']' AS directories FROM (
  SELECT cwd FROM sessions WHERE id >= ? AND id <= ? AND figures IS NOT NULL ORDER BY id)`;

export class SessionBodies {
  readonly #store: IndexStore;
  readonly #ids: readonly number[];
  readonly #knownTexts: () => readonly string[];
  #singles = 0;
  #all: readonly BodyRow[] | undefined;
  #directories: readonly (string | undefined)[] | undefined;

  /**
   * @param ids In their order: all that the index has figures of
   * @param knownTexts Texts that rows may have as well, so that of many sessions each is kept once
   */
  constructor(store: IndexStore, ids: readonly number[], knownTexts: () => readonly string[]) {
    this.#store = store;
    this.#ids = ids;
    this.#knownTexts = knownTexts;
  }

  /** @param place Of the session among the ids @param isOneOfMany Whether all are going to be read. @default it shows */
  read(place: number, isOneOfMany = false): BodyRow {
    const mostSingles = Math.max(MANY_SINGLES, SINGLES_SHARE * this.#ids.length);
    if (this.#all === undefined && !isOneOfMany && ++this.#singles <= mostSingles) {
      const { body, cwd, path } = this.#store.get<{ body: string; cwd: string | null; path: string | null }>(
        SELECT_ONE,
        this.#ids[place]!,
      )!;
      return {
        stored: JSON.parse(body) as StoredSession,
        cwd: cwd === null ? undefined : JSON.parse(cwd) as string,
        file: path,
      };
    }
    return (this.#all ??= this.#readAll())[place]!;
  }

  /** Its directory. Who asks it of one mostly asks it of all. */
  cwdOf(place: number): string | undefined {
    if (this.#all !== undefined) return this.#all[place]!.cwd;
    return (this.#directories ??= this.#readDirectories())[place];
  }

  #readDirectories(): readonly (string | undefined)[] {
    const all: (string | undefined)[] = [];
    const once = keepOnce(() => []);
    for (const { directories } of this.#readChunks<"directories">(SELECT_DIRECTORIES)) {
      for (const directory of readDirectories(directories, once)) all.push(directory);
    }
    return all;
  }

  #readAll(): readonly BodyRow[] {
    const rows: BodyRow[] = [];
    const once = this.#ids.length < MANY_SESSIONS ? (text: string) => text : keepOnce(this.#knownTexts);
    for (const row of this.#readChunks<"bodies" | "directories" | "paths">(SELECT_SOME)) {
      const bodies = JSON.parse(row.bodies) as Mutable<StoredSession>[];
      const directories = readDirectories(row.directories, once);
      const paths = JSON.parse(row.paths) as (string | null)[];
      for (const [place, stored] of bodies.entries()) {
        if (stored[12] !== 0) stored[12] = once(stored[12]);
        if (typeof stored[13] === "string") stored[13] = once(stored[13]);
        const path = paths[place]!;
        rows.push({ stored, cwd: directories[place], file: path === null ? null : once(path) });
      }
    }
    return rows;
  }

  *#readChunks<Column extends string>(sql: string): Generator<Record<Column, string>> {
    for (let from = 0; from < this.#ids.length; from += MANY_SESSIONS) {
      const last = Math.min(from + MANY_SESSIONS, this.#ids.length) - 1;
      yield this.#store.get<Record<Column, string>>(sql, this.#ids[from]!, this.#ids[last]!)!;
    }
  }
}

function readDirectories(list: string, once: (text: string) => string): (string | undefined)[] {
  return (JSON.parse(list) as (string | null)[]).map((cwd) => cwd === null ? undefined : once(cwd));
}

/** Of many sessions: a directory of thousands is one text, and so is a path that others have, too. */
function keepOnce(knownTexts: () => readonly string[]): (text: string) => string {
  let known: Map<string, string> | undefined;
  return (text) => {
    known ??= new Map(knownTexts().map((text) => [text, text]));
    const same = known.get(text);
    if (same === undefined) known.set(text, text);
    return same ?? text;
  };
}

type Mutable<T> = { -readonly [key in keyof T]: T[key] };
