/**
 * Makes the page of the dashboard: `deno task page [DIRECTORY]`. Without one it goes to src/http/web, where the program that
 * is run from source looks for it; compile.ts puts it beside the program's bundle.
 *
 * Writes `index.html.gz` with the sheet in it, so that a browser paints before it has anything else, and script and icon
 * with a hash in their names, such as `page-1a2b3c4d5e.js.gz`: each compressed as much as gzip can, because that is how they
 * are sent. shrink_page.ts says how.
 */
import { createHash } from "node:crypto";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { ELEMENT_EXPORTS } from "./shorten_elements.ts";
import { compressSmall, shrinkScript } from "./shrink_page.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SOURCE = join(ROOT, "src/web");

/** Where it is looked for when the program runs from source. */
export const PAGE_DIRECTORY = join(ROOT, "src/http/web");

/** A file of the page, by the name that it has there. */
export interface PageFile {
  readonly name: string;
  readonly bytes: number;
  readonly gzipBytes: number;
}

/** @throws {Error} with what the bundler said */
export async function bundlePage(directory: string): Promise<readonly PageFile[]> {
  // Made beside it, so that whoever reads the directory meanwhile finds all of a page.
  await Deno.mkdir(dirname(directory), { recursive: true });
  const made = await Deno.makeTempDir({ dir: dirname(directory), prefix: `${basename(directory)}-` });
  const source = await Deno.readTextFile(join(SOURCE, "index.html"));
  let shell = source.replace(/>\s+</g, "><").replace(/\s+/g, " ").trim();
  const sheet = await joinStyles();
  shell = shell.replace(/<link rel="stylesheet"[^>]*>/, () => `<style>${sheet}</style>`);
  const files = [];
  const assets: readonly (readonly [name: string, bytes: Uint8Array])[] = [
    ["page.js", await bundleScript(join(SOURCE, "main.tsx"), { isOfElements: true })],
    ["icon.svg", await Deno.readFile(join(SOURCE, "icon.svg"))],
  ];
  for (const [name, bytes] of assets) {
    const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 10);
    const hashed = name.replace(".", `-${hash}.`);
    shell = shell.replaceAll(`"${name}"`, `"${hashed}"`);
    files.push(await write(made, hashed, bytes));
  }
  files.push(await write(made, "index.html", new TextEncoder().encode(shell)));
  await Deno.chmod(made, 0o755).catch(ignoreUnsupported);
  await Deno.remove(directory, { recursive: true }).catch(ignoreMissing);
  await Deno.rename(made, directory);
  return files;
}

/** One sheet: what all pages share, then the sheet of each page, in order of their paths. */
async function joinStyles(): Promise<string> {
  const names = await Array.fromAsync(Deno.readDir(SOURCE), ({ name, isDirectory }) => isDirectory ? name : undefined);
  const own = names.filter((name) => name !== undefined).sort().map((name) => join(SOURCE, name, `${name}.css`));
  const texts = [await Deno.readTextFile(join(SOURCE, "style.css"))];
  for (const path of own) {
    const text = await Deno.readTextFile(path).catch(ignoreMissing);
    if (text !== undefined) texts.push(text);
  }
  return shortenStyle(texts.join("\n"));
}

/** Without comments, blanks and zeros that mean nothing. A blank before a colon does: it is in `a :hover`. */
export function shortenStyle(text: string): string {
  return text.replace(/\/\*[^]*?\*\//g, "").replace(/\s+/g, " ").replace(/ ?([{};,>]) ?/g, "$1").replace(/: /g, ":")
    .replace(/([:, (-])0(\.\d)/g, "$1$2").replace(/#(.)\1(.)\2(.)\3\b/g, "#$1$2$3").replaceAll(";}", "}").trim();
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

function ignoreUnsupported(error: unknown): void {
  if (!(error instanceof Deno.errors.NotSupported)) throw error;
}

async function write(directory: string, name: string, bytes: Uint8Array): Promise<PageFile> {
  const compressed = await compressSmall(bytes);
  await Deno.writeFile(join(directory, `${name}.gz`), compressed);
  return { name, bytes: bytes.length, gzipBytes: compressed.length };
}

/**
 * One script of a module and all that it imports, as small as it can be.
 *
 * @param entry Path of the module
 * @param isOfElements Whether it is made of Preact's elements (shorten_elements.ts)
 * @throws {Error} with what the bundler said
 */
export async function bundleScript(
  entry: string,
  { isOfElements }: { readonly isOfElements: boolean },
): Promise<Uint8Array> {
  const directory = await Deno.makeTempDir({ prefix: "opper-agent-page-" });
  try {
    const [start, output] = [join(directory, "entry.ts"), join(directory, "page.js")];
    const exported = isOfElements ? ELEMENT_EXPORTS : "";
    await Deno.writeTextFile(start, `import "${pathToFileURL(entry)}";\n${exported}`);
    const options = ["--frozen", "--config", join(ROOT, "deno.json"), "--platform", "browser"];
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["bundle", ...options, "--output", output, start],
      cwd: dirname(SOURCE),
      env: { NO_COLOR: "1" },
    }).output();
    if (!success) throw new Error(`The page could not be bundled.\n${new TextDecoder().decode(stderr).trimEnd()}`);
    return await shrinkScript(await Deno.readTextFile(output), { isOfElements });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

if (import.meta.main) {
  const directory = resolve(Deno.args[0] ?? PAGE_DIRECTORY);
  const files = await bundlePage(directory);
  for (const { name, bytes, gzipBytes } of files) console.error(`${name}: ${bytes} bytes, ${gzipBytes} compressed`);
  console.error(`Made ${directory}`);
}
