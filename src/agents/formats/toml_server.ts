/**
 * Our server in Codex's `config.toml`: put in, renewed and taken out, in whatever way it is written there, while every
 * other byte stays. Of a table that is there the command is ours, and the arguments up to `mcp`; all else in it is the
 * user's, and what Codex adds itself below it (`[mcp_servers.opper-agent.tools.X]` after "always allow", seen in 0.169 on
 * 2026-11-26). Taking it out takes that along: a table below ours without a command makes Codex refuse the whole file.
 *
 * What came out is parsed again, and compared: Codex loads its configuration as a whole or not at all.
 */
import { parse, TomlError } from "smol-toml";
import { AgentError } from "../../core/errors.ts";
import { argumentsOf, SERVER_NAME, type ServerCommand } from "./server_command.ts";
import { readStatements, type TomlEntry, type TomlStatement, unreadable } from "./toml_document.ts";

const SERVER: readonly string[] = ["mcp_servers", SERVER_NAME];

type Table = { [key: string]: unknown };

/** Our table, as we write it where there is none. A JSON string is a basic string of TOML too. */
export function tomlBlock({ command, args }: Pick<ServerCommand, "command" | "args">, eol = "\n"): string {
  return [`[${SERVER.join(".")}]`, `command = ${JSON.stringify(command)}`, `args = ${listOf(args)}`, ""].join(eol);
}

/** What the table says now; undefined where there is none. @throws {AgentError} failed, for what is no TOML */
export function readTomlServer(text: string): Readonly<Record<string, unknown>> | undefined {
  const servers = parseToml(text)[SERVER[0]!];
  const server = isTable(servers) ? servers[SERVER_NAME] : undefined;
  if (server === undefined) return undefined;
  if (isTable(server)) return server;
  throw notUnderstood("is no table");
}

/** @throws {AgentError} failed, for what is no TOML, or cannot be changed without changing more */
export function installToml(text: string, server: ServerCommand): string {
  const before = readTomlServer(text);
  if (before !== undefined && "url" in before) throw notUnderstood("has a url, and so no command");
  const wanted = { command: server.command, args: argumentsOf(before?.["args"], server) };
  const after = before === undefined ? add(text, wanted) : renew(text, before, wanted);
  const expected = parseToml(text);
  expected[SERVER[0]!] = { ...expected[SERVER[0]!] as Table, [SERVER_NAME]: { ...before, ...wanted } };
  return checked(after, expected);
}

/** @throws {AgentError} failed, as {@linkcode installToml} does */
export function uninstallToml(text: string): string {
  if (readTomlServer(text) === undefined) return text;
  const statements = readStatements(text);
  let after = text;
  for (let index = statements.length - 1; index >= 0; index--) {
    const statement = statements[index]!;
    if (startsWithServer(statement.path)) after = cutStatement(after, statement);
    else if (statement.entry?.inner !== undefined) after = cutInner(after, statement.entry);
  }
  const expected = parseToml(text);
  const { [SERVER_NAME]: _, ...others } = expected[SERVER[0]!] as Table;
  expected[SERVER[0]!] = others;
  return checked(after, expected);
}

interface Wanted {
  readonly command: string;
  readonly args: readonly string[];
}

function add(text: string, wanted: Wanted): string {
  const statements = readStatements(text);
  const inline = entriesOf(statements).find(({ path, inner }) => path.length === 1 && path[0] === SERVER[0] && inner);
  if (inline !== undefined) {
    const members = `${SERVER_NAME} = { command = ${JSON.stringify(wanted.command)}, args = ${listOf(wanted.args)} }`;
    const isEmpty = inline.inner!.length === 0;
    // In front of what is there; in an empty one where taking it away again gives back the same bytes.
    return isEmpty ? insert(text, inline.valueEnd - 1, members) : insert(text, inline.valueStart + 1, ` ${members},`);
  }
  const eol = endOfLine(text);
  // One line feed, so that taking it away again gives back the same bytes, whether or not the last line was ended.
  const block = tomlBlock(wanted, eol);
  return text === "" || text === "\ufeff" ? text + block : `${text}${eol}${block}`;
}

function renew(text: string, before: Readonly<Record<string, unknown>>, wanted: Wanted): string {
  const values = { command: JSON.stringify(wanted.command), args: listOf(wanted.args) };
  // The command last: what is found for one is moved by the other.
  const missing: string[] = [];
  let after = text;
  for (const key of ["args", "command"] as const) {
    if (isEqual(before[key], wanted[key])) continue;
    const entry = entriesOf(readStatements(after)).find(({ path }) => isPath(path, [...SERVER, key]));
    if (entry === undefined) missing.unshift(key);
    else after = after.slice(0, entry.valueStart) + values[key] + after.slice(entry.valueEnd);
  }
  return missing.length === 0 ? after : addMembers(after, missing.map((key) => [key, values[key as keyof Wanted]]));
}

