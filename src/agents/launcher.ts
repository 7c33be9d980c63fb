/**
 * The contract between an agent that we start and the engine that starts it (launch.ts).
 *
 * A launcher is a pure plan: it opens nothing, writes nothing and starts nothing. Placing files, crash safety, signals
 * and the summary live once, in the engine.
 */
import type { CatalogueModel } from "../core/catalogue_model.ts";
import type { Machine } from "../core/machine.ts";
import type { WireSession } from "./wire_session.ts";

/** What was typed before and behind the agent's name. */
export interface LaunchOptions {
  /** Id of an agent. */
  readonly agent: string;
  /** Arguments for the agent, untouched. */
  readonly argv: readonly string[];
  readonly model?: string;
  readonly keyName?: string;
  readonly baseUrl?: string;
  /** `key=value` each. */
  readonly tags: readonly string[];
  readonly mcpTools: boolean;
  /** Whether calls go through the launch's own relay; without it the agent has the key, and a launch is one trace. */
  readonly relay: boolean;
  readonly install: boolean;
  readonly dryRun: boolean;
  readonly quiet: boolean;
  /** Process that started this one: when it is gone, the launch ends with all that it started. @default none */
  readonly parentPid?: number;
}

/** What somebody asked for on the command line, with all that was found out for it. Plain data. */
export interface LaunchRequest {
  /** Names this launch: a uuid. */
  readonly launchId: string;
  /** Arguments for the agent itself, as given. */
  readonly argv: readonly string[];
  /** `--model` of ours: an id of the catalogue. */
  readonly model?: string;
  readonly models: readonly CatalogueModel[];
  /** Where the agent's calls go: the session URL of this launch, at the relay's address or, without it, at the gateway's. Holds no key. */
  readonly sessionUrl: string;
  /** What the agent shows there: the relay's token, which is worth nothing elsewhere; without a relay the key itself. */
  readonly apiKey: string;
  /** Headers for every call of the agent: without a relay those of the launch's one trace. Empty with a relay. */
  readonly headers: Readonly<Record<string, string>>;
  /** Absolute paths: the launch's own directory, and in it the file to which sessions are reported. */
  readonly launchDirectory: string;
  readonly ledgerPath: string;
  /** How to start our own MCP server; undefined leaves its tools out. */
  readonly mcpServer?: { readonly command: string; readonly args: readonly string[] };
}

/** A file that lies in the user's tree only while a launch runs. */
export interface TransientFile {
  /** Absolute. */
  readonly path: string;
  readonly content: string;
}

/** Everything that starting the agent takes, decided before anything is done. */
export interface LaunchPlan {
  /** Arguments for the agent's program. */
  readonly argv: readonly string[];
  /** Added to the caller's environment. Only here, and in state files where an agent asks for it, may `apiKey` be. */
  readonly env: Readonly<Record<string, string>>;
  /** Variables of the caller's that the agent must not see: keys and addresses of other vendors that it would use instead. @default none */
  readonly unset?: readonly string[];
  /** The session that all calls are of, for an agent that names none in its requests. @default the launch itself */
  readonly session?: Pick<WireSession, "sessionId">;
  /**
   * Placed before the start, in none but the places that `Agent.placedPaths` names, and taken away after the end. A text
   * begins with a comment of ours, `// opper-agent: …` or `# opper-agent: …`, which gets the hash of what follows when it is placed.
   */
  readonly files: readonly TransientFile[];
  /** Files in the launch's own directory, outside the user's tree, readable by their owner alone. */
  readonly stateFiles: readonly TransientFile[];
  /** What to do when `files` cannot be placed: arguments that pass the same by another way. */
  readonly fallbackArgv: readonly string[];
}

/** The program of an agent: what is needed to find or install it. */
export interface AgentPackage {
  /** To look for in PATH. */
  readonly name: string;
  /** The npm package that brings it. @default npm does not, and `installHint` says what does */
  readonly npmPackage?: string;
  /** How somebody installs it without npm: the beginning of a sentence. There for whoever has no `npmPackage`. */
  readonly installHint?: string;
  /** Older ones lack what the launch builds on. */
  readonly minimumVersion: string;
}

export interface Launcher {
  readonly program: AgentPackage;
  /**
   * Arguments with which it answers what its input says, and ends; with MCP off where it has any, so that it starts no runs
   * of its own through a server of ours that was installed. @default it cannot
   *
   * @param help what its `--help` says: an agent may refuse flags that it does not know
   */
  headlessArguments?(help: string): readonly string[];
  /** Whether these arguments make it manage or describe itself, without asking a model. */
  managesItself(argv: readonly string[]): boolean;
  /** Whether what we bring into the agent reports its sessions to the ledger, also without a relay. @default false */
  readonly reportsSessions?: boolean;
  /** @throws {AgentError} usage, when what was asked for contradicts itself, or a variable cannot be understood */
  plan(request: LaunchRequest, machine: Machine): LaunchPlan;
}

/**
 * Names of the variables by which a launch speaks to what it started. A process without {@linkcode LAUNCH_VARIABLE} was
 * not started by us, and nothing of ours may act in it.
 */
export const LAUNCH_VARIABLE = "OPPER_AGENT_LAUNCH";
/** Absolute path of the launch's ledger: one JSON object a line, appended. */
export const LEDGER_VARIABLE = "OPPER_AGENT_LEDGER";
/** Absolute path of a JSON file with the agent's own form of the models. */
export const MODELS_VARIABLE = "OPPER_AGENT_MODELS";
/** JSON `{command, args}` of our MCP server, when its tools are brought along. */
export const MCP_VARIABLE = "OPPER_AGENT_MCP";
/** How many launches this one lies within. */
export const DEPTH_VARIABLE = "OPPER_AGENT_DEPTH";
/**
 * Paths of what launches have started in a row, one a line, until an agent comes up: its extension takes this variable out
 * of the agent's environment. Who sees it was started by a script around us, and none of these is the agent.
 */
export const STARTED_VARIABLE = "OPPER_AGENT_STARTED";
/** Set for a program that is asked for its version, to see whether it is the agent. */
export const ASKED_VARIABLE = "OPPER_AGENT_ASKED";
export const CHILD_KEY_VARIABLE = "OPPER_API_KEY";
export const BASE_URL_VARIABLE = "OPPER_BASE_URL";
