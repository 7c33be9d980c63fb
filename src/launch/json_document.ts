/**
 * JSON as people write it, with what is needed to edit it in place: the tree, comments, commas, and how it is laid out.
 * Changes nothing; json_edit.ts does.
 */
import { type Node, type ParseError, parseTree, printParseErrorCode, visit } from "jsonc-parser";
import { AgentError } from "../core/errors.ts";

/** Text with what is needed to edit it. Offsets count UTF-16 units of `body`. */
export interface JsonDocument {
  /** A byte order mark, or nothing: no part of the JSON. */
  readonly bom: string;
  readonly body: string;
  /** Undefined when there is only white space. */
  readonly root: Node | undefined;
  readonly comments: readonly { readonly offset: number; readonly end: number }[];
  /** Offsets of all commas. */
  readonly commas: readonly number[];
}

/**
 * @param text JSON with comments and trailing commas, or nothing but white space
 * @throws {AgentError} failed, with line and column, for anything but one object
 */
export function parseDocument(text: string): JsonDocument {
  const bom = text.startsWith("\ufeff") ? "\ufeff" : "";
  const body = text.slice(bom.length);
  const comments: { offset: number; end: number }[] = [];
  const commas: number[] = [];
  if (/^[ \t\r\n]*$/.test(body)) return { bom, body, root: undefined, comments, commas };
  const errors: ParseError[] = [];
  const root = parseTree(body, errors, { allowTrailingComma: true });
  const error = errors[0];
  if (error !== undefined) {
    const what = printParseErrorCode(error.error).replace(/\B[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
    throw new AgentError(
      "failed",
      `The JSON cannot be read in ${position(body, error.offset)}: ${what.toLowerCase()}.`,
      {
        hint: "Mend that place first. Nothing was changed.",
      },
    );
  }
  if (root?.type !== "object") {
    const kind = root?.type ?? "nothing";
    throw new AgentError(
      "failed",
      `The JSON must be an object, but is ${kind} in ${position(body, root?.offset ?? 0)}.`,
      {
        hint: "Mend that place first. Nothing was changed.",
      },
    );
  }
  visit(body, {
    onComment: (offset, length) => comments.push({ offset, end: offset + length }),
    onSeparator: (character, offset) => {
      if (character === ",") commas.push(offset);
    },
  }, { allowTrailingComma: true });
  return { bom, body, root, comments, commas };
}

/**
 * The value of a key; undefined where the object has no such key.
 *
 * @throws {AgentError} failed, when it has it twice
 */
export function findValue({ body }: JsonDocument, object: Node, key: string): Node | undefined {
  const [first, second] = propertiesOf(object).filter((property) => property.children?.[0]?.value === key);
  if (first !== undefined && second !== undefined) {
    const places = `${position(body, first.offset)} and ${position(body, second.offset)}`;
    throw new AgentError("failed", `The key "${key}" is there twice: ${places}.`, {
      hint: "Remove one of them first. Nothing was changed.",
    });
  }
  return first?.children?.[1];
}

/** Whether a comment that takes the rest of its line ends here. */
export function endsInLineComment({ body, comments }: JsonDocument, end: number): boolean {
  return comments.some((comment) => comment.end === end && body.startsWith("//", comment.offset));
}

/** Those that begin between two offsets. */
export function commentsIn({ comments }: JsonDocument, start: number, end: number) {
  return comments.filter(({ offset }) => offset >= start && offset < end);
}

/** Offset of the first comma between two offsets. */
export function commaIn({ commas }: JsonDocument, start: number, end: number): number | undefined {
  return commas.find((offset) => offset >= start && offset < end);
}

/** One level of indentation, as the first property that is deeper than its object shows it. @default two spaces */
export function indentationOf({ body, root }: JsonDocument): string {
  const pending = root === undefined ? [] : [root];
  for (const node of pending) {
    for (const child of node.children ?? []) pending.push(child);
    if (node.type !== "property" || !isFirstOnLine(body, node.offset)) continue;
    const [inner, outer] = [lineIndent(body, node.offset), lineIndent(body, parentOf(node).offset)];
    if (inner.length > outer.length && inner.startsWith(outer)) return inner.slice(outer.length);
  }
  return "  ";
}

/** The first line end of the text. @default line feed */
export function lineEndOf(body: string): string {
  return /\r\n|\n|\r/.exec(body)?.[0] ?? "\n";
}

/** An object that is written on one line gets no more of them. */
export function isMultiline({ body, root }: JsonDocument): boolean {
  if (root === undefined || propertiesOf(root).length === 0) return true;
  return /[\r\n]/.test(body.slice(root.offset, endOf(root)));
}

/** Whether only indentation is before it, on a line that is not the first. */
export function isFirstOnLine(body: string, offset: number): boolean {
  return /^[ \t]*$/.test(body.slice(lineStart(body, offset), offset)) && lineStart(body, offset) > 0;
}

/** Indentation of the line that an offset lies on. */
export function lineIndent(body: string, offset: number): string {
  return /^[ \t]*/.exec(body.slice(lineStart(body, offset), offset))?.[0] ?? "";
}

function lineStart(body: string, offset: number): number {
  return Math.max(body.lastIndexOf("\n", offset - 1), body.lastIndexOf("\r", offset - 1)) + 1;
}

/** Both from 1; the column counts UTF-16 units, as editors do. */
export function position(body: string, offset: number): string {
  const lines = body.slice(0, offset).split(/\r\n|\n|\r/);
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}

/** Nodes of the keys with their values, in order. */
export function propertiesOf(object: Node): readonly Node[] {
  return object.children ?? [];
}

/** @throws {TypeError} for the outermost value */
export function parentOf(node: Node): Node {
  if (node.parent === undefined) throw new TypeError("the outermost value has no parent");
  return node.parent;
}

/** Offset behind a node. */
export function endOf(node: Node): number {
  return node.offset + node.length;
}
