/**
 * Amp: since 2026-05 its threads are on its server. Files of before hold a part of what was spent, in two places that need
 * not agree, and credits that were paid in advance: they are not read.
 *
 * Threads of other readers' makers, read 2026-11-26.
 */
import type { UnrecordedAgent } from "../unrecorded_agent.ts";

const VARIABLES = {
  AMP_DATA_DIR: "The directory of Amp's threads, of which doctor counts those that are there.",
} as const;
const DATA = "AMP_DATA_DIR" satisfies keyof typeof VARIABLES;

export const amp: UnrecordedAgent = {
  id: "amp",
  title: "Amp",
  variables: VARIABLES,
  says:
    "cost and tokens are not recorded on this machine, but for a part in files of before May 2026, which is not read",
  places: ({ env, home, join, resolve }) => [{
    form: "files",
    path: join(resolve(env[DATA]) ?? join(home, ".local", "share", "amp"), "threads"),
    sessionOf: (relativePath) => /^(T-[^/]+)\.json$/.exec(relativePath)?.[1],
  }],
};
