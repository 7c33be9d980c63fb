/** Where Codex's logs are: `sessions` by day, and `archived_sessions` flat, below `$CODEX_HOME`. */
import { readPlace } from "../../core/said_place.ts";
import { asItStands, join, resolve } from "../../host/paths.ts";
import type { LogPlaces, SourceEnvironment } from "../source.ts";

export const codexPlaces: LogPlaces = {
  id: "codex",
  title: "Codex",
  version: 4,
  roots,
  matches: (relativePath) => /(^|\/)rollout-[^/]*\.jsonl(\.zst)?$/.test(relativePath),
  isOwnName: (name) => /^rollout-[^/]*\.jsonl(\.zst)?$/.test(name),
  wrote: (members) => members.has("payload") && members.has("type"),
};

/** Codex takes its variable as it stands, `~` and all (0.169, run 2026-11-26): both are looked at. */
function roots({ home, cwd, env }: SourceEnvironment): readonly string[] {
  const named = resolve(cwd, readPlace(env.CODEX_HOME, home) ?? join(home, ".codex"));
  const literal = asItStands(env.CODEX_HOME, cwd);
  const homes = new Set(literal === undefined ? [named] : [named, literal]);
  return [...homes].flatMap((directory) => [`${directory}/sessions`, `${directory}/archived_sessions`]);
}
