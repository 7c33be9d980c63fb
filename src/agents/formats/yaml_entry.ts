/**
 * One entry of a map in a YAML file that people write by hand, such as `providers.NAME`: put in and taken out, while every
 * other byte stays, comments and quotes among them. What came out is read again, and compared.
 *
 * `yaml` finds the places. Its own `toString` is not used: it lays the whole document out anew.
 *
 * Taking out what was put in gives back the same bytes. For that the layout says who made the map: one that we had to make
 * has its entry two columns further in and goes with it; below a key without a value that was there it is four.
 */
import { type Document, isMap, isScalar, type Node, type Pair, parseDocument, type YAMLMap } from "yaml";
import { AgentError } from "../../core/errors.ts";
import { isRecord } from "../../core/json/is_record.ts";

/** The key of a map of the outermost one, and a key in that. */
export type YamlPath = readonly [outer: string, own: string];

/** What is put in: texts by key. */
export type YamlEntry = Readonly<Record<string, string>>;

/** What the key holds; undefined where there is none. @throws {AgentError} failed, with the line, for what is no YAML map */
export function readYamlEntry(text: string, [outer, own]: YamlPath): unknown {
  const outerValue = pairOf(rootOf(parseYaml(text)), outer)?.value;
  const value = isMap(outerValue) ? pairOf(outerValue, own)?.value : undefined;
  return isNode(value) ? value.toJS(parseYaml(text)) : value ?? undefined;
}

/**
 * Sets the entry. One that holds the same leaves the text as it is.
 *
 * @throws {AgentError} failed, as {@linkcode readYamlEntry} does, or for what cannot be changed without changing more
 */
export function setYamlEntry(text: string, path: YamlPath, entry: YamlEntry): string {
  const before = readYamlEntry(text, path);
  if (before !== undefined && isEqual(before, entry)) return text;
  const without = before === undefined ? text : removeYamlEntry(text, path);
  return checked(without, add(without, path, entry), path, entry);
}

/** Takes the entry out. @throws {AgentError} failed, as {@linkcode setYamlEntry} does */
export function removeYamlEntry(text: string, path: YamlPath): string {
  const [outer, own] = path;
  const outerPair = pairOf(rootOf(parseYaml(text)), outer);
  const map = outerPair?.value;
  const pair = isMap(map) ? pairOf(map, own) : undefined;
  if (!isMap(map) || pair === undefined) return text;
  if (map.flow) return checked(text, cutFlow(text, map, pair), path, undefined);
  const own0 = startOf(pair);
  const isMade = map.items.length === 1 && columnOf(text, own0) === columnOf(text, startOf(outerPair!)) + 2;
  const start = lineStart(text, isMade ? startOf(outerPair!) : own0);
  const end = lineEnd(text, text.slice(0, endOf(pair)).trimEnd().length);
  // One that ends the file without a line feed began with one.
  const isUnended = end === text.length && !text.endsWith("\n");
  const left = isUnended ? text.slice(0, start).replace(/\r?\n$/, "") : text.slice(0, start);
  return checked(text, left + text.slice(end), path, undefined);
}

function add(text: string, [outer, own]: YamlPath, entry: YamlEntry): string {
  const root = rootOf(parseYaml(text));
  const eol = /\r?\n/.exec(text)?.[0] ?? "\n";
  const block = (indent: number) =>
    [`${" ".repeat(indent)}${own}:`, ...membersOf(entry).map((member) => `${" ".repeat(indent + 2)}${member}`)].join(
      eol,
    );
  const pair = pairOf(root, outer);
  if (pair === undefined) {
    const indent = root?.items[0] === undefined ? 0 : columnOf(text, startOf(root.items[0]));
    const added = `${" ".repeat(indent)}${outer}:${eol}${block(indent + 2)}`;
    return /(^|\n)\ufeff?$/.test(text) ? text + added + eol : text + eol + added;
  }
  const { value } = pair;
  if (isMap(value) && value.flow) {
    const members = `${own}: {${membersOf(entry).join(", ")}}`;
    const at = value.range![0] + 1;
    return text.slice(0, at) + (value.items.length === 0 ? members : `${members}, `) + text.slice(at);
  }
  const isEmpty = value === null || (isScalar(value) && value.value === null && (value.source ?? "") === "");
  if (!isEmpty && !(isMap(value) && value.items[0] !== undefined)) throw notUnderstood(outer, "is no map");
  const indent = isMap(value) ? columnOf(text, startOf(value.items[0]!)) : columnOf(text, startOf(pair)) + 4;
  const at = lineEnd(text, startOf(pair));
  return at === text.length && !text.endsWith("\n")
    ? text + eol + block(indent)
    : text.slice(0, at) + block(indent) + eol + text.slice(at);
}

