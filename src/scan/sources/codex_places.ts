/** Where Codex's logs are: `sessions` by day, and `archived_sessions` flat, below `$CODEX_HOME`. */
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

function roots({ home, cwd, env }: SourceEnvironment): readonly string[] {
  const named = env.CODEX_HOME?.trim() || "~/.codex";
  const expanded = named === "~" || named.startsWith("~/") ? `${home}${named.slice(1)}` : named;
  const isAbsolute = /^([/\\]|[A-Za-z]:)/.test(expanded);
  const codexHome = (isAbsolute ? expanded : `${cwd}/${expanded}`).replace(/\/+$/, "");
  return [`${codexHome}/sessions`, `${codexHome}/archived_sessions`];
}
