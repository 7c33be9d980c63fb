/**
 * Prices that tools keep on disk, for models that no built-in list has. The files are parsed only when one of them changed
 * since the index was last written: what they said is kept there. Tools refresh them every few hours, mostly without
 * saying anything new of such models.
 */
import type { Diagnostic } from "../../core/model.ts";
import { fileStamp } from "../../host/files.ts";
import { readPlace, readPlaces } from "../../core/said_place.ts";
import { asItStands, join, resolve } from "../../host/paths.ts";
import type { DiskPrice } from "../prices/disk_prices.ts";
import type { IndexStore } from "./tables/store.ts";
import type { SourceEnvironment } from "../../agents/source.ts";

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
  readonly environment: SourceEnvironment;
  /** Changes with the built-in lists, which decide what is worth keeping. */
  readonly listVersion: string;
  /** Of these, the ones of which no built-in list has a price. */
  pickUnlisted(models: readonly DiskPrice[]): Promise<DiskPrice[]>;
}

const META_KEY = "diskPrices";

/** Raised when the same files say something else than before. */
const RULES = 2;

/** A catalogue has thousands of prices. */
const MAX_PROBLEMS_PER_FILE = 20;

/** Never fails for what a file holds: one that cannot be read or understood has no prices. */
export async function readDiskPrices(store: IndexStore, options: Options): Promise<KeptDiskPrices> {
  const files = priceFiles(options.environment);
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
  { environment, pickUnlisted }: Options,
): Promise<Pick<KeptDiskPrices, "prices" | "problems">> {
  const texts = files.flatMap(({ kind, path }) => {
    const text = environment.readTextFile(path);
    return text === undefined ? [] : [{ kind, path, text }];
  });
  if (texts.length === 0) return { prices: [], problems: [] };
  const { parseClaudeCosts, parsePiModels, parsePiStore } = await import("../prices/disk_prices.ts");
  const parse = { claude: parseClaudeCosts, piModels: parsePiModels, piStore: parsePiStore };
  const problems: Diagnostic[] = [];
  const found = texts.flatMap(({ kind, path, text }) => {
    const messages: string[] = [];
    const prices = parse[kind](text, messages);
    for (const message of messages.slice(0, MAX_PROBLEMS_PER_FILE)) problems.push({ path, message });
    return prices;
  });
  return { prices: found.length === 0 ? [] : await pickUnlisted(found), problems };
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

type Kept = Pick<KeptDiskPrices, "prices" | "problems"> & { readonly stamp: string };

function readKept(text: string | undefined): Kept | undefined {
  return text === undefined ? undefined : JSON.parse(text);
}