/** A JSON string is a text between double quotes of YAML too. */
function membersOf(entry: YamlEntry): readonly string[] {
  return Object.entries(entry).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
}

/** With the comma behind it, else with the one in front. */
function cutFlow(text: string, map: YAMLMap, pair: Pair): string {
  const index = map.items.indexOf(pair);
  const [previous, next] = [map.items[index - 1], map.items[index + 1]];
  if (next !== undefined) return text.slice(0, startOf(pair)) + text.slice(startOf(next));
  return text.slice(0, previous === undefined ? startOf(pair) : endOf(previous)) + text.slice(endOf(pair));
}

function parseYaml(text: string): Document.Parsed {
  const document = parseDocument(text, { prettyErrors: true });
  const [error] = document.errors;
  // What the parser says is not repeated: it quotes the text, which may hold secrets.
  if (error !== undefined) throw unreadable(error.linePos?.[0].line ?? 1);
  return document;
}

/** @returns undefined for a text that holds nothing but comments */
function rootOf({ contents }: Document.Parsed): YAMLMap | undefined {
  if (isMap(contents) && !contents.flow) return contents;
  if (contents === null || (isScalar(contents) && contents.value === null && (contents.source ?? "") === "")) {
    return undefined;
  }
  throw unreadable(1);
}

function pairOf(map: YAMLMap | undefined, key: string): Pair | undefined {
  return map?.items.find((pair) => isScalar(pair.key) && pair.key.value === key);
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "toJS" in value;
}

function startOf(pair: Pair): number {
  return (pair.key as Node).range![0];
}

function endOf(pair: Pair): number {
  const node = isNode(pair.value) ? pair.value : pair.key as Node;
  return node.range![1];
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf("\n", at - 1) + 1;
}

/** Behind the line feed. */
function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end + 1;
}

function columnOf(text: string, at: number): number {
  return text.slice(lineStart(text, at), at).replace(/^\ufeff/, "").length;
}

/** @throws {AgentError} failed, when a text does not mean what it should */
function checked(before: string, after: string, [outer, own]: YamlPath, entry: YamlEntry | undefined): string {
  const expected = valuesOf(before);
  const { [own]: _, ...others } = isRecord(expected[outer]) ? expected[outer] : {};
  const map = entry === undefined ? others : { ...others, [own]: entry };
  if (isEqual(withoutEmpty(valuesOf(after), outer), withoutEmpty({ ...expected, [outer]: map }, outer))) return after;
  throw notUnderstood(outer, "cannot be changed without changing more");
}

function valuesOf(text: string): Readonly<Record<string, unknown>> {
  const values: unknown = parseYaml(text).toJS();
  return isRecord(values) ? values : {};
}

/** Whether there is such a map at all is no difference when nothing is in it. */
function withoutEmpty(values: Readonly<Record<string, unknown>>, outer: string): Readonly<Record<string, unknown>> {
  const { [outer]: map, ...rest } = values;
  const isEmpty = map === null || map === undefined || (isRecord(map) && Object.keys(map).length === 0);
  return isEmpty ? rest : values;
}

function isEqual(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

function canonical(value: unknown): string | undefined {
  return JSON.stringify(
    value,
    (_key, part: unknown) =>
      isRecord(part) ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => a < b ? -1 : 1)) : part,
  );
}

function unreadable(line: number): AgentError {
  return new AgentError("failed", `The YAML cannot be read in line ${line}.`, {
    hint: "Fix that place first. Nothing was changed.",
  });
}

function notUnderstood(outer: string, what: string): AgentError {
  return new AgentError("failed", `The key ${outer} ${what}.`, { hint: "Change it by hand. Nothing was changed." });
}
