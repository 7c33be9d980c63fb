/**
 * Sets or removes one key in JSON that people write by hand: comments, trailing commas, indentation, line ends and order
 * stay, and so does every byte outside the edit. Does not read or write files.
 *
 * Removing what was set gives back the same bytes. For that the layout says who made an object, as nothing else could:
 * one that we had to make has its only key on a line of its own (in text of one line, between spaces) and goes with that
 * key; in an empty one that was there, the key stands right before the closing brace, and the object stays.
 *
 * jsonc-parser finds the places. Its own `modify` is not used: it lays the lines it touches out anew.
 */
import { applyEdits, type Edit, getNodeValue, type Node } from "jsonc-parser";
import { AgentError } from "../errors.ts";
import {
  commaIn,
  commentsIn,
  endOf,
  endsInLineComment,
  findValue,
  isFirstOnLine,
  isMultiline,
  type JsonDocument,
  lineEndOf,
  lineIndent,
  parentOf,
  position,
  propertiesOf,
} from "./json_document.ts";
import { parseDocument } from "./parse_document.ts";

/**
 * Sets the value of a key, making the objects above it where they are missing. A key that is new comes last in its
 * object. A value that is there already, however it is laid out, leaves the text as it is.
 *
 * @param text JSON with comments and trailing commas; nothing but white space stands for an empty object
 * @param path from the outermost key inwards; at least one
 * @param value anything that JSON can hold
 * @throws {AgentError} failed, with line and column, for text that is no JSON object, when something above the key is not
 *   an object, or when a key of the path is there twice
 */
export function setJsonKey(text: string, path: readonly string[], value: unknown): string {
  const json = JSON.stringify(value);
  if (path.length === 0 || json === undefined) throw new TypeError("a path and a value that JSON can hold are needed");
  const document = parseDocument(text, path);
  const { bom, body, root } = document;
  if (root === undefined) {
    const style = { unit: "  ", eol: lineEndOf(body), multiline: true };
    return `${bom}${body}${render(path, value, "", style)}${style.eol}`;
  }
  let object = root;
  for (const [depth, key] of path.entries()) {
    const found = findValue(document, object, key);
    const style = { unit: document.indentation, eol: lineEndOf(body), multiline: isMultiline(document) };
    if (found === undefined) {
      const indent = newIndent(document, object, style.unit);
      const property = `${JSON.stringify(key)}: ${render(path.slice(depth + 1), value, indent, style)}`;
      return bom + applyEdits(body, insertion(document, object, property, style));
    }
    if (depth === path.length - 1) {
      if (isEqual(found, JSON.parse(json))) return text;
      const content = render([], value, lineIndent(body, found.offset), style);
      return bom + applyEdits(body, [{ offset: found.offset, length: found.length, content }]);
    }
    if (found.type !== "object") throw notAnObject(document, found, path.slice(0, depth + 1));
    object = found;
  }
  return text;
}

/**
 * Removes a key, and the objects above it that it leaves empty if they look as {@linkcode setJsonKey} makes them. A key
 * that is not there leaves the text as it is.
 *
 * @returns nothing but the white space around it when the outermost object goes too: then the file was made for the key,
 *   and should be removed rather than written, as empty text is no JSON
 * @throws {AgentError} failed, as {@linkcode setJsonKey} does
 */
export function removeJsonKey(text: string, path: readonly string[]): string {
  if (path.length === 0) throw new TypeError("a path is needed");
  const document = parseDocument(text, path);
  const { bom, body, root } = document;
  if (root === undefined) return text;
  let value = root;
  for (const key of path) {
    const found = value.type === "object" ? findValue(document, value, key) : undefined;
    if (found === undefined) return text;
    value = found;
  }
  let property = parentOf(value);
  let object = parentOf(property);
  while (wasMadeFor(document, object, property)) {
    if (object === root) {
      const after = body.slice(endOf(root));
      return bom + body.slice(0, root.offset) + after.replace(/^(\r\n|\n|\r)/, "");
    }
    property = parentOf(object);
    object = parentOf(property);
  }
  return bom + applyEdits(body, removal(document, object, property));
}

/**
 * What a key holds; undefined where there is none.
 *
 * @throws {AgentError} failed, as {@linkcode setJsonKey} does, but for what stands above the key and is no object
 */
export function readJsonKey(text: string, path: readonly string[]): unknown {
  const document = parseDocument(text, path);
  let value = document.root;
  for (const key of path) value = value?.type === "object" ? findValue(document, value, key) : undefined;
  return value === undefined ? undefined : getNodeValue(value);
}

function notAnObject({ body }: JsonDocument, found: Node, path: readonly string[]): AgentError {
  return new AgentError("failed", `"${path.join(".")}" is not an object, in ${position(body, found.offset)}.`, {
    hint: "Fix that place first. Nothing was changed.",
  });
}

interface Style {
  /** One level of indentation. */
  readonly unit: string;
  readonly eol: string;
  /** Whether what is made is spread over lines. */
  readonly multiline: boolean;
}

/** A value below objects that are made for it. `indent` is that of the line on which it begins. */
function render(path: readonly string[], value: unknown, indent: string, { unit, eol, multiline }: Style): string {
  if (!multiline) {
    return path.reduceRight((inner, key) => `{ ${JSON.stringify(key)}: ${inner} }`, JSON.stringify(value));
  }
  // A computed key is an ordinary one, even when it is "__proto__".
  const nested = path.reduceRight((inner: unknown, key) => ({ [key]: inner }), value);
  // No line break or tab of a string is left as such, so that each of these is layout.
  return JSON.stringify(nested, null, "\t").split("\n")
    .map((line) => line.replace(/^\t+/, (tabs) => unit.repeat(tabs.length)))
    .join(eol + indent);
}

