/**
 * Finds where the statements of a TOML document begin and end, so that one can be changed and no other byte. Reads no
 * values: the document must be one already, which a parser has said (toml_table.ts).
 */
import { AgentError } from "../../core/errors.ts";

/** One key with its value, of a line of its own or of an inline table; offsets count UTF-16 units. */
export interface TomlEntry {
  /** All of its keys, those of the table that it is in among them. */
  readonly path: readonly string[];
  readonly keyStart: number;
  readonly valueStart: number;
  readonly valueEnd: number;
  /** What an inline table holds; undefined for every other value. */
  readonly inner?: readonly TomlEntry[];
}

/** A table's header, or a key with its value. */
export interface TomlStatement {
  readonly kind: "table" | "value";
  readonly path: readonly string[];
  /** Where its line begins. */
  readonly start: number;
  /** Behind the end of its last line. */
  readonly end: number;
  /** Of a header: how many keys the table has. Of a value: of the table that it is in. */
  readonly depth: number;
  readonly entry?: TomlEntry;
}

/** @throws {AgentError} failed, with the line, for what is no TOML */
export function readStatements(text: string): readonly TomlStatement[] {
  return new Reader(text).statements();
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  statements(): readonly TomlStatement[] {
    const found: TomlStatement[] = [];
    let table: readonly string[] = [];
    this.#skip(/\ufeff?/y);
    while (true) {
      this.#skipBlank();
      if (this.#at >= this.#text.length) return found;
      const start = Math.max(this.#text.lastIndexOf("\n", this.#at - 1) + 1, this.#text.startsWith("\ufeff") ? 1 : 0);
      const brackets = this.#match(/\[\[?/y);
      if (brackets === undefined) {
        const entry = this.#entry(table);
        found.push({ kind: "value", path: entry.path, start, end: this.#endOfLine(), depth: table.length, entry });
        continue;
      }
      table = this.#keys();
      if (this.#match(brackets === "[" ? /[ \t]*\]/y : /[ \t]*\]\]/y) === undefined) throw this.#error();
      found.push({ kind: "table", path: table, start, end: this.#endOfLine(), depth: table.length });
    }
  }

  #entry(table: readonly string[]): TomlEntry {
    const keyStart = this.#at;
    const path = [...table, ...this.#keys()];
    if (this.#match(/[ \t]*=[ \t]*/y) === undefined) throw this.#error();
    const valueStart = this.#at;
    const inner = this.#value(path);
    return { path, keyStart, valueStart, valueEnd: this.#at, ...(inner === undefined ? {} : { inner }) };
  }

  #keys(): readonly string[] {
    const keys: string[] = [];
    do {
      this.#skip(/[ \t]*/y);
      const key = this.#match(/"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s.="'\[\]{},#]+/y);
      if (key === undefined) throw this.#error();
      keys.push(key.startsWith('"') ? unescape(key) : key.startsWith("'") ? key.slice(1, -1) : key);
    } while (this.#match(/[ \t]*\./y) !== undefined);
    return keys;
  }

  /** @returns what an inline table holds */
  #value(path: readonly string[]): readonly TomlEntry[] | undefined {
    if (this.#match(/"""(?:[^"\\]|\\[^]|"(?!""))*"""(?:"{0,2})|'''(?:[^']|'(?!''))*'''(?:'{0,2})/y) !== undefined) {
      return undefined;
    }
    if (this.#match(/"(?:[^"\\\n]|\\.)*"|'[^'\n]*'/y) !== undefined) return undefined;
    if (this.#match(/\[/y) !== undefined) {
      this.#list("]", () => this.#value([]));
      return undefined;
    }
    if (this.#match(/\{/y) !== undefined) {
      const inner: TomlEntry[] = [];
      this.#list("}", () => inner.push(this.#entry(path)));
      return inner;
    }
    if (this.#match(/[^\s,\]}#]+(?: [0-9][^\s,\]}#]*)?/y) === undefined) throw this.#error();
    return undefined;
  }

  #list(end: "]" | "}", item: () => unknown): void {
    while (true) {
      this.#skipBlank();
      if (this.#take(end)) return;
      item();
      this.#skipBlank();
      if (this.#take(",")) continue;
      if (this.#take(end)) return;
      throw this.#error();
    }
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  /** White space, ends of lines, and comments. */
  #skipBlank(): void {
    this.#skip(/(?:[ \t\r\n]|#[^\n]*)*/y);
  }

  #endOfLine(): number {
    if (this.#match(/[ \t]*(?:#[^\n]*?)?(?:\r?\n|$)/y) === undefined) throw this.#error();
    return this.#at;
  }

  #skip(pattern: RegExp): void {
    this.#match(pattern);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #error(): AgentError {
    return unreadable(this.#text.slice(0, this.#at).split("\n").length);
  }
}

/** @param line from 1 */
export function unreadable(line: number): AgentError {
  return new AgentError("failed", `The TOML cannot be read in line ${line}.`, {
    hint: "Fix that place first. Nothing was changed.",
  });
}

/** A basic string with its quotes. */
function unescape(text: string): string {
  return text.slice(1, -1).replace(
    /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|(.))/g,
    (_, ...groups) => {
      const [four, eight, two, letter] = groups as (string | undefined)[];
      if (letter !== undefined) return ESCAPES[letter] ?? letter;
      return String.fromCodePoint(parseInt((four ?? eight ?? two)!, 16));
    },
  );
}

const ESCAPES: Readonly<Record<string, string>> = { b: "\b", e: "\x1b", f: "\f", n: "\n", r: "\r", t: "\t" };
