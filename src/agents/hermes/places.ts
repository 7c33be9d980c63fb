/**
 * Where Hermes keeps its files: `HERMES_HOME`, by default `~/.hermes`. A profile is a directory of the same kind, in
 * `profiles` of that. Each has one database of all its sessions, `state.db`.
 *
 * Source: Hermes 0.15.1, and `hermes_constants.py` of its main branch, read 2026-11-26.
 */
import type { Machine } from "../../core/machine.ts";
import type { LogPlaces } from "../agent.ts";
import { listLayouts } from "./layouts.ts";

/** Variables that move the files of Hermes. */
export const VARIABLES = {
  HERMES_HOME: "The directory of Hermes' files, which may be that of a profile.",
} as const;

const HOME = "HERMES_HOME" satisfies keyof typeof VARIABLES;

/** The program itself is there as well, with all that it is made of: only profiles are looked into. */
export const logs: LogPlaces = {
  version: 2,
  roots: (machine) => [...new Set(listHomes(machine).flatMap(withAllProfiles))],
  stores: [{
    form: "tables",
    id: "database",
    matches: (relativePath) => /^(?:profiles\/[^/]+\/)?state\.db$/.test(relativePath),
    get layouts() {
      return listLayouts();
    },
  }],
  skips: (relativePath) => !/^profiles(?:\/[^/]+)?$/.test(relativePath),
  isOwnName: () => false,
  wrote: () => false,
};

function listHomes({ os, env, home, join, resolve, asWritten }: Machine): readonly string[] {
  // Hermes takes blanks off, and a ~ for a name.
  const said = env[HOME]?.trim();
  const named = [resolve(said), asWritten(said)].filter((path) => path !== undefined);
  const usual = join(home, ".hermes");
  return [...named, usual, ...os === "windows" ? [join(home, "AppData", "Local", "hermes")] : []];
}

/** Of a profile the home that it is one of, too: others are beside it. */
function withAllProfiles(directory: string): readonly string[] {
  const home = /^(.+)[\\/]profiles[\\/][^\\/]+[\\/]?$/.exec(directory)?.[1];
  return home === undefined ? [directory] : [directory, home];
}
