/**
 * JSON as people write it, with what is needed to edit it in place: the nodes around one key, comments, commas, and how
 * it is laid out. Made by parse_document.ts; what is asked of it is here. Changes nothing; json_edit.ts does.
 */
import type { Node } from "jsonc-parser";
import { AgentError } from "../errors.ts";

/** Text with what is needed to edit it. Offsets count UTF-16 units of `body`. */
export interface JsonDocument {
  /** A byte order mark, or nothing: no part of the JSON. */
  readonly bom: string;
  readonly body: string;
  /** Undefined when there is only white space. What lies off the path has no children. */
  readonly root: Node | undefined;
  /** Those around the path. */
  readonly comments: readonly { readonly offset: number; readonly end: number }[];
  /** Offsets of the commas around the path. */
  readonly commas: readonly number[];
  /** One level, as the outermost property that is deeper than its object shows it. Two spaces where none does. */
  readonly indentation: string;
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

/** The first line end of the text. @default line feed */
export function lineEndOf(body: string): string {
  return /\r\n|\n|\r/.exec(body)?.[0] ?? "\n";
}

/** An object that is written on one line gets no more of them. */
export function isMultiline({ body, root }: JsonDocument): boolean {
  if (root === undefined || propertiesOf(root).length === 0) return true;
  return /[\r\n]/.test(body.slice(root.offset, endOf(root)));
}

/** Whether only indentation is before it, on a line that is not the first. Looks at no more than that. */
export function isFirstOnLine(body: string, offset: number): boolean {
  let at = offset - 1;
  while (body[at] === " " || body[at] === "\t") at--;
  return body[at] === "\n" || body[at] === "\r";
}

/** Indentation of the line that an offset lies on. */
export function lineIndent(body: string, offset: number): string {
  let start = offset;
  while (start > 0 && body[start - 1] !== "\n" && body[start - 1] !== "\r") start--;
  return /^[ \t]*/.exec(body.slice(start, offset))?.[0] ?? "";
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
