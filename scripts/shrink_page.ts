/**
 * Makes the files of the page as small as they can be sent: names and syntax of the script shortened across all modules at
 * once, and a search for the smallest gzip instead of zlib's first good one. Both take some seconds, once a build.
 */
import { gzip } from "@gfx/zopfli";
import { dropUnreached } from "./drop_unreached.ts";
import { leaveUnused } from "./leave_unused.ts";
import { type FormatOptions, minify, type ParseOptions } from "terser";
import { shortenElements, type SyntaxNode } from "./shorten_elements.ts";
import { shortenFunctions } from "./shorten_functions.ts";
import { nodesOf, shortenPatterns } from "./shorten_patterns.ts";

/**
 * Calls at the top of d3-array's one module and of Preact's whose results the page does not use, and which a bundler keeps
 * because it cannot know that they do nothing else.
 */
const PURE_CALLS = ["Blur2", "bisector", "shuffler", "Symbol.for"];

/** A name for what terser writes as `void 0`, seven hundred times: no text of the page has that in it. */
const UNDEFINED = "$0";

/** Of searches for a smaller gzip; more than these find some ten bytes. */
const ROUNDS = 40;

/**
 * @param script As it was bundled, with all names; of elements it has ELEMENT_EXPORTS (shorten_elements.ts) at its end
 * @throws {Error} where it cannot be parsed, or has a name that is added here
 */
export async function shrinkScript(
  script: string,
  { isOfElements }: { readonly isOfElements: boolean },
): Promise<Uint8Array> {
  if (script.includes(UNDEFINED)) throw new Error(`The script has ${UNDEFINED} already.`);
  // The syntax tree that terser has itself is no contract; ESTree is one, which it reads and writes.
  const { ast } = await minify(script, {
    module: true,
    compress: false,
    mangle: false,
    format: { ast: true, code: false, spidermonkey: true } as FormatOptions,
  }) as { readonly ast?: SyntaxNode };
  const program = isOfElements ? shortenElements(ast!) : ast!;
  if (isOfElements) leaveUnused(program);
  dropUnreached(program);
  shortenFunctions(program);
  shortenPatterns(program);
  // One word for both, which is found again. What must not change is known by now: it was bundled.
  for (const node of nodesOf(program)) if (node["kind"] === "const") node["kind"] = "let";
  const { code } = await minify(program as unknown as string, {
    parse: { spidermonkey: true } as ParseOptions,
    module: true,
    ecma: 2020,
    // One underscore begins what d3 has for itself alone.
    mangle: { reserved: [UNDEFINED], properties: { regex: /^_[a-z]/ } },
    // Getters and constructors of the page's own and of its packages do nothing else, and what is compared is of one kind.
    // What is called once stays a function where it has parameters, and what is compared keeps its order: repeated text is
    // what gzip finds.
    compress: {
      passes: 3,
      unsafe_arrows: true,
      unsafe_comps: true,
      pure_getters: true,
      pure_new: true,
      pure_funcs: PURE_CALLS,
      inline: 1,
      lhs_constants: false,
    },
  });
  return new TextEncoder().encode(`let ${UNDEFINED};${code!.replaceAll("void 0", UNDEFINED)}`);
}

/** gzip, as `gunzip` and every browser read it. The same bytes for the same input. */
export function compressSmall(bytes: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    gzip(bytes, { numiterations: ROUNDS }, (error, compressed) => error ? reject(error) : resolve(compressed));
  });
}
