/**
 * Prices that tools keep on disk, for models that no built-in list has. The files are parsed only when one of them changed
 * since the index was last written: what they said is kept there. Tools refresh them every few hours, mostly without
 * saying anything new of such models.
 */
import { fileStamp } from "../host/files.ts";
import { readPlace, readPlaces } from "../core/said_place.ts";
import { asItStands, join, resolve } from "../host/paths.ts";
import type { DiskPrice } from "./disk_prices.ts";
import type { IndexStore } from "./index_store.ts";
import type { SourceEnvironment } from "./source.ts";

export interface KeptDiskPrices {
  readonly prices: readonly DiskPrice[];
  /** Whether {@linkcode save} has something to write. */
  readonly isNew: boolean;
  /** Inside a transaction. */
  save(store: IndexStore): void;
}

interface Options {
  readonly environment: SourceEnvironment;
  /** Changes with the built-in lists, which decide what is worth keeping. */
  readonly listVersion: string;
  /** Of these, the ones of which no built-in list has a price. */
  pickUnlisted(models: readonly DiskPrice[]): Promise<DiskPrice[]>;
}

const META_KEY = "diskPrices";

/** Never fails for what a file holds: one that cannot be read or understood has no prices. */
export async function readDiskPrices(store: IndexStore, options: Options): Promise<KeptDiskPrices> {
  const files = priceFiles(options.environment);
  const stamp = JSON.stringify([options.listVersion, files.map(({ path }) => [path, fileStamp(path)])]);
  const known = readKept(store.readMeta(META_KEY));
  const isNew = known?.stamp !== stamp;
  const prices = isNew ? await parseAll(files, options) : known.prices;
  const text = JSON.stringify({ stamp, prices });
  return { prices, isNew, save: (store) => store.writeMeta(META_KEY, text) };
}

async function parseAll(files: readonly PriceFile[], { environment, pickUnlisted }: Options): Promise<DiskPrice[]> {
  const texts = files.flatMap(({ kind, path }) => {
    const text = environment.readTextFile(path);
    return text === undefined ? [] : [{ kind, text }];
  });
  if (texts.length === 0) return [];
  const { parseClaudeCosts, parsePiModels, parsePiStore } = await import("./disk_prices.ts");
  const parse = { claude: parseClaudeCosts, piModels: parsePiModels, piStore: parsePiStore };
  const found = texts.flatMap(({ kind, text }) => parse[kind](text));
  return found.length === 0 ? [] : await pickUnlisted(found);
}

interface PriceFile {
  readonly kind: "piModels" | "piStore" | "claude";
  /** Absolute. */
  readonly path: string;
}

/** The user's own words first. */
function priceFiles({ home, cwd, env }: SourceEnvironment): PriceFile[] {
  const pi = resolve(cwd, readPlace(env.PI_CODING_AGENT_DIR, home) ?? join(home, ".pi", "agent"));
  const claude = readPlaces(env.CLAUDE_CONFIG_DIR, home).map((path) => resolve(cwd, path));
  const literal = asItStands(env.CLAUDE_CONFIG_DIR, cwd);
  if (literal !== undefined && claude.length > 0) claude.push(literal);
  return [
    { kind: "piModels", path: join(pi, "models.json") },
    { kind: "piStore", path: join(pi, "models-store.json") },
    ...[...new Set(claude.length === 0 ? [home] : claude)]
      .map((directory) => ({ kind: "claude" as const, path: join(directory, ".claude.json") })),
  ];
}

function readKept(text: string | undefined): { readonly stamp: string; readonly prices: DiskPrice[] } | undefined {
  return text === undefined ? undefined : JSON.parse(text);
}
