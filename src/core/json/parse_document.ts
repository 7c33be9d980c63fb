/**
 * Makes a document of JSON as people write it, or says where it is none.
 *
 * One pass over the tokens, without recursion: agents' files have hundreds of megabytes, and others may nest theirs as
 * they like.
 */
import { createScanner, type Node, type SyntaxKind } from "jsonc-parser";
import { AgentError } from "../errors.ts";
import { isFirstOnLine, type JsonDocument, lineIndent, position } from "./json_document.ts";

/** What is kept may be nested as deep as this: whoever reads it then may go down step by step. */
const MAX_DEPTH = 1000;

/** Values of jsonc-parser's `SyntaxKind`, which exists only where types do. */
const TOKEN = {
  OpenBraceToken: 1,
  CloseBraceToken: 2,
  OpenBracketToken: 3,
  CloseBracketToken: 4,
  CommaToken: 5,
  ColonToken: 6,
  NullKeyword: 7,
  TrueKeyword: 8,
  FalseKeyword: 9,
  StringLiteral: 10,
  NumericLiteral: 11,
  LineCommentTrivia: 12,
  BlockCommentTrivia: 13,
  LineBreakTrivia: 14,
  Trivia: 15,
  Unknown: 16,
  EOF: 17,
} as const;

/** A node whose end is not known yet. */
type OpenNode = { -readonly [Field in keyof Node]: Node[Field] };

/** An object or list that has begun. */
interface Frame {
  readonly node: Node;
  /** How many keys of the path lead here; undefined for one that lies off it. */
  readonly matched: number | undefined;
  /** Where the line begins on which it does. */
  readonly lineStart: number;
}

/** What may come next. */
type Expected = "value" | "first value" | "key" | "first key" | "colon" | "comma" | "end";

/**
 * @param text JSON with comments and trailing commas, or nothing but white space
 * @param path keys from the outermost inwards; what lies off it is checked, and not kept. @default all is kept
 * @throws {AgentError} failed, with line and column, for anything but one object
 */
export function parseDocument(text: string, path: readonly string[] = []): JsonDocument {
  const bom = text.startsWith("\ufeff") ? "\ufeff" : "";
  const body = text.slice(bom.length);
  if (/^[ \t\r\n]*$/.test(body)) {
    return { bom, body, root: undefined, comments: [], commas: [], indentation: "  " };
  }
  const parser = new DocumentParser(body, path);
  return { bom, body, ...parser.parse() };
}

class DocumentParser {
  readonly #body: string;
  readonly #path: readonly string[];
  readonly #scanner: ReturnType<typeof createScanner>;
  readonly #frames: Frame[] = [];
  readonly #comments: { offset: number; end: number }[] = [];
  readonly #commas: number[] = [];
  #root: Node | undefined;
  /** The property whose value has not come yet, where it is kept, and how much of the path leads to its value. */
  #property: Node | undefined;
  #matched: number | undefined = 0;
  #indentation: { readonly depth: number; readonly unit: string } | undefined;

  constructor(body: string, path: readonly string[]) {
    this.#body = body;
    this.#path = path;
    this.#scanner = createScanner(body, false);
  }

  parse(): Pick<JsonDocument, "root" | "comments" | "commas" | "indentation"> {
    let expected: Expected = "value";
    while (true) {
      const token = this.#nextToken();
      if (token === TOKEN.EOF) {
        if (expected === "end") break;
        throw this.#error(this.#missing(expected));
      }
      expected = this.#take(token, expected);
    }
    if (this.#root?.type !== "object") throw this.#error("object expected");
    return {
      root: this.#root,
      comments: this.#comments,
      commas: this.#commas,
      indentation: this.#indentation?.unit ?? "  ",
    };
  }

  #take(token: SyntaxKind, expected: Expected): Expected {
    switch (token) {
      case TOKEN.CommaToken:
        if (expected !== "comma") break;
        if (this.#isKept()) this.#commas.push(this.#scanner.getTokenOffset());
        return this.#frames.at(-1)!.node.type === "object" ? "key" : "value";
      case TOKEN.ColonToken:
        if (expected !== "colon") break;
        return "value";
      case TOKEN.CloseBraceToken:
      case TOKEN.CloseBracketToken: {
        const frame = this.#frames.at(-1);
        const type = token === TOKEN.CloseBraceToken ? "object" : "array";
        // Behind a comma nothing has to follow.
        if (frame?.node.type !== type || expected === "colon" || (expected === "value" && type === "object")) break;
        this.#frames.pop();
        return this.#end(frame.node);
      }
      case TOKEN.StringLiteral:
        if (expected === "key" || expected === "first key") return this.#beginProperty();
        if (expected !== "value" && expected !== "first value") break;
        return this.#end(this.#add("string", this.#scanner.getTokenValue()));
      default:
        if (expected !== "value" && expected !== "first value") break;
        return this.#takeValue(token);
    }
    throw this.#error(this.#missing(expected));
  }

  #takeValue(token: SyntaxKind): Expected {
    switch (token) {
      case TOKEN.OpenBraceToken:
        return this.#begin("object");
      case TOKEN.OpenBracketToken:
        return this.#begin("array");
      case TOKEN.NullKeyword:
        return this.#end(this.#add("null", null));
      case TOKEN.TrueKeyword:
      case TOKEN.FalseKeyword:
        return this.#end(this.#add("boolean", token === TOKEN.TrueKeyword));
      case TOKEN.NumericLiteral:
        return this.#end(this.#add("number", Number(this.#scanner.getTokenValue())));
      default:
        throw this.#error("value expected");
    }
  }

