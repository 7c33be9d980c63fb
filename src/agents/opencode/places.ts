/** Where OpenCode keeps its files: `opencode` in the directory of data, on all systems. */
import { messagePlaces } from "../formats/opencode_messages/places.ts";

/** Variables that move the files of OpenCode. */
export const VARIABLES = {
  XDG_DATA_HOME: "The directory for the data of programs, in which each has its own.",
  OPENCODE_DB: "The database of OpenCode, where it is not the usual one.",
  OPENCODE_TEST_HOME: "A home for OpenCode, in place of the user's.",
} as const;

type Variable = keyof typeof VARIABLES;

export const logs = messagePlaces({
  version: 1,
  folder: "opencode",
  databases: ["opencode"],
  variables: {
    data: "XDG_DATA_HOME" satisfies Variable,
    home: "OPENCODE_TEST_HOME" satisfies Variable,
    database: "OPENCODE_DB" satisfies Variable,
  },
});
