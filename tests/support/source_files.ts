/** The program's own source, for tests that read the code itself. */

export const ROOT: URL = new URL("../../", import.meta.url);

export interface SourceFile {
  /** From the root: `src/core/model.ts`. */
  readonly path: string;
  readonly text: string;
}

/** TypeScript, with or without JSX, below a directory of the repository, without tests, in order of paths. @param directory with a slash */
export async function readSourceFiles(directory = "src/"): Promise<readonly SourceFile[]> {
  const found: SourceFile[] = [];
  for await (const entry of Deno.readDir(new URL(directory, ROOT))) {
    const path = `${directory}${entry.name}`;
    if (entry.isDirectory) found.push(...await readSourceFiles(`${path}/`));
    else if (/(?<!_test)\.tsx?$/.test(path)) {
      found.push({ path, text: await Deno.readTextFile(new URL(path, ROOT)) });
    }
  }
  return found.sort((a, b) => a.path < b.path ? -1 : 1);
}

/** Paths of all files below a directory of the repository, whatever they are. @param directory with a slash */
export async function listFiles(directory: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(directory, ROOT))) {
    if (isDirectory) found.push(...await listFiles(`${directory}${name}/`));
    else found.push(`${directory}${name}`);
  }
  return found;
}

/** The comments of a file, one by one. */
export function commentsOf(text: string): readonly string[] {
  return text.match(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm) ?? [];
}

export interface ExportedName {
  readonly name: string;
  readonly path: string;
  /** Counted from 1. */
  readonly line: number;
  /** `function`, `const`, `interface` and so on; undefined for what is handed on from another module. */
  readonly kind?: string;
}

const DECLARATION =
  /^export (?:declare )?(?:abstract )?(?:async )?(function\*?|class|interface|type|const|let|var|enum)\s+([\w$]+)/gm;
const HANDED_ON = /^export (?:type )?\{([^}]*)\}/gm;

/** Every name that a file exports, as `deno fmt` lays exports out. */
export function exportsOf({ path, text }: SourceFile): readonly ExportedName[] {
  const lineOf = (index: number) => text.slice(0, index).split("\n").length;
  const declared = [...text.matchAll(DECLARATION)].map(({ 1: kind, 2: name, index }) => ({
    name: name!,
    path,
    line: lineOf(index),
    kind: kind!,
  }));
  const handedOn = [...text.matchAll(HANDED_ON)].flatMap(({ 1: names, index }) =>
    names!.split(",").map((one) => one.trim().replace(/^type /, "").replace(/^.* as /, "")).filter((name) =>
      name !== ""
    )
      .map((name) => ({ name, path, line: lineOf(index) }))
  );
  return [...declared, ...handedOn];
}

/** What is left of a file without its comments. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "");
}

/** Modules that a file names, also those that it imports later or for their types alone. */
export function importsOf(text: string): readonly string[] {
  const named = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\(\s*|\bgetBuiltinModule\(\s*)["'`]([^"'`]+)["'`]/g;
  return [...withoutComments(text).matchAll(named)].map(([, specifier]) => specifier!);
}
