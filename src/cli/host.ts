/** Types of everything that the command line needs of its process, and of the program around it. */
import type { LaunchOptions } from "../agents/launcher.ts";
import type { ExtraRoot } from "../core/extra_root.ts";
import type { EpochMs } from "../core/model.ts";
import type { Progress } from "../host/terminal.ts";
import type { OperationContext } from "../operations/contract/context.ts";
import type { Operation } from "../operations/contract/operation.ts";
import type { GlobalFlags } from "./arguments/flag.ts";

/** What an operation may use, for one command. */
export interface CliContext extends OperationContext {
  /** Whether closing it writes the index, so that other processes wait until then. @default it does not */
  isUnsaved?(): Promise<boolean>;
  /** Called once, whether or not the operation succeeded. */
  close(): void | Promise<void>;
}

/** What a context is made for. */
export interface AskedOperation extends Pick<Operation, "name" | "needs"> {
  /** Whether the context is closed as soon as the answer is printed: the index is then written behind it. @default false */
  readonly savesLast?: boolean;
}

/** Everything that the command line needs of the process it runs in. */
export interface CliHost {
  /** What `--version` prints, with its line feed. */
  readonly versionText: string;
  /** Read for `HOME`, `USERPROFILE`, `NO_COLOR`, `FORCE_COLOR`, `TERM`, `LC_ALL`, `LC_CTYPE` and `LANG`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether standard output is a terminal. */
  readonly isTerminal: boolean;
  /** Whether standard error is. Progress is shown only there. */
  readonly isErrorTerminal: boolean;
  /** Columns of the terminal; undefined when standard output is none. */
  readonly width?: number;
  /** Columns that messages have; undefined when standard error is no terminal: nothing is wrapped. */
  readonly errorWidth?: number;
  /** False when nobody reads any more. */
  stdout(text: string): boolean;
  /** The same for several texts, while other work goes on. @throws {AgentError} failed, when they cannot be written */
  answer(texts: readonly string[]): Promise<boolean>;
  stderr(text: string): void;
  now(): EpochMs;
  /** @param asked what is about to run: all that it does not need is given up */
  makeContext(globals: GlobalFlags, progress: Progress, asked: AskedOperation): Promise<CliContext>;
  /** Starts an agent and waits for it. @returns the exit status */
  launch(options: LaunchOptions): Promise<number>;
  /** @returns the exit status */
  mcp(request: McpArguments): Promise<number>;
  /** @returns the exit status */
  dashboard(request: DashboardArguments): Promise<number>;
  /** A stored key, as it is. @throws {AgentError} failed, when there is none, or it is for another gateway */
  key(request: KeyArguments): Promise<string>;
}

/** Which stored key, and whom it is for. */
export interface KeyArguments {
  /** @default the default key */
  readonly keyName?: string;
  /** Where it will be sent. @default it is not said */
  readonly baseUrl?: string;
}

/** How the page is served, or where it is written to. */
export interface DashboardArguments {
  /** @default 4756, or the next free one */
  readonly port?: number;
  /** False with `--no-open`. */
  readonly open: boolean;
  /** False with `--no-text`. */
  readonly text: boolean;
  readonly remoteTraces: boolean;
  /** As typed: the page is written there, and nothing served. */
  readonly exportFile?: string;
  /** IANA name. @default the machine's */
  readonly timezone?: string;
  readonly globals: GlobalFlags;
}

/** How to serve. */
export interface ServeArguments {
  readonly action: "serve";
  readonly readOnly: boolean;
  /** Directories that agents may be started in, as typed. Empty: the working directory. */
  readonly allowDirectories: readonly string[];
  readonly roots: readonly ExtraRoot[];
  readonly hideProjects: readonly string[];
  /** False with `--no-index`. */
  readonly index: boolean;
}

/** To serve, or to put the server into a client's configuration and take it out. */
export type McpArguments =
  | ServeArguments
  | {
    readonly action: "install" | "uninstall";
    /** Everything behind the action, untouched. */
    readonly argv: readonly string[];
  };
