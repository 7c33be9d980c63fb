/**
 * The contract between an agent that Opper can be added to as a provider of its own and who adds it (launch/configure.ts):
 * text in, text out. Reading, locking and writing the file is not the agent's.
 */
import type { CatalogueModel } from "../core/catalogue_model.ts";
import type { Machine } from "../core/machine.ts";

/** What an agent needs to be told of the gateway. */
export interface AddedProvider {
  /** Where calls go. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly models: readonly CatalogueModel[];
}

export interface ProviderSetup {
  /**
   * Absolute path of the file with the agent's providers.
   *
   * @throws {AgentError} usage, for a variable that names somebody else's home
   */
  file(machine: Machine): string;
  /** @param text empty where there is no file. @throws {AgentError} failed, for a file that is not understood */
  add(text: string, provider: AddedProvider): string;
  /**
   * @returns empty when nothing else is in it, and the file should go
   * @throws {AgentError} failed, for a file that is not understood
   */
  remove(text: string): string;
  /**
   * Whether a provider of that name is there which is not as we write it: it may hold what cannot be had back.
   *
   * @param path what ends the address of each provider of ours
   * @throws {AgentError} failed, for a file that is not understood
   */
  holdsOther(text: string, path: string): boolean;
}
