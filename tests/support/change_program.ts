/** What a script that makes the page smaller does to a program, as text. */
import { type FormatOptions, minify, type ParseOptions } from "terser";
import type { SyntaxNode } from "../../scripts/shorten_elements.ts";

const PLAIN = { module: true, compress: false, mangle: false } as const;

/** @param change Changes the program in place, or gives another one. terser only parses and prints it */
export async function changeProgram(code: string, change: (program: SyntaxNode) => SyntaxNode | void): Promise<string> {
  const format = { ast: true, code: false, spidermonkey: true } as FormatOptions;
  const { ast } = await minify(code, { ...PLAIN, format }) as { readonly ast?: SyntaxNode };
  const changed = change(ast!) ?? ast!;
  const parse = { spidermonkey: true } as ParseOptions;
  return (await minify(changed as unknown as string, { ...PLAIN, parse })).code!;
}
