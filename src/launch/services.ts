/** What a launch needs of the rest of the program: stored keys, the gateway's catalogue and figures, the logs. */
import type { CatalogueModel } from "../core/catalogue_model.ts";
import type { Machine } from "../core/machine.ts";
import type { DurationMs, EpochMs } from "../core/model.ts";
import type { LaunchRequest } from "../agents/launcher.ts";
import type { SessionRecord } from "./ledger/records.ts";
import type { GatewayUsage, LocalSession, SummaryFormat } from "./summary.ts";

/** The key of a launch. */
export interface LaunchCredentials {
  readonly apiKey: string;
  /** The key as it may be shown. */
  readonly masked: string;
  readonly baseUrl?: string;
}

/** The models that a launch offers. */
export interface LaunchModels {
  readonly models: readonly CatalogueModel[];
  /** False when the gateway did not answer: it may have models that are not listed. */
  readonly isComplete: boolean;
}

/** What a launch needs of the rest of the program. */
export interface LaunchServices {
  readonly machine: Machine;
  /** Absolute path of our own state directory. */
  readonly stateDirectory: string;
  readonly format: SummaryFormat;
  /** Asks the gateway; the machine's proxies and authorities are its affair. */
  readonly fetch: typeof fetch;
  /** How to start our own MCP server; undefined when there is none to offer. */
  readonly mcpServer?: LaunchRequest["mcpServer"];
  now(): EpochMs;
  /** A new uuid. */
  newId(): string;
  stdout(text: string): void;
  stderr(text: string): void;
  /** @throws {AgentError} when there is no key */
  resolveCredentials(keyName: string | undefined): Promise<LaunchCredentials> | LaunchCredentials;
  /**
   * @param mayAsk whether the gateway may be asked, and its answer kept on disk
   * @throws {AgentError} when the gateway refuses the key
   */
  loadModels(host: string, apiKey: string, mayAsk: boolean): Promise<LaunchModels>;
  /** What the logs say of these sessions since a time, by trace id. */
  readSessions(sessions: readonly SessionRecord[], since: EpochMs): Promise<ReadonlyMap<string, LocalSession>>;
  /** What the gateway counted for a session URL's session. */
  readUsage(host: string, apiKey: string, session: string, timeoutMs: DurationMs): Promise<GatewayUsage>;
}
