/** Where agents may have logs on a machine: what is looked for, in order. */
import type { AgentRoots, LoggedAgent } from "../../agents/agent.ts";
import type { ExtraRoot } from "../../core/extra_root.ts";
import type { Machine } from "../../core/machine.ts";
import { resolve } from "../../host/paths.ts";
import { listPossible } from "./possible_roots.ts";

/** A directory, or a database, that an agent may have its logs in. */
export interface LogPlace {
  readonly source: LoggedAgent;
  /** Absolute. */
  readonly path: string;
  /** Whether the agent itself may write there; false for what somebody named alone. */
  readonly isOwn: boolean;
  /** False where a list of what is above it says that it is missing. */
  readonly isPossible: boolean;
}

/** @param known Roots that were asked for a moment ago. @default they are asked for */
export function listPlaces(
  sources: readonly LoggedAgent[],
  machine: Machine,
  extraRoots: readonly ExtraRoot[],
  known?: AgentRoots,
): readonly LogPlace[] {
  const places = sources.flatMap((source) => {
    const own = known?.get(source) ?? source.logs.roots(machine);
    const extra = extraRoots.filter((extra) => extra.source === source.id)
      .map(({ directory }) => resolve(machine.cwd, directory));
    return [...new Set([...own, ...extra])].map((path) => ({ source, path, isOwn: own.includes(path) }));
  });
  const possible = listPossible(machine, places.map(({ path }) => path));
  return places.map((place) => ({ ...place, isPossible: possible.has(place.path) }));
}

/** What is known of a walk is known by this: another version of a source may want other names. */
export function nameWalk({ source, path }: Pick<LogPlace, "source" | "path">): string {
  return `${source.id} ${source.logs.version} ${path}`;
}
