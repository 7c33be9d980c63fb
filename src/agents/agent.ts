/**
 * What is known of one coding agent. Its folder opens nothing, starts nothing and asks no clock: what it needs of the
 * machine it is told.
 *
 * An agent itself is light, since every command loads all of them; what reads logs, starts it or writes its settings is
 * loaded when that is done.
 */
import type { DiskPrice } from "../core/cost/disk_price.ts";
import type { Machine } from "../core/machine.ts";
import type { SessionFacts } from "../core/model.ts";
import type { GatewayKeyReader } from "./gateway_key.ts";
import type { Launcher } from "./launcher.ts";
import type { LimitFile, LimitLog } from "./limit_log.ts";
import type { LogStore } from "./log_store.ts";
import type { McpClient } from "./mcp_client.ts";
import type { PromptLog } from "./prompt_log.ts";
import type { ProviderSetup } from "./provider_setup.ts";
import type { Source } from "./source.ts";
import type { WireSessionReader } from "./wire_session.ts";

export interface Agent {
  /** Lower case: `pi`, `claude`, `codex`. What is typed after `--source`, `launch` and `mcp install`. */
  readonly id: string;
  /** Name for people. */
  readonly title: string;
  /** Variables that say where its files are, with a sentence on each. The same sentence where two are told together. */
  readonly variables: Readonly<Record<string, string>>;
  /** Versions whose files were seen, oldest first. */
  readonly checkedWith: readonly string[];
  /** Where it keeps logs, and which files are some. @default its logs are not read */
  readonly logs?: LogPlaces;
  /** From a log's records to turns. There for whoever has logs. */
  source?(): Promise<Source>;
  /** From a log's records to what fills a prompt. @default it is not known, and `promptUnknown` says why */
  promptLog?(): Promise<PromptLog>;
  /** Why its logs do not tell what a prompt is made of: a sentence. There for whoever has logs and no `promptLog`. */
  readonly promptUnknown?: string;
  /**
   * How a session is gone on with: a program and its arguments, to be typed in the session's directory. Undefined for one
   * that cannot be. @default it is not known
   */
  resumeCommand?(session: Pick<SessionFacts, "sessionId" | "cwd">): readonly string[] | undefined;
  /** How it is started. @default it cannot be launched, and `launchRefusal` says why */
  launcher?(): Promise<Launcher>;
  /** Whether its launcher has `headlessArguments`: said here too, so that nobody loads it to know. @default false */
  readonly answersWithoutTerminal?: boolean;
  /** How it names its session in requests. @default they name none */
  wireSession?(): Promise<WireSessionReader>;
  /** Why it cannot be launched. @default how its calls could be routed is not known here */
  readonly launchRefusal?: Refusal;
  /**
   * Where launches of any version place files in the user's tree: absolute. There for whoever has a launcher that does.
   *
   * @throws {AgentError} usage, when a variable holds what only a shell knows: nothing was placed there
   */
  placedPaths?(machine: Machine): readonly string[];
  /** Our MCP server in its settings. @default it takes no server */
  mcpClient?(): Promise<McpClient>;
  /** Opper among its own providers. @default it has none that we can add to */
  providerSetup?(): Promise<ProviderSetup>;
  /** Why Opper cannot be among its providers, for one that people may ask about. @default it is not asked about */
  readonly setupRefusal?: Refusal;
  /** Keys for gateways that stand in its own files and variables. @default none that we know of */
  gatewayKeys?(): Promise<GatewayKeyReader>;
  /** What names the trace of a session (core/name_trace.ts): its file, or its own id. @default "session" */
  readonly traceName?: "file";
  /** The folder in a repository in which it puts worktrees, with `/` between its names. @default it makes none */
  readonly worktrees?: string;
  /** What its users set for how long caches live. @default it has no setting that we know of */
  readonly cacheSettings?: CacheSettings;
  /** Files with prices of models, those of the user's own words first. @default it keeps none */
  priceFiles?(machine: Machine): readonly PriceFile[];
  /** What logs let on about the limits of a plan. @default nothing */
  limitLog?(): Promise<LimitLog>;
  /** The same of files of settings. @default nothing */
  limitFiles?(machine: Machine): Promise<readonly LimitFile[]>;
  /**
   * The configuration directory that it has without further ado, which what a status line kept is of that names none. There
   * for whoever hands limits to a status line.
   */
  limitAccount?(machine: Machine): string;
  /** Who bills it in units that a plan includes some of, and what they are called: no log says how many. @default nobody */
  readonly allowance?: { readonly provider: string; readonly unit: string };
  /** How a person comes by readings of its limits: a sentence. There for whoever has some. */
  readonly limitsHow?: string;
}

