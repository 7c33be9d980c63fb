/**
 * Whose limits a client hands to a status line. Apart from the registry, and without anything that has to be loaded with
 * it: a prompt waits for whoever asks.
 */
import { claudeStatusAccount } from "./claude/status_account.ts";
import type { Machine } from "../core/machine.ts";

export interface StatusAccount {
  /** Id of the agent. */
  readonly source: string;
  /** Absolute path of its configuration directory, which stands for the account. */
  readonly account: string;
}

/**
 * The one agent that hands any to a status line.
 *
 * @param transcript the log that the client names @default its directory is the one that it has without further ado
 */
export function readStatusAccount(transcript: string | undefined, machine: Machine): StatusAccount {
  return claudeStatusAccount(transcript, machine);
}
