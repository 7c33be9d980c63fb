/** Everything that operations about keys need of the machine, besides what every operation has. Made by the face. */
import type { Machine } from "../../core/machine.ts";

export interface AccountContext {
  /** With the caller's environment. */
  readonly machine: Machine;
  /** Absolute path of the directory with the stored keys: `$OPPER_HOME`, by default `~/.opper`. */
  readonly opperHome: string;
  /**
   * Asks for a secret: in a terminal without showing it, else one line of standard input.
   *
   * @throws {AgentError} interrupted or failed, when none is given
   */
  readSecret(question: string): Promise<string>;
  readonly fetch: typeof fetch;
}
