/**
 * Prices that agents keep on disk, and those that the gateway listed, for models that no built-in list has. The files are parsed only when one of them changed
 * since the index was last written: what they said is kept there. Agents refresh them every few hours, mostly without
 * saying anything new of such models.
 */
import type { Diagnostic } from "../../core/model.ts";
import { fileStamp } from "../../host/files.ts";
import type { DiskPrice } from "../../core/cost/disk_price.ts";
import type { IndexStore } from "./tables/store.ts";
import type { Machine } from "../../core/machine.ts";
import type { PriceFile } from "../../agents/agent.ts";
import { AGENTS } from "../../agents/agents.ts";

/** Prices that agents keep on disk, as they are now, and whether the index has them already. */
export interface KeptDiskPrices {
  readonly prices: readonly DiskPrice[];
  /** Prices that can be none, by their file. */
  readonly problems: readonly Diagnostic[];
  /** Whether {@linkcode save} has something to write. */
  readonly isNew: boolean;
  /** Inside a transaction. */
  save(store: IndexStore): void;
}

interface Options {
  readonly machine: Machine;
  /** Absolute path of the models of the gateway, as it last listed them. */
  readonly gatewayCatalogue: string;
  /** Changes with the built-in lists, which decide what is worth keeping. */
  readonly listVersion: string;
  /** Of these, the ones of which no built-in list has a price. */
  pickUnlisted(models: readonly DiskPrice[]): Promise<DiskPrice[]>;
}

const META_KEY = "diskPrices";

/** Raised when the same files say something else than before. */
const RULES = 3;

/** A catalogue has thousands of prices. */
const MAX_PROBLEMS_PER_FILE = 20;

/** Never fails for what a file holds: one that cannot be read or understood has no prices. */
export async function readDiskPrices(store: IndexStore, options: Options): Promise<KeptDiskPrices> {
  const files = priceFiles(options);
  const stamp = JSON.stringify([RULES, options.listVersion, files.map(({ path }) => [path, fileStamp(path)])]);
  const known = readKept(store.readMeta(META_KEY));
  const isNew = known?.stamp !== stamp;
  const { prices, problems } = isNew ? await parseAll(files, options) : known;
  return {
    prices,
    problems,
    isNew,
    save: (store) => store.writeMeta(META_KEY, JSON.stringify({ stamp, prices, problems })),
  };
}

async function parseAll(
  files: readonly PriceFile[],
  { machine, pickUnlisted }: Options,
): Promise<Pick<KeptDiskPrices, "prices" | "problems">> {
  const texts = files.flatMap((file) => {
    const text = machine.readTextFile(file.path);
    return text === undefined ? [] : [{ file, text }];
  });
  if (texts.length === 0) return { prices: [], problems: [] };
  const { pickDiskPrices } = await import("../prices/disk_prices.ts");
  const problems: Diagnostic[] = [];
  const found: (readonly DiskPrice[])[] = [];
  for (const { file: { path, isCatalogue = false, reader }, text } of texts) {
    const messages: string[] = [];
    found.push(pickDiskPrices((await reader())(text, messages), isCatalogue));
    for (const message of messages.slice(0, MAX_PROBLEMS_PER_FILE)) problems.push({ path, message });
  }
  return { prices: await pickUnlisted(found.flat()), problems };
}

/** The gateway's come last: what a user wrote, and what an agent was told, is of this very agent. */
function priceFiles({ machine, gatewayCatalogue }: Options): readonly PriceFile[] {
  return [
    ...AGENTS.flatMap((agent) => agent.priceFiles?.(machine) ?? []),
    {
      path: gatewayCatalogue,
      reader: async () => (await import("./parse_gateway_prices.ts")).parseGatewayPrices,
    },
  ];
}

type Kept = Pick<KeptDiskPrices, "prices" | "problems"> & { readonly stamp: string };

function readKept(text: string | undefined): Kept | undefined {
  return text === undefined ? undefined : JSON.parse(text);
}
