/**
 * Reads sessions of Droid the slow, obvious way, by docs/formats/droid.md alone: whole files. It takes every session to have
 * both of its files, and shares nothing with the source.
 */
import { join } from "node:path";

// deno-lint-ignore no-explicit-any -- files are anything, and this reader is to be plain
type Json = any;

/** The sum of one session; the five counts are disjoint. */
export interface DroidReferenceSum {
  readonly session: string;
  readonly model: string;
  /** Kind of API. */
  readonly api: string;
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly cacheWrite1h: number;
  readonly output: number;
}

/** @param home that `.factory` is in */
export function readDroid(home: string): readonly DroidReferenceSum[] {
  const root = join(home, ".factory");
  const { customModels } = JSON.parse(Deno.readTextFileSync(join(root, "settings.json")));
  return [...Deno.readDirSync(join(root, "sessions"))].flatMap((project) => {
    const directory = join(root, "sessions", project.name);
    return [...Deno.readDirSync(directory)].filter(({ name }) => name.endsWith(".jsonl")).map(({ name }) => {
      const [header] = Deno.readTextFileSync(join(directory, name)).split("\n");
      const settings = Deno.readTextFileSync(join(directory, name.replace(/\.jsonl$/, ".settings.json")));
      return sumOf(JSON.parse(header!), JSON.parse(settings), customModels);
    });
  });
}

function sumOf(
  { id }: Json,
  { model, providerLock, tokenUsage }: Json,
  customModels: readonly Json[],
): DroidReferenceSum {
  const label = /^custom:(.*)-\d+$/.exec(model)?.[1];
  const custom = customModels.find(({ displayName }) => displayName.replaceAll(" ", "-") === label);
  const written = tokenUsage.cacheCreationTokens;
  const isForAnHour = providerLock === "anthropic";
  return {
    session: id,
    model: label === undefined ? model : custom.model,
    api: providerLock,
    input: tokenUsage.inputTokens,
    cacheRead: tokenUsage.cacheReadTokens,
    cacheWrite: isForAnHour ? 0 : written,
    cacheWrite1h: isForAnHour ? written : 0,
    output: tokenUsage.outputTokens,
  };
}
