/**
 * One table of a TOML document, such as `[mcp_servers.NAME]`: put in, renewed and taken out, in whatever way it is written
 * there, while every other byte stays.
 *
 * What came out is parsed again, and compared: agents load their configuration as a whole or not at all.
 */
import { parse, TomlError } from "smol-toml";
import { AgentError } from "../../core/errors.ts";
import { readStatements, type TomlEntry, type TomlStatement, unreadable } from "./toml_document.ts";

export type TomlTable = { [key: string]: unknown };

/** Which table. */
export interface TomlPlace {
  /** Two keys: that of all such tables, and its own. */
  readonly path: readonly [outer: string, own: string];
  /** What somebody can do where it is written in a way that is not known: a sentence. */
  readonly remedy: string;
}

/** A key, and its value as it is written. */
export type TomlMember = readonly [key: string, value: string];

/** The table where there is none, with what stands in it. */
export function tomlTableBlock({ path }: TomlPlace, members: readonly TomlMember[], eol = "\n"): string {
  return [`[${path.join(".")}]`, ...members.map(([key, value]) => `${key} = ${value}`), ""].join(eol);
}

/** What the table says now; undefined where there is none. @throws {AgentError} failed, for what is no TOML */
export function readTomlTable(text: string, place: TomlPlace): Readonly<TomlTable> | undefined {
  const [outer, own] = place.path;
  const tables = parseToml(text)[outer];
  const table = isTable(tables) ? tables[own] : undefined;
  if (table === undefined) return undefined;
  if (isTable(table)) return table;
  throw notUnderstood(place, "is no table");
}

/**
 * Sets keys of the table, and makes it where it is missing. Its other keys stay.
 *
 * @param values as a parser has them, each under its key of `members`
 * @throws {AgentError} failed, for what is no TOML, or cannot be changed without changing more
 */
export function setTomlMembers(text: string, place: TomlPlace, members: readonly TomlMember[], values: TomlTable) {
  const [outer, own] = place.path;
  const before = readTomlTable(text, place);
  const after = before === undefined ? addTable(text, place, members) : renew(text, place, before, members, values);
  const expected = parseToml(text);
  expected[outer] = { ...expected[outer] as TomlTable, [own]: { ...before, ...values } };
  return checked(after, expected, place);
}

/** Takes the table out, with all that stands below it. @throws {AgentError} failed, as {@linkcode setTomlMembers} does */
export function removeTomlTable(text: string, place: TomlPlace): string {
  if (readTomlTable(text, place) === undefined) return text;
  const statements = readStatements(text);
  let after = text;
  for (let index = statements.length - 1; index >= 0; index--) {
    const statement = statements[index]!;
    if (isWithin(place, statement.path)) after = cutStatement(after, statement);
    else if (statement.entry?.inner !== undefined) after = cutInner(after, place, statement.entry);
  }
  const [outer, own] = place.path;
  const expected = parseToml(text);
  const { [own]: _, ...others } = expected[outer] as TomlTable;
  expected[outer] = others;
  return checked(after, expected, place);
}

/** Texts as a list. A JSON string is a basic string of TOML too. */
export function tomlList(texts: readonly string[]): string {
  return `[${texts.map((text) => JSON.stringify(text)).join(", ")}]`;
}

function addTable(text: string, place: TomlPlace, members: readonly TomlMember[]): string {
  const [outer, own] = place.path;
  const statements = readStatements(text);
  const inline = entriesOf(statements).find(({ path, inner }) => path.length === 1 && path[0] === outer && inner);
  if (inline !== undefined) {
    const table = `${own} = { ${members.map(([key, value]) => `${key} = ${value}`).join(", ")} }`;
    const isEmpty = inline.inner!.length === 0;
    // In front of what is there; in an empty one where taking it away again gives back the same bytes.
    return isEmpty ? insert(text, inline.valueEnd - 1, table) : insert(text, inline.valueStart + 1, ` ${table},`);
  }
  const eol = endOfLine(text);
  // One line feed, so that taking it away again gives back the same bytes, whether or not the last line was ended.
  const block = tomlTableBlock(place, members, eol);
  return text === "" || text === "\ufeff" ? text + block : `${text}${eol}${block}`;
}

function renew(
  text: string,
  place: TomlPlace,
  before: Readonly<TomlTable>,
  members: readonly TomlMember[],
  values: TomlTable,
): string {
  const missing: TomlMember[] = [];
  let after = text;
  for (const [key, value] of members) {
    if (isEqual(before[key], values[key])) continue;
    const entry = entriesOf(readStatements(after)).find(({ path }) => isPath(path, [...place.path, key]));
    if (entry === undefined) missing.push([key, value]);
    else after = after.slice(0, entry.valueStart) + value + after.slice(entry.valueEnd);
  }
  return missing.length === 0 ? after : addMembers(after, place, missing);
}