  #begin(type: "object" | "array"): Expected {
    const offset = this.#scanner.getTokenOffset();
    const matched = this.#matched;
    const node = this.#add(type);
    this.#frames.push({ node, matched, lineStart: offset - this.#scanner.getTokenStartCharacter() });
    if (matched !== undefined && this.#frames.length > MAX_DEPTH) {
      throw this.#error(`nested more than ${MAX_DEPTH} deep`);
    }
    // A list that leads on to a key is none: its items lie off the path.
    this.#matched = type === "array" && matched !== this.#path.length ? undefined : matched;
    this.#property = undefined;
    return type === "object" ? "first key" : "first value";
  }

  #beginProperty(): Expected {
    const offset = this.#scanner.getTokenOffset();
    const { node, matched, lineStart } = this.#frames.at(-1)!;
    const key = this.#scanner.getTokenValue();
    const depth = this.#frames.length;
    if ((this.#indentation === undefined || depth < this.#indentation.depth) && isFirstOnLine(this.#body, offset)) {
      const outer = /^[ \t]*/.exec(this.#body.slice(lineStart, node.offset))![0];
      const inner = lineIndent(this.#body, offset);
      if (inner.length > outer.length && inner.startsWith(outer)) {
        this.#indentation = { depth, unit: inner.slice(outer.length) };
      }
    }
    if (matched === undefined) return "colon";
    const length = this.#scanner.getTokenLength();
    const property: Node = { type: "property", offset, length, parent: node, children: [] };
    property.children!.push({ type: "string", value: key, offset, length, parent: property });
    node.children!.push(property);
    this.#property = property;
    this.#matched = matched === this.#path.length ? matched : key === this.#path[matched] ? matched + 1 : undefined;
    return "colon";
  }

  /** A value begins, or is there as a whole. */
  #add(type: Node["type"], value?: unknown): Node {
    const parent = this.#property ?? this.#frames.at(-1)?.node;
    const node: Node = {
      type,
      offset: this.#scanner.getTokenOffset(),
      length: this.#scanner.getTokenLength(),
      ...(type === "object" || type === "array" ? { children: [] } : { value }),
      ...(parent === undefined ? {} : { parent }),
    };
    if (parent === undefined) this.#root = node;
    else if (this.#property !== undefined || this.#matched !== undefined) parent.children!.push(node);
    return node;
  }

  /** A value has ended, and with it the property that it is the value of. */
  #end(node: OpenNode): Expected {
    const end = this.#scanner.getTokenOffset() + this.#scanner.getTokenLength();
    node.length = end - node.offset;
    const parent: OpenNode | undefined = node.parent;
    if (parent?.type === "property") parent.length = end - parent.offset;
    this.#property = undefined;
    const frame = this.#frames.at(-1);
    const isOff = frame?.node.type === "array" && frame.matched !== this.#path.length;
    this.#matched = isOff ? undefined : frame?.matched;
    return frame === undefined ? "end" : "comma";
  }

  #nextToken(): SyntaxKind {
    while (true) {
      const token = this.#scanner.scan();
      const error = this.#scanner.getTokenError();
      if (error !== 0) throw this.#error(SCAN_ERRORS[error] ?? "invalid symbol");
      switch (token) {
        case TOKEN.LineCommentTrivia:
        case TOKEN.BlockCommentTrivia: {
          const offset = this.#scanner.getTokenOffset();
          if (this.#isKept()) this.#comments.push({ offset, end: offset + this.#scanner.getTokenLength() });
          break;
        }
        case TOKEN.Trivia:
        case TOKEN.LineBreakTrivia:
          break;
        case TOKEN.Unknown:
          throw this.#error("invalid symbol");
        default:
          return token;
      }
    }
  }

  /** Whether what is here lies in something whose parts are kept. */
  #isKept(): boolean {
    const frame = this.#frames.at(-1);
    return frame === undefined || frame.matched !== undefined;
  }

  #missing(expected: Expected): string {
    switch (expected) {
      case "end":
        return "end of file expected";
      case "colon":
        return "colon expected";
      case "key":
      case "first key":
        return this.#scanner.getToken() === TOKEN.EOF ? "close brace expected" : "property name expected";
      case "value":
      case "first value":
        return "value expected";
      case "comma": {
        if (this.#scanner.getToken() !== TOKEN.EOF) return "comma expected";
        return this.#frames.at(-1)!.node.type === "object" ? "close brace expected" : "close bracket expected";
      }
    }
  }

  #error(what: string): AgentError {
    const place = position(this.#body, this.#scanner.getTokenOffset());
    // What is no object at all is said first: it may be another file.
    const message = this.#root !== undefined && this.#root.type !== "object"
      ? `The JSON must be an object, but is ${this.#root.type} in ${position(this.#body, this.#root.offset)}.`
      : `The JSON cannot be read in ${place}: ${what}.`;
    return new AgentError("failed", message, { hint: "Fix that place first. Nothing was changed." });
  }
}

/** What jsonc-parser's `ScanError` is called, by its number; 0 is none. */
const SCAN_ERRORS = [
  "",
  "unexpected end of comment",
  "unexpected end of string",
  "unexpected end of number",
  "invalid unicode",
  "invalid escape character",
  "invalid character",
];
