/**
 * The page's files. They lie in `web/` beside this module: from source in src/http/web/, which is not kept in git, and in
 * the compiled program beside its bundle. scripts/bundle_page.ts makes them, as it does for compile.ts.
 *
 * Every file is compressed as it was built, and has `.gz` at its end: `index.html.gz`, `main-1a2b3c4d.js.gz`,
 * `style-1a2b3c4d.css.gz`, `icon-1a2b3c4d.svg.gz`. A name with a hash in it never has another content.
 */
import { readSmallFiles } from "../host/read_small_files.ts";
import { failure, type HttpAnswer } from "./answer.ts";

/** Where they are. */
export const PAGE_DIRECTORY = new URL("./web/", import.meta.url);

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
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
  };
  if (acceptsGzip) return { status: 200, headers: { ...headers, "content-encoding": "gzip" }, body: bytes };
  return { status: 200, headers, body: await unpack(bytes) };
}

/** What a file holds, as it was before it was compressed. */
export async function unpack(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return await new Response(stream).bytes();
}
