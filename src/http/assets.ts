/**
 * The page's files. They lie in `web/` beside this module: from source in src/http/web/, which is not kept in git, and in
 * the compiled program beside its bundle. scripts/bundle_page.ts makes them, as it does for compile.ts.
 *
 * Every file is compressed as it was built, and has `.gz` at its end: `index.html.gz`, which has the sheet in it,
 * `page-1a2b3c4d5e.js.gz`, `icon-1a2b3c4d5e.svg.gz`. A name with a hash in it never has another content.
 */
import { readSmallFiles } from "../host/read_small_files.ts";
import { contentPolicy, failure, type HttpAnswer } from "./answer.ts";
import { contentSum } from "./content_sum.ts";

/** Where they are. */
export const PAGE_DIRECTORY = new URL("./web/", import.meta.url);

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
  txt: "text/plain; charset=utf-8",
};

const HASHED = /-[0-9a-f]{8,}\.\w+$/;

/** By their names, without `.gz`. Empty where they were not built. */
export type Assets = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

/** Read at once: they take some tens of kilobytes. */
export function loadAssets(directory = PAGE_DIRECTORY): Assets {
  return new Map(
    readSmallFiles(directory).filter(({ name }) => name.endsWith(".gz"))
      .map(({ name, bytes }) => [name.slice(0, -".gz".length), bytes]),
  );
}

/** @param acceptsGzip whether who asks can unpack it: every browser can */
export async function answerAsset(assets: Assets, path: string, acceptsGzip: boolean): Promise<HttpAnswer> {
  const name = path === "/" ? "index.html" : path.slice(1);
  const bytes = assets.get(name);
  if (bytes === undefined) {
    return name === "index.html"
      ? failure(404, "not_built", "The page was not built.", { hint: "`deno run -A scripts/bundle_page.ts` makes it." })
      : failure(404, "not_found", "There is nothing here.", { hint: "The page is at /." });
  }
  const headers = {
    "content-type": TYPES[name.slice(name.lastIndexOf(".") + 1)] ?? "application/octet-stream",
    "cache-control": HASHED.test(name) ? "private, max-age=31536000, immutable" : "no-cache",
    vary: "accept-encoding",
    ...(name === "index.html" ? { "content-security-policy": contentPolicy(await sumOfSheet(bytes)) } : {}),
  };
  if (acceptsGzip) return { status: 200, headers: { ...headers, "content-encoding": "gzip" }, body: bytes };
  return { status: 200, headers, body: await unpack(bytes) };
}

/** By the bytes of the shell, which stay the same while the program runs. */
const sums = new WeakMap<Uint8Array, Promise<string | undefined>>();

function sumOfSheet(shell: Uint8Array<ArrayBuffer>): Promise<string | undefined> {
  let sum = sums.get(shell);
  if (sum === undefined) {
    sum = unpack(shell).then((text) => sheetOf(new TextDecoder().decode(text))).then((sheet) =>
      sheet && contentSum(sheet)
    );
    sums.set(shell, sum);
  }
  return sum;
}

/** The sheet within the page's shell. */
export function sheetOf(shell: string): string | undefined {
  return /<style>([^]*?)<\/style>/.exec(shell)?.[1];
}

/** What a file holds, as it was before it was compressed. */
export async function unpack(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return await new Response(stream).bytes();
}
