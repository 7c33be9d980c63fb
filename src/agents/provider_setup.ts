/**
 * The contract between an agent that Opper can be added to as a provider of its own and who adds it (launch/configure.ts):
 * text in, text out. Reading, locking and writing the file is not the agent's.
 *
 * An agent that asks a command for the key is given one: then no file has the key.
 */
import type { CatalogueModel } from "../core/catalogue_model.ts";
import type { Machine } from "../core/machine.ts";

/** A command that prints the key. Holds none. */
export interface KeyCommand {
  /** Absolute path of a program. */
  readonly command: string;
  /** What {@linkcode KEY_WORD} is among, and {@linkcode BASE_URL_FLAG} behind it. */
  readonly args: readonly string[];
}

/** What an agent needs to be told of the gateway. */
export interface AddedProvider {
  /** Where calls go. */
  readonly baseUrl: string;
  /** Empty but for an agent whose `keyBy` is `text`. */
  readonly apiKey: string;
  readonly keyCommand: KeyCommand;
  readonly models: readonly CatalogueModel[];
  /** Whose shell runs a command that is written as a line. */
  readonly os: Machine["os"];
}

/** What somebody has to do besides, or may do. */
export interface SetupAdvice {
  /** What to set in the shell that the agent is started from, among the `variables` of its setup. */
  readonly variables?: Readonly<Record<string, string>>;
  /** How the provider is chosen then, and what is to be known of it: sentences. */
  readonly sentences: readonly string[];
}

export interface ProviderSetup {
  /**
   * How the agent comes by the key: it stands in the file, is printed by a command whenever the agent asks, or is in the
   * variable `OPPER_API_KEY`.
   */
  readonly keyBy: "text" | "command" | "variable";
  /** The file that has its providers. @default it is set up by variables alone */
  readonly file?: ProviderFile;
  /** Names of the variables that {@linkcode advice} may set, besides that of the key. @default none */
  readonly variables?: readonly string[];
  advice(provider: AddedProvider, machine: Machine): SetupAdvice;
}

/** What is done to a text: of what would be lost by it, something may be somebody else's. */
export type ProviderEdit = "add" | "remove";

/** The file of an agent that has its providers: a text before and after. */
export interface ProviderFile {
  /** What is set there, for people: `the provider "opper"`. */
  readonly title: string;
  /**
   * Absolute path.
   *
   * @throws {AgentError} usage, for a variable that names somebody else's home
   */
  path(machine: Machine): string;
  /** @param text empty where there is no file. @throws {AgentError} failed, for a file that is not understood */
  add(text: string, provider: AddedProvider): string;
  /**
   * @param path what ends the address of each provider of ours
   * @returns empty when nothing else is in it, and the file should go
   * @throws {AgentError} failed, for a file that is not understood
   */
  remove(text: string, path: string): string;
  /**
   * What an edit replaces or takes away that is not as we write it, by its keys: it may hold what cannot be had back.
   *
   * @param path what ends the address of each provider of ours
   * @throws {AgentError} failed, for a file that is not understood
   */
  others(text: string, path: string, edit: ProviderEdit): readonly string[];
}

/** The word that makes our program print a key. */
export const KEY_WORD = "key";
/** Behind it stands the gateway that the key is for. */
export const BASE_URL_FLAG = "--base-url";

/** Whether arguments end as those of a {@linkcode KeyCommand}, of whatever version and place of our program. */
export function isKeyCommand(args: readonly unknown[]): boolean {
  const behind = args.slice(args.lastIndexOf(KEY_WORD));
  const [, flag, url, name, key] = behind;
  const isWhole = behind.length === 3 || (behind.length === 5 && name === "--key" && typeof key === "string");
  return isWhole && args.includes(KEY_WORD) && flag === BASE_URL_FLAG && typeof url === "string" && URL.canParse(url);
}
