/**
 * The contract between an agent that our MCP server can be put into and who puts it there (mcp/install/install.ts): text in,
 * text out. Reading, locking and writing the file is not the agent's.
 *
 * The files are edited rather than the agents' own commands run: `pi mcp add` (1.5.2, tried 2026-11-21) lays the whole file
 * out anew and fails on comments, and a command needs the agent in PATH. Here one key changes, and no other byte.
 */
import type { Machine } from "../core/machine.ts";
import type { ServerCommand } from "./formats/server_command.ts";

/** A variable that an agent takes for another directory than we do. */
export interface TakenAsWritten {
  readonly variable: string;
  /** What it says to us, absolute: written so, both mean the same. */
  readonly meant: string;
}

export interface McpClient {
  /**
   * Absolute path of the file with its servers: among what the agent's logs are read from, whatever a variable says, but for
   * {@linkcode isApart}.
   *
   * @throws {AgentError} usage, for a variable that names somebody else's home
   */
  file(machine: Machine): string;
  /** The variable that says where the file is, where the agent takes it as it stands, for another directory than we do. */
  takenAsWritten(machine: Machine): TakenAsWritten | undefined;
  /**
   * Whether its settings are apart from its logs, so that a variable may move one and not the other.
   *
   * @default they are in one directory, whatever a variable says
   */
  readonly isApart?: true;
  /** The server in a text that has it, for showing. */
  describe(text: string): string;
  /**
   * Of an entry that is there only the command changes, and the arguments up to `mcp`.
   *
   * @throws {AgentError} failed, for a file that is not understood
   */
  install(text: string, server: ServerCommand): string;
  /**
   * @returns nothing but white space when the file was made for the server, and should go
   * @throws {AgentError} failed, for a file that is not understood
   */
  uninstall(text: string): string;
}