/** Adds keys to a server that is there in some way. */
function addMembers(text: string, members: readonly (readonly [key: string, value: string])[]): string {
  const statements = readStatements(text);
  const eol = endOfLine(text);
  const lines = (prefix: string) => members.map(([key, value]) => `${prefix}${key} = ${value}${eol}`).join("");
  const header = statements.find(({ kind, path }) => kind === "table" && isPath(path, SERVER));
  if (header !== undefined) {
    const isEnded = text.slice(0, header.end).endsWith("\n");
    return insert(text, header.end, isEnded ? lines("") : eol + lines(""));
  }
  const inline = entriesOf(statements).find(({ path, inner }) => inner !== undefined && isPath(path, SERVER));
  if (inline !== undefined) {
    const list = members.map(([key, value]) => `${key} = ${value}`).join(", ");
    return insert(text, inline.valueStart + 1, inline.inner!.length === 0 ? ` ${list} ` : ` ${list},`);
  }
  // `opper-agent.env = …` in a table above, or in an inline one.
  const dotted = entriesOf(statements).find(({ path }) => startsWithServer(path));
  const statement = statements.find(({ entry }) => entry !== undefined && entry === dotted);
  if (statement !== undefined && statement.depth < SERVER.length) {
    return insert(text, statement.start, lines(`${SERVER.slice(statement.depth).join(".")}.`));
  }
  const isInner = statement === undefined && dotted !== undefined;
  if (isInner) {
    const list = members.map(([key, value]) => `${SERVER_NAME}.${key} = ${value}, `).join("");
    return insert(text, dotted.keyStart, list);
  }
  const below = statements.find(({ kind, path }) => kind === "table" && startsWithServer(path));
  if (below === undefined) throw notUnderstood("is written in a way that is not known");
  return insert(text, below.start, `[${SERVER.join(".")}]${eol}${lines("")}${eol}`);
}

/** Takes a line out; with a header nothing but its line: what is in the table has lines of its own. */
function cutStatement(text: string, { start, end, kind }: TomlStatement): string {
  const [before, after] = [text.slice(0, start), text.slice(end)];
  if (kind === "value") return before + after;
  // The line that was left free in front of it; at the end the one that it began on.
  const isFree = /(^\ufeff?|\n)\r?\n$/.test(before);
  return (isFree || after === "" ? before.replace(/\r?\n$/, "") : before) + after;
}

/** Takes our server out of an inline table, however deep. */
function cutInner(text: string, table: TomlEntry): string {
  let after = text;
  const inner = table.inner!;
  for (let last = inner.length - 1; last >= 0; last--) {
    if (!startsWithServer(inner[last]!.path)) {
      if (inner[last]!.inner !== undefined) after = cutInner(after, inner[last]!);
      continue;
    }
    let first = last;
    while (first > 0 && startsWithServer(inner[first - 1]!.path)) first--;
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

function startsWithServer(path: readonly string[]): boolean {
  return path.length >= SERVER.length && SERVER.every((key, index) => path[index] === key);
}

function isPath(path: readonly string[], wanted: readonly string[]): boolean {
  return path.length === wanted.length && wanted.every((key, index) => path[index] === key);
}

function insert(text: string, at: number, added: string): string {
  return text.slice(0, at) + added + text.slice(at);
}

function listOf(texts: readonly string[]): string {
  return `[${texts.map((text) => JSON.stringify(text)).join(", ")}]`;
}

function endOfLine(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? "\n";
}

function parseToml(text: string): Table {
  try {
    return parse(text.replace(/^\ufeff/, ""), { integersAsBigInt: true });
  } catch (error) {
    // What the parser says is not repeated: it quotes the text, which may hold secrets.
    if (error instanceof TomlError) throw unreadable(error.line);
    throw error;
  }
}

/** @throws {AgentError} failed, when a text does not mean what it should */
function checked(text: string, expected: Table): string {
  if (isEqual(withoutEmpty(parseToml(text)), withoutEmpty(expected))) return text;
  throw notUnderstood("cannot be changed without changing more");
}

/** Whether there are servers at all is no difference when there are none. */
function withoutEmpty(root: Table): Table {
  const { [SERVER[0]!]: servers, ...rest } = root;
  return isTable(servers) && Object.keys(servers).length === 0 ? rest : root;
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

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function notUnderstood(what: string): AgentError {
  return new AgentError("failed", `The table ${SERVER.join(".")} ${what}.`, {
    hint: `Remove it by hand, or with \`codex mcp remove ${SERVER_NAME}\`. Nothing was changed.`,
  });
}
