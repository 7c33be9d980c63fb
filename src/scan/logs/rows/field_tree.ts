/** Fields as the tree that line_engine.wasm walks along: every key on the way of a path is an entry, with a cell for its value. */
import type { Fields, RecordField } from "../../../agents/fields.ts";

const ENTRY_SIZE = 48;
const MOST_ENTRIES = 255;
/** What assembly/walk_line.ts works out of a value while it is there. */
const WANTS: Partial<Readonly<Record<RecordField["kind"], number>>> = { name: 1, time: 2, json: 4 };
/** One that stands in a line as it is: printable ASCII without a quote or a backslash. */
const PLAIN_KEY = /^[ !#-[\]-~]{1,32}$/;

export interface FieldTree {
  /** As assembly/walk_line.ts has them. */
  readonly entries: Uint8Array;
  readonly count: number;
  /** By the name of each field, the number of its cell. */
  readonly cells: ReadonlyMap<string, number>;
}

interface Node {
  readonly children: Map<string, Node>;
  wants: number;
  number: number;
}

/** @throws {RangeError} when a key is none that can be looked for, or there are too many */
export function growFieldTree(fields: Fields): FieldTree {
  const root: Node = { children: new Map(), wants: 0, number: -1 };
  const leaves = Object.entries(fields).map(([name, { kind, path }]) => {
    let node = root;
    for (const key of path) {
      if (!PLAIN_KEY.test(key)) {
        throw new RangeError(
          `The field ${name} cannot be read, since ${
            JSON.stringify(key)
          } in its path is not 1 to 32 ASCII characters ` +
            "without quotes and backslashes.",
        );
      }
      const child = node.children.get(key) ?? { children: new Map(), wants: 0, number: -1 };
      node.children.set(key, child);
      node = child;
    }
    node.wants |= WANTS[kind] ?? 0;
    return { name, node };
  });

  const entries: Uint8Array[] = [];
  const add = (parent: Node) => {
    for (const [key, node] of parent.children) {
      node.number = entries.length;
      const entry = new Uint8Array(ENTRY_SIZE);
      entries.push(entry);
      entry.set(new TextEncoder().encode(key));
      add(node);
      entry.set([key.length, node.wants, parent.number + 1, 0, entries.length - 1, 0], 32);
    }
  };
  add(root);
  if (entries.length > MOST_ENTRIES) {
    throw new RangeError(`${entries.length} keys are on the ways of all fields: at most ${MOST_ENTRIES} can be read.`);
  }
  const bytes = new Uint8Array(entries.length * ENTRY_SIZE);
  entries.forEach((entry, index) => bytes.set(entry, index * ENTRY_SIZE));
  return {
    entries: bytes,
    count: entries.length,
    cells: new Map(leaves.map(({ name, node }) => [name, node.number])),
  };
}