/** The edits that add a property at the end of an object. */
function insertion(document: JsonDocument, object: Node, property: string, { unit, eol }: Style): Edit[] {
  const { body, comments } = document;
  const close = endOf(object) - 1;
  const last = propertiesOf(object).at(-1);
  if (last === undefined) {
    const comment = commentsIn(document, object.offset + 1, close).at(-1);
    if (comment === undefined) return [insert(close, property)];
    const onNewLine = /[\r\n]/.test(body.slice(comment.end, close));
    return [insert(comment.end, (onNewLine ? eol + newIndent(document, object, unit) : " ") + property)];
  }
  const comma = commaIn(document, endOf(last), close);
  let at = comma === undefined ? endOf(last) : comma + 1;
  const edits = comma === undefined ? [insert(at, ",")] : [];
  const end = comma === undefined ? "" : ",";
  if (!isFirstOnLine(body, last.offset)) return [...edits, insert(at, ` ${property}${end}`)];
  // What is said at the end of the line is said about that line.
  for (const comment of comments) {
    if (comment.offset >= at && comment.offset < close && !/[\r\n]/.test(body.slice(at, comment.offset))) {
      at = comment.end;
    }
  }
  return [...edits, insert(at, eol + lineIndent(body, last.offset) + property + end)];
}

/** The edits that take a property out of an object which stays. */
function removal(document: JsonDocument, object: Node, property: Node): Edit[] {
  const { body } = document;
  const properties = propertiesOf(object);
  const index = properties.indexOf(property);
  const [previous, next] = [properties[index - 1], properties[index + 1]];
  const close = endOf(object) - 1;
  const commaAfter = commaIn(document, endOf(property), next?.offset ?? close);
  const commaBefore = previous && commaIn(document, endOf(previous), property.offset);
  const tokenEnd = endOfTokenBefore(document, object, property, commaBefore);
  const restOfLine = /^[^\r\n]*/.exec(body.slice(endOf(property)).replace(/^\s*,/, ""))?.[0] ?? "";
  // A comment to the end of a line must not swallow what comes after the property.
  const start = endsInLineComment(document, tokenEnd) && /\S/.test(restOfLine) ? property.offset : tokenEnd;

  if (previous === undefined && next !== undefined && commaAfter !== undefined) {
    // The next one moves to its place, where both are on one line.
    const between = body.slice(endOf(property), commaAfter) + body.slice(commaAfter + 1, next.offset);
    if (/^[ \t]*$/.test(between)) return [cut(property.offset, next.offset)];
  }
  if (previous === undefined && next === undefined && commaAfter === undefined) {
    const after = body.slice(endOf(property), close);
    // As set into an empty object: what stood in there stays.
    if (after === "" && start === object.offset + 1) return [cut(property.offset, endOf(property))];
    if (start === object.offset + 1 && /^\s*$/.test(after)) return [cut(start, close)];
  }
  const comma = commaAfter ?? commaBefore;
  const edits = [cut(start, endOf(property))];
  return comma === undefined ? edits : [...edits, cut(comma, comma + 1)];
}

/** Whether an object holds nothing else, and is laid out as one that was made for the property. */
function wasMadeFor(document: JsonDocument, object: Node, property: Node): boolean {
  const { body, root, comments } = document;
  if (propertiesOf(object).length !== 1) return false;
  const before = body.slice(object.offset + 1, property.offset);
  const after = body.slice(endOf(property), endOf(object) - 1);
  const ownLine = /^(\r\n|\n|\r)[ \t]*$/;
  const isMade = (ownLine.test(before) && ownLine.test(after)) || (before === " " && after === " ");
  if (object !== root) return isMade;
  // What is said around the outermost object is somebody's.
  return isMade && before !== " " && comments.every(({ offset }) => offset > root.offset && offset < endOf(root));
}

/** Where the white space before a property begins. */
function endOfTokenBefore(document: JsonDocument, object: Node, property: Node, comma: number | undefined): number {
  const start = comma === undefined ? object.offset + 1 : comma + 1;
  return commentsIn(document, start, property.offset).at(-1)?.end ?? start;
}

/** Indentation for a property that is new in an object: that of the last one, else one level more than the object. */
function newIndent({ body }: JsonDocument, object: Node, unit: string): string {
  const last = propertiesOf(object).at(-1);
  if (last !== undefined) return lineIndent(body, last.offset);
  const indent = lineIndent(body, object.offset);
  const hasComments = /\S/.test(body.slice(object.offset + 1, endOf(object) - 1));
  // Without them it gets no line of its own, and so no deeper one for what it holds.
  return hasComments ? indent + unit : indent;
}

function isEqual(node: Node, value: unknown): boolean {
  const children = node.children ?? [];
  if (Array.isArray(value)) {
    return node.type === "array" && children.length === value.length &&
      children.every((child, index) => isEqual(child, value[index]));
  }
  if (typeof value === "object" && value !== null) {
    const expected = new Map<unknown, unknown>(Object.entries(value));
    return node.type === "object" && children.length === expected.size &&
      new Set(children.map((property) => property.children?.[0]?.value)).size === expected.size &&
      children.every(({ children: [key, inner] = [] }) =>
        inner !== undefined && expected.has(key?.value) && isEqual(inner, expected.get(key?.value))
      );
  }
  return node.type !== "object" && node.type !== "array" && node.value === value;
}

function insert(offset: number, content: string): Edit {
  return { offset, length: 0, content };
}

function cut(start: number, end: number): Edit {
  return { offset: start, length: end - start, content: "" };
}
