/** Harm that comes to the bytes of a log: by disks, editors, crashes, copies, and writers of other kinds. Pure. */
import type { Draws } from "../corpus_generator/draws.ts";
import { replaceValue } from "./hostile_values.ts";

export type Bytes = Uint8Array<ArrayBuffer>;

export interface Mutation {
  readonly name: string;
  /** @param bytes Not empty @param other Another log, perhaps another tool's */
  apply(bytes: Bytes, draws: Draws, other: Bytes): Bytes;
}

export const MUTATIONS: readonly Mutation[] = [
  ofLines("lines dropped", (lines, draws) => lines.filter(() => !draws.chance(0.1))),
  ofLines("lines doubled", (lines, draws) => lines.flatMap((line) => draws.chance(0.15) ? [line, line] : [line])),
  ofLines("lines swapped", (lines, draws) => {
    const swapped = [...lines];
    for (let count = draws.whole(1, 4); count > 0; count--) {
      const [a, b] = [draws.whole(0, lines.length - 1), draws.whole(0, lines.length - 1)];
      [swapped[a], swapped[b]] = [swapped[b]!, swapped[a]!];
    }
    return swapped;
  }),
  ofLines("a line moved", (lines, draws) => {
    const moved = [...lines];
    const [line] = moved.splice(draws.whole(0, lines.length - 1), 1);
    moved.splice(draws.whole(0, moved.length), 0, line!);
    return moved;
  }),
  ofLines("all lines once more", (lines) => [...lines, ...lines]),
  ofLine("a line cut in the middle", (line, draws) => [line.subarray(0, draws.whole(0, line.length))]),
  ofLine("a line without its beginning", (line, draws) => [line.subarray(draws.whole(0, line.length))]),
  ofLine("a line broken in two", (line, draws) => {
    const at = draws.whole(0, line.length);
    return [line.subarray(0, at), line.subarray(at)];
  }),
  {
    name: "line ends lost",
    apply: (bytes, draws) => bytes.filter((byte) => byte !== LF || !draws.chance(0.15)),
  },
  {
    name: "no line end at the end",
    apply: (bytes) => bytes.at(-1) === LF ? bytes.slice(0, -1) : bytes,
  },
  {
    name: "zeros put in",
    apply: (bytes, draws) => splice(bytes, draws.whole(0, bytes.length), 0, new Uint8Array(draws.logUniform(1, 9000))),
  },
  {
    name: "zeros in the place of bytes",
    apply(bytes, draws) {
      const at = draws.whole(0, bytes.length - 1);
      const length = Math.min(bytes.length - at, draws.logUniform(1, 5000));
      return splice(bytes, at, length, new Uint8Array(length));
    },
  },
  {
    name: "bits flipped",
    apply(bytes, draws) {
      const flipped = bytes.slice();
      for (let count = draws.logUniform(1, 40); count > 0; count--) {
        flipped[draws.whole(0, flipped.length - 1)]! ^= 1 << draws.whole(0, 7);
      }
      return flipped;
    },
  },
  {
    name: "digits changed",
    apply(bytes, draws) {
      const changed = bytes.slice();
      const digits = [...changed.keys()].filter((at) => isDigit(changed[at]!));
      for (let count = draws.logUniform(1, 40); count > 0 && digits.length > 0; count--) {
        changed[draws.pick(digits)] = 48 + draws.whole(0, 9);
      }
      return changed;
    },
  },
  { name: "CRLF", apply: (bytes) => ofText(textOf(bytes).replaceAll(/\r?\n/g, "\r\n")) },
  { name: "CR", apply: (bytes) => ofText(textOf(bytes).replaceAll("\n", "\r")) },
  { name: "a byte order mark", apply: (bytes) => splice(bytes, 0, 0, BOM) },
  ofLine("a byte order mark before a line", (line) => [join([BOM, line])]),
  {
    name: "spaces after colons",
    apply: (bytes, draws) => {
      const space = draws.pick([" ", "  ", "\t"]);
      return ofText(textOf(bytes).replaceAll(/":(?=["{[\dtfn-])/g, `":${space}`));
    },
  },
  ofLines("blank lines", (lines, draws) => {
    const blank = ofText(draws.pick(["", " ", "\t", "\r", "\u00a0"]));
    return lines.flatMap((line) => draws.chance(0.2) ? [blank, line] : [line]);
  }),
  ofLines("lines of another log", (lines, draws, other) => {
    const theirs = linesOf(other);
    const at = draws.whole(0, lines.length);
    const from = draws.whole(0, theirs.length - 1);
    return [...lines.slice(0, at), ...theirs.slice(from, from + draws.whole(1, 5)), ...lines.slice(at)];
  }),
  { name: "another log behind", apply: (bytes, _, other) => join([bytes, other]) },
  {
    name: "bytes that are no text",
    apply: (bytes, draws) => {
      const noise = Uint8Array.from({ length: draws.logUniform(1, 300) }, () => draws.whole(128, 255));
      return splice(bytes, draws.whole(0, bytes.length), draws.whole(0, 20), noise);
    },
  },
  {
    name: "cut off",
    apply: (bytes, draws) => bytes.slice(0, draws.whole(0, bytes.length)),
  },
  { name: "nothing left", apply: () => new Uint8Array(0) },
  ofLine("a value replaced", (line, draws) => [replaceValue(line, draws)]),
  ofLines(
    "values replaced",
    (lines, draws) => lines.map((line) => draws.chance(0.2) ? replaceValue(line, draws) : line),
  ),
  ofLine("a line nested deeply", (line, draws) => {
    const depth = draws.logUniform(50, 20_000);
    return [join([ofText(`{"a":`.repeat(depth)), line, ofText("}".repeat(depth))])];
  }),
  ofLine("a line within another", (line, draws, other) => {
    const at = draws.whole(0, line.length);
    return [join([line.subarray(0, at), draws.pick(linesOf(other)), line.subarray(at)])];
  }),
  ofLine("a line of a list", (line) => [join([ofText("["), line, ofText("]")])]),
];

