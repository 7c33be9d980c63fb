/**
 * Reads sessions of Droid the slow, obvious way, by docs/formats/droid.md alone: whole files. It takes every session to have
 * both of its files, and shares nothing with the source.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Json, ReferenceFound, ReferenceResponse } from "./found.ts";

/** Sums, of which none is a turn. @param home that `.factory` is in */
export function readDroid(home: string): ReferenceFound {
  const root = join(home, ".factory");
  if (!existsSync(join(root, "sessions"))) return { sessions: [], responses: [] };
  const sums = [...Deno.readDirSync(join(root, "sessions"))].flatMap((project) => {
    const directory = join(root, "sessions", project.name);
    return [...Deno.readDirSync(directory)].filter(({ name }) => name.endsWith(".jsonl")).map(({ name }) => {
      const [header] = Deno.readTextFileSync(join(directory, name)).split("\n");
      const settings = Deno.readTextFileSync(join(directory, name.replace(/\.jsonl$/, ".settings.json")));
      return sumOf(JSON.parse(header!), JSON.parse(settings));
    });
  });
  return { sessions: sums.map(({ session }) => session), responses: sums };
}

function sumOf({ id }: Json, { providerLock, tokenUsage }: Json): ReferenceResponse {
  const written = tokenUsage.cacheCreationTokens;
  const isForAnHour = providerLock === "anthropic";
  return {
    key: id,
    session: id,
    isCopy: false,
    sums: {
      turns: 0,
      input: tokenUsage.inputTokens,
      cacheRead: tokenUsage.cacheReadTokens,
      cacheWrite: isForAnHour ? 0 : written,
      cacheWrite1h: isForAnHour ? written : 0,
      output: tokenUsage.outputTokens,
      usd: 0,
    },
  };
}