/** Adds keys to a table that is there in some way. */
function addMembers(text: string, place: TomlPlace, members: readonly TomlMember[]): string {
  const statements = readStatements(text);
  const eol = endOfLine(text);
  const lines = (prefix: string) => members.map(([key, value]) => `${prefix}${key} = ${value}${eol}`).join("");
  const header = statements.find(({ kind, path }) => kind === "table" && isPath(path, place.path));
  if (header !== undefined) {
    const isEnded = text.slice(0, header.end).endsWith("\n");
    return insert(text, header.end, isEnded ? lines("") : eol + lines(""));
  }
  const inline = entriesOf(statements).find(({ path, inner }) => inner !== undefined && isPath(path, place.path));
  if (inline !== undefined) {
    const list = members.map(([key, value]) => `${key} = ${value}`).join(", ");
    return insert(text, inline.valueStart + 1, inline.inner!.length === 0 ? ` ${list} ` : ` ${list},`);
  }
  // `opper-agent.env = …` in a table above, or in an inline one.
  const dotted = entriesOf(statements).find(({ path }) => isWithin(place, path));
  const statement = statements.find(({ entry }) => entry !== undefined && entry === dotted);
  if (statement !== undefined && statement.depth < place.path.length) {
    return insert(text, statement.start, lines(`${place.path.slice(statement.depth).join(".")}.`));
  }
  const isInner = statement === undefined && dotted !== undefined;
  if (isInner) {
    const list = members.map(([key, value]) => `${place.path[1]}.${key} = ${value}, `).join("");
    return insert(text, dotted.keyStart, list);
  }
  const below = statements.find(({ kind, path }) => kind === "table" && isWithin(place, path));
  if (below === undefined) throw notUnderstood(place, "is written in a way that is not known");
  return insert(text, below.start, `[${place.path.join(".")}]${eol}${lines("")}${eol}`);
}

/** Takes a line out; with a header nothing but its line: what is in the table has lines of its own. */
function cutStatement(text: string, { start, end, kind }: TomlStatement): string {
  const [before, after] = [text.slice(0, start), text.slice(end)];
  if (kind === "value") return before + after;
  // The line that was left free in front of it; at the end the one that it began on.
  const isFree = /(^\ufeff?|\n)\r?\n$/.test(before);
  return (isFree || after === "" ? before.replace(/\r?\n$/, "") : before) + after;
}

/** Takes our table out of an inline one, however deep. */
function cutInner(text: string, place: TomlPlace, table: TomlEntry): string {
  let after = text;
  const inner = table.inner!;
  for (let last = inner.length - 1; last >= 0; last--) {
    if (!isWithin(place, inner[last]!.path)) {
      if (inner[last]!.inner !== undefined) after = cutInner(after, place, inner[last]!);
      continue;
    }
    let first = last;
    while (first > 0 && isWithin(place, inner[first - 1]!.path)) first--;
    const [previous, next] = [inner[first - 1], inner[last + 1]];
    // With the comma behind it, else with the one in front.
    const [start, end] = next !== undefined
      ? [inner[first]!.keyStart, next.keyStart]
      : previous !== undefined
      ? [previous.valueEnd, inner[last]!.valueEnd]
      : [inner[first]!.keyStart, inner[last]!.valueEnd + /^\s*,|/.exec(after.slice(inner[last]!.valueEnd))![0].length];
    after = after.slice(0, start) + after.slice(end);
    last = first;
  }
  return after;
}

/** All keys with values, those of inline tables among them. */
function entriesOf(statements: readonly TomlStatement[]): readonly TomlEntry[] {
  const found: TomlEntry[] = [];
  const add = (entry: TomlEntry) => {
    found.push(entry);
    entry.inner?.forEach(add);
  };
  for (const { entry } of statements) if (entry !== undefined) add(entry);
  return found;
}

function isWithin({ path: own }: TomlPlace, path: readonly string[]): boolean {
  return path.length >= own.length && own.every((key, index) => path[index] === key);
}

function isPath(path: readonly string[], wanted: readonly string[]): boolean {
  return path.length === wanted.length && wanted.every((key, index) => path[index] === key);
}

function insert(text: string, at: number, added: string): string {
  return text.slice(0, at) + added + text.slice(at);
}

function endOfLine(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? "\n";
}

function parseToml(text: string): TomlTable {
  try {
    return parse(text.replace(/^\ufeff/, ""), { integersAsBigInt: true });
  } catch (error) {
    // What the parser says is not repeated: it quotes the text, which may hold secrets.
    if (error instanceof TomlError) throw unreadable(error.line);
    throw error;
  }
}

/** @throws {AgentError} failed, when a text does not mean what it should */
function checked(text: string, expected: TomlTable, place: TomlPlace): string {
  if (isEqual(withoutEmpty(parseToml(text), place), withoutEmpty(expected, place))) return text;
  throw notUnderstood(place, "cannot be changed without changing more");
}

/** Whether there are such tables at all is no difference when there are none. */
function withoutEmpty(root: TomlTable, { path: [outer] }: TomlPlace): TomlTable {
  const { [outer]: tables, ...rest } = root;
  return isTable(tables) && Object.keys(tables).length === 0 ? rest : root;
}

function isEqual(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

function canonical(value: unknown): string | undefined {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === "bigint" || typeof part === "number") return `number ${part}`;
    return isTable(part) ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => a < b ? -1 : 1)) : part;
  });
}

function isTable(value: unknown): value is TomlTable {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** @param what goes on "The table X": how it is written */
export function notUnderstood({ path, remedy }: TomlPlace, what: string): AgentError {
  return new AgentError("failed", `The table ${path.join(".")} ${what}.`, { hint: remedy });
}
