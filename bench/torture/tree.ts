/** What lies below a directory, to the byte, so that two moments can be compared and one brought back. */
import { dirname, join, relative } from "node:path";

/** By path below the directory. Bytes are one character each. */
export type Tree = ReadonlyMap<string, { readonly mode: number; readonly text: string }>;

export function readTree(root: string): Tree {
  const tree = new Map<string, { mode: number; text: string }>();
  const walk = (directory: string) => {
    for (const { name, isDirectory } of Deno.readDirSync(directory)) {
      const path = join(directory, name);
      if (isDirectory) walk(path);
      else {
        const text = new TextDecoder("latin1").decode(Deno.readFileSync(path));
        tree.set(relative(root, path), { mode: Deno.statSync(path).mode! & 0o777, text });
      }
    }
  };
  walk(root);
  return tree;
}

/** Makes the directory what it was: files that came since go, too. */
export function writeTree(root: string, tree: Tree): void {
  for (const path of readTree(root).keys()) if (!tree.has(path)) Deno.removeSync(join(root, path));
  for (const [path, { mode, text }] of tree) {
    Deno.mkdirSync(dirname(join(root, path)), { recursive: true });
    Deno.writeFileSync(join(root, path), Uint8Array.from(text, latin1Of));
    Deno.chmodSync(join(root, path), mode);
    Deno.utimeSync(join(root, path), 1_700_000_000, 1_700_000_000);
  }
}

/** The decoder's "latin1" is windows-1252. */
const HIGH = new Map(
  Array.from({ length: 128 }, (_, index) => 128 + index)
    .map((byte) => [new TextDecoder("latin1").decode(Uint8Array.of(byte)), byte]),
);

function latin1Of(character: string): number {
  return HIGH.get(character) ?? character.charCodeAt(0);
}

/** Paths that are in one of them alone, or differ. */
export function differingPaths(a: Tree, b: Tree): readonly string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter((path) => {
    const [one, other] = [a.get(path), b.get(path)];
    return one === undefined || other === undefined || one.mode !== other.mode || one.text !== other.text;
  });
}
