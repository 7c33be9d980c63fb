/**
 * Makes src/mcp/resources/card.json, the page of src/web/card as one HTML without anything beside it:
 * `deno run -A scripts/build_card.ts [--check]`. With `--check` it changes nothing, and fails where the two differ.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleScript, shortenStyle } from "./bundle_page.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SOURCE = join(ROOT, "src/web/card");
const FILE = join(ROOT, "src/mcp/resources/card.json");

/** The HTML. The same for the same source. */
export async function makeCard(): Promise<string> {
  const [page, style, common] = await Promise.all(
    [join(SOURCE, "page.html"), join(SOURCE, "page.css"), join(ROOT, "src/web/style.css")].map((path) =>
      Deno.readTextFile(path)
    ),
  );
  const script = new TextDecoder().decode(await bundleScript(join(SOURCE, "card.ts"), { isOfElements: false }))
    .trimEnd();
  if (/<\/script|<!--/i.test(script)) throw new Error("The script would end its element.");
  // HTML ends these elements by itself.
  const shell = page!.replace(/<\/(?:head|body|html)>/g, "");
  return shell.replace(/\s*\n\s*/g, " ").replaceAll("> <", "><").replaceAll(" >", ">").trim()
    .replace(
      "<style>",
      () => `<style>${shortenStyle(style!).replace(":root{", (start) => start + coloursOf(style! + script, common!))}`,
    )
    .replace('<script type="module">', () => `<script type="module">${script}`);
}

/** The custom properties that a sheet and its script use and do not set themselves, as the dashboard has them. */
function coloursOf(used: string, common: string): string {
  const isSet = (name: string) => used.includes(`${name}:`);
  // Only as `var(--x`: a script that was shortened has `--n` of its own.
  const named = used.match(/var\(--[\w-]+|"part-\w+"/g)?.map((name) => name.replace(/^"(.*)"$|^var\(--/, "--$1"));
  const names = [...new Set(named)].filter((name) => !isSet(name) && !isHosts(name)).sort();
  const lines = names.map((name) => {
    const value = new RegExp(`^ {2}${name}: ([^;]+);`, "m").exec(common)?.[1];
    if (value === undefined) throw new Error(`The style of the dashboard has no ${name}.`);
    return `${name}:${value.replaceAll(", ", ",").replace(/#(.)\1(.)\2(.)\3/g, "#$1$2$3")};`;
  });
  return lines.join("");
}

/** Those that MCP Apps (2026-01-26) names, which a host may give. */
function isHosts(name: string): boolean {
  return /^--(color|font|border|shadow)-/.test(name);
}

if (import.meta.main) {
  const html = await makeCard();
  const text = `${JSON.stringify({ html })}\n`;
  if (!Deno.args.includes("--check")) {
    await Deno.writeTextFile(FILE, text);
    console.error(`Made ${FILE}: ${new TextEncoder().encode(html).length} bytes`);
  } else if (await Deno.readTextFile(FILE).catch(() => "") !== text) {
    console.error("error: src/mcp/resources/card.json is not what src/web/card makes: `deno task card` makes it.");
    Deno.exit(1);
  }
}