/** Applies one to three of them, in turn. */
export function mutateLog(
  bytes: Bytes,
  draws: Draws,
  other: Bytes,
): { readonly bytes: Bytes; readonly names: string[] } {
  const names: string[] = [];
  for (let count = draws.pick([1, 1, 1, 2, 2, 3]); count > 0 && bytes.length > 0; count--) {
    const mutation = draws.pick(MUTATIONS);
    bytes = mutation.apply(bytes, draws, other);
    names.push(mutation.name);
  }
  return { bytes, names };
}

const LF = 10;
const BOM = Uint8Array.of(0xef, 0xbb, 0xbf);

type ChangeLines = (lines: readonly Bytes[], draws: Draws, other: Bytes) => readonly Bytes[];

function ofLines(name: string, change: ChangeLines): Mutation {
  return { name, apply: (bytes, draws, other) => joinLines(change(linesOf(bytes), draws, other)) };
}

/** Of one line that is drawn. */
function ofLine(name: string, change: (line: Bytes, draws: Draws, other: Bytes) => readonly Bytes[]): Mutation {
  return ofLines(name, (lines, draws, other) => {
    const at = draws.whole(0, lines.length - 1);
    return [...lines.slice(0, at), ...change(lines[at]!, draws, other), ...lines.slice(at + 1)];
  });
}

/** Without their ends. At least one, which may be empty. */
export function linesOf(bytes: Bytes): readonly Bytes[] {
  const lines: Bytes[] = [];
  let from = 0;
  for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, from)) {
    lines.push(bytes.subarray(from, end));
    from = end + 1;
  }
  if (from < bytes.length || lines.length === 0) lines.push(bytes.subarray(from));
  return lines;
}

export function joinLines(lines: readonly Bytes[]): Bytes {
  return join(lines.flatMap((line) => [line, Uint8Array.of(LF)]));
}

export function join(parts: readonly Bytes[]): Bytes {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function splice(bytes: Bytes, at: number, removed: number, added: Bytes): Bytes {
  return join([bytes.subarray(0, at), added, bytes.subarray(at + removed)]);
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}

/** Byte for byte, so that what is no text stays as it is. */
function textOf(bytes: Bytes): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}

function ofText(text: string): Bytes {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
