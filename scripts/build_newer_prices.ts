/**
 * Builds src/scan/prices/newer_prices.json, the second price list, from the catalogue of `@earendil-works/pi-ai`. The package has
 * dependencies that nothing here needs, and exports none of its data: npm fetches it, and its data alone are read.
 *
 *     deno run -A --frozen scripts/build_newer_prices.ts            writes the file
 *     deno run -A --frozen scripts/build_newer_prices.ts --check    fails when the file is not what the data give
 *
 * Which rows are taken, and why: docs/adr/0008-second_price_list.md.
 */
import { NEWER_PRICE_RELEASE } from "../src/core/cost/price_release.ts";
import { CATALOGUE_ROWS, isCatalogueRow } from "../src/scan/prices/catalogue_rules.ts";
import type { CompactPrice, CompactPrices } from "../src/scan/prices/newer_prices.ts";

const FILE = new URL("../src/scan/prices/newer_prices.json", import.meta.url);

/** Of the archive. Source: npm's record of the version. */
const INTEGRITY = "sha512-2tWPSnV3qzfiDIY3aWluBag3vC++Vs+VsXt/UquSU5onPMohPih72FUhIhaqmDdMYubOgB3Byl9uF4Vk40JLvQ==";

interface Cost {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly tiers?: readonly (Omit<Cost, "tiers"> & { readonly inputTokensAbove: number })[];
}

interface Row {
  readonly id: string;
  readonly type: string;
  readonly cost?: Cost;
}

async function readArchive(): Promise<Uint8Array<ArrayBuffer>> {
  const directory = await Deno.makeTempDir();
  try {
    const { success } = await new Deno.Command("npm", {
      args: [
        "pack",
        "--silent",
        "--ignore-scripts",
        "--prefer-offline",
        `${NEWER_PRICE_RELEASE.package}@${NEWER_PRICE_RELEASE.version}`,
      ],
      cwd: directory,
      stdout: "null",
    }).output();
    if (!success) throw new Error(`npm has no ${NEWER_PRICE_RELEASE.package}@${NEWER_PRICE_RELEASE.version}.`);
    const [file] = [...Deno.readDirSync(directory)];
    const archive = await Deno.readFile(`${directory}/${file!.name}`);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-512", archive));
    if (`sha512-${digest.toBase64()}` !== INTEGRITY) throw new Error("The package is not the one that was checked.");
    return archive;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** The files of a gzipped tar archive that this script needs. */
async function readCatalogue(archive: Uint8Array<ArrayBuffer>): Promise<Map<string, Row[]>> {
  const unzipped = new Blob([archive]).stream().pipeThrough(new DecompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(unzipped).arrayBuffer());
  const text = new TextDecoder();
  const read = (from: number, length: number) => text.decode(bytes.subarray(from, from + length)).split("\0")[0]!;
  const found = new Map<string, Row[]>();
  for (let at = 0; at + 512 <= bytes.length && bytes[at] !== 0;) {
    const name = read(at, 100);
    const size = parseInt(read(at + 124, 12), 8);
    const provider = /^package\/dist\/providers\/data\/([\w-]+)\.json$/.exec(name)?.[1];
    if (provider !== undefined) {
      const apis = JSON.parse(text.decode(bytes.subarray(at + 512, at + 512 + size))) as Record<
        string,
        Record<string, Row>
      >;
      found.set(provider, Object.values(apis).flatMap((rows) => Object.values(rows)));
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return found;
}

/** Zero stands for a price that is not listed: a read or write without one costs what plain input does. */
function compact({ input, output, cacheRead, cacheWrite, tiers = [] }: Cost): CompactPrice {
  return [
    input,
    output,
    cacheRead,
    cacheWrite,
    ...tiers.flatMap((tier) => [tier.inputTokensAbove, tier.input, tier.output, tier.cacheRead, tier.cacheWrite]),
  ];
}

const catalogue = await readCatalogue(await readArchive());
const mistral = new Map(catalogue.get("mistral")!.map(({ id, cost }) => [`mistralai/${id}`, cost]));

function isTaken(provider: string, { id, type, cost }: Row): boolean {
  if (type !== "chat" || cost === undefined || !isCatalogueRow(provider, id)) return false;
  // Free, or no price listed: the data do not say which, but for what is called so.
  if (cost.input === 0 || cost.output === 0) return provider === "opencode" && id.endsWith("-free");
  // Mistral gives weights away: only where a router asks what Mistral does, it is Mistral's price.
  if (provider === "openrouter" && id.startsWith("mistralai/")) {
    const own = mistral.get(id);
    return own !== undefined && own.input === cost.input && own.output === cost.output;
  }
  return true;
}

const prices: CompactPrices = Object.fromEntries(
  Object.keys(CATALOGUE_ROWS).map((provider) => {
    const rows = catalogue.get(provider);
    if (rows === undefined) throw new Error(`The catalogue has no provider ${provider}.`);
    const models = rows.filter((row) => isTaken(provider, row))
      .map(({ id, cost }) => [id.toLowerCase(), compact(cost!)] as const)
      .sort(([a], [b]) => a < b ? -1 : 1);
    return [provider, Object.fromEntries(models)];
  }),
);
// A line a provider: short, and a change can still be seen.
const text = `{\n${
  Object.entries(prices).map(([provider, models]) => `${JSON.stringify(provider)}: ${JSON.stringify(models)}`)
    .join(",\n")
}\n}\n`;

if (!Deno.args.includes("--check")) await Deno.writeTextFile(FILE, text);
else if (await Deno.readTextFile(FILE) !== text) {
  console.error("src/scan/prices/newer_prices.json is not what the catalogue gives: run deno task prices.");
  Deno.exit(1);
}
