/**
 * The contract of a command that is no operation, because it prints as it likes and ends with a status of its
 * own. Help, man page and completions come from the same definition as the parsing.
 *
 * The registry is commands/registry.ts. What a command needs of the machine is handed in as {@linkcode CliHost}.
 */
import type { Need } from "../operations/contract/need.ts";
import type { Example, Operation } from "../operations/contract/operation.ts";
import type { CliHost } from "./host.ts";
import type { Flag } from "./arguments/flag.ts";

/** A command as a registry lists it: light, so that the list can be shown at once. The rest is loaded when needed. */
export interface Listed<Definition> {
  readonly name: string;
  /** One line, no full stop. */
  readonly summary: string;
  /** Run when no command is named; without one of these, that shows the help. @default false */
  readonly isDefault?: boolean;
  load(): Promise<Definition>;
}

/** A command that is no operation, as its registry lists it. */
export interface CommandEntry extends Listed<Command> {
  /** Not listed: for programs, not for people. @default false */
  readonly hidden?: boolean;
}

/** Everything that can be typed behind the program's name. */
export interface Program {
  /** What people type to start it. */
  readonly name: string;
  readonly operations: readonly Listed<Operation>[];
  readonly commands: readonly CommandEntry[];
}

/** @typeParam P What its arguments are parsed to */
export interface Command<P = unknown> {
  readonly name: string;
  readonly summary: string;
  /** Ways to call it, without the program's name: `launch [FLAGS] AGENT`. */
  readonly usage: readonly string[];
  /** A paragraph for `help`. */
  readonly description: string;
  /** Of what it asks the machine for itself; what it does through an operation is that one's. */
  readonly needs: readonly Need[];
  /** All that it takes, positional arguments included: those of every command are not added. */
  readonly flags: readonly Flag[];
  /** Whether all behind the first positional argument is somebody else's. @default false */
  readonly passesRest?: boolean;
  /** A paragraph below the flags. */
  readonly notes?: string;
  readonly examples: readonly Example[];
  /** An error never ends with a lower status than this: below may lie the statuses of a program that it starts. */
  readonly leastErrorStatus?: number;
  /**
   * @param argv what stands behind its name
   * @param program what people type to start the program, for messages
   * @returns undefined when help is wanted
   * @throws {AgentError} usage, when an argument is wrong
   */
  parse(argv: readonly string[], program: string): P | undefined;
  /** @returns the exit status; or what to print on standard output, with status 0 */
  run(parsed: P, host: CliHost, program: Program): Promise<number | string>;
}