/** How a lifetime is asked for, by its own names. @returns undefined where it cannot be */
export type CacheSettings = (wanted: CacheLifetime) => CacheSetting | undefined;

/** For the conversation itself, or for what it hands work to. */
export interface CacheLifetime {
  readonly role: "main" | "sub";
  readonly lifetime: "5m" | "1h";
}

/** A key in a file of settings, or a variable. */
export interface CacheSetting {
  /** As people find it: `~/.claude/settings.json or the project's`. @default it is a variable */
  readonly file?: string;
  readonly key: string;
  /** @default it is to be taken away */
  readonly value?: string;
  /** What else it changes: a sentence. @default nothing that is known */
  readonly note?: string;
}

/** Told to somebody who asks of an agent what cannot be done. */
export interface Refusal {
  /** What follows "cannot be launched:", without a full stop. */
  readonly reason: string;
  /** What to do instead: a sentence. */
  readonly instead: string;
}

/** What every scan has to know of an agent's logs, whether or not one of them changed. */
export interface LogPlaces {
  /** Raised when decoding changes: its logs are then read anew. */
  readonly version: number;
  /**
   * Every directory the agent may write logs into, overrides included, most specific first. They need not exist. Where the
   * first of the stores is of tables, a root may be a database itself, whatever its name is.
   */
  roots(machine: Machine): readonly string[];
  /**
   * Directories below a root in which no log lies, and which may hold more files than all logs together: they are not looked
   * into. `relativePath` has `/` between its parts.
   * @default all are
   */
  skips?(relativePath: string): boolean;
  /** How logs are kept there: at least one. An agent may have several, such as an older one and a newer one. */
  readonly stores: readonly [LogStore, ...LogStore[]];
  /** Whether a file's name is one that this agent alone gives to its logs, so that such a file is its own wherever it lies. */
  isOwnName(name: string): boolean;
  /**
   * Whether a line of a log is one of this agent's, and of no other's. Asked of files that two agents may have written: a
   * file is that agent's whose records it holds.
   */
  wrote(members: LineMembers): boolean;
}

/**
 * The members of a line's object, without what is in them: of a text the text, of all else `""`. As far as the line is
 * there, also where it is not JSON.
 */
export type LineMembers = ReadonlyMap<string, string>;

/** A file in which an agent keeps prices of models, such as those that a user gave to models of their own. */
export interface PriceFile {
  /** Absolute. */
  readonly path: string;
  /** A catalogue of what many sell: of it those rows count that the built-in list would take. @default all count */
  readonly isCatalogue?: boolean;
  /** What reads it, loaded when it changed. */
  reader(): Promise<PriceReader>;
}

/** Never throws: a file that is broken has no prices. What no price can be is left out, and becomes one of the `problems`. */
export type PriceReader = (text: string, problems: string[]) => readonly DiskPrice[];

/** What `roots` of each agent said. */
export type AgentRoots = ReadonlyMap<LoggedAgent, readonly string[]>;

/** An agent whose logs are read: what `source` means in answers. */
export type LoggedAgent = Agent & Required<Pick<Agent, "logs" | "source">>;
