/** Where Kilo keeps its files: as OpenCode does, of whose source it is made, in a directory of its own. */
import { messagePlaces } from "../formats/opencode_messages/places.ts";

/** Variables that move the files of Kilo. */
export const VARIABLES = {
  XDG_DATA_HOME: "The directory for the data of programs, in which each has its own.",
  KILO_DB: "The database of Kilo, where it is not the usual one.",
  KILO_TEST_HOME: "A home for Kilo, in place of the user's.",
} as const;

type Variable = keyof typeof VARIABLES;

export const logs = messagePlaces({
  version: 1,
  folder: "kilo",
  // Its first versions had not renamed the file.
  databases: ["kilo", "opencode"],
  variables: {
    data: "XDG_DATA_HOME" satisfies Variable,
    home: "KILO_TEST_HOME" satisfies Variable,
    database: "KILO_DB" satisfies Variable,
  },
});
