/**
 * The contract of agents that keep no figures on the machine: where their sessions can be counted, and what is said of
 * them. `doctor` alone asks, and loads it then; no scan looks at their files.
 *
 * Nothing is ever estimated for them: what is not recorded is not known.
 */
import type { Machine } from "../core/machine.ts";

export interface UnrecordedAgent {
  /** Lower case. No `--source`: nothing of it is in any other answer. */
  readonly id: string;
  /** Name for people. */
  readonly title: string;
  /** Variables that say where its files are, with a sentence on each. */
  readonly variables: Readonly<Record<string, string>>;
  /** What is not recorded, and where it may be instead. Follows "12 sessions of Acme: "; without a stop. */
  readonly says: string;
  /** Where its sessions are, overrides included. They need not exist. */
  places(machine: Machine): readonly UnrecordedPlace[];
}

export type UnrecordedPlace = FilesOfSessions | TableOfSessions;

interface AnyPlace {
  /** Absolute: the directory, or the database. */
  readonly path: string;
  /** Its sessions may be those of the other places: it counts where those have none. @default false */
  readonly isRepeat?: boolean;
}

/** Files below a directory, by their names alone. */
export interface FilesOfSessions extends AnyPlace {
  readonly form: "files";
  /** The session that a file is of, by its path below the directory, with `/` between its parts. Undefined for any other. */
  sessionOf(relativePath: string): string | undefined;
}

/** Rows of an SQLite database. */
export interface TableOfSessions extends AnyPlace {
  readonly form: "table";
  /** A database without it has none. */
  readonly table: string;
  /** A SELECT of one row with one column, `sessions`. It reads an index and nothing else: such databases have gigabytes. */
  readonly count: string;
}
