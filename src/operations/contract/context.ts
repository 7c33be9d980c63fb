/**
 * Everything an operation may use: the clock, the time zone, and the sessions of this machine. Made by the face that
 * runs it.
 */
import type { EpochMs } from "../../core/model.ts";
import type { Checkout } from "../../core/worktree.ts";
import type { UsageIndex } from "../../scan/index/usage_index.ts";
import type { AccountContext } from "./account_context.ts";
import type { Currency } from "../report/currency.ts";
import type { Plans } from "../report/plans.ts";
import type { SettingsFile } from "../settings/load_settings.ts";
import type {
  Budget,
  ExportDefaults,
  GatewayConsents,
  LimitSettings,
  SettingValues,
} from "../settings/setting_rules.ts";

/** Somebody who watches a command run. Nobody, where it runs for a program. */
export interface PersonAtTerminal {
  /** Asks for a yes; anything else is a no. @returns undefined when nobody is there to answer */
  confirm(question: string): Promise<boolean | undefined>;
  /** Shows how far it is, in one line that the next one takes the place of. */
  showProgress(text: string): void;
  /** From now on, Ctrl-C and other signals to end abort this, and no longer the process. */
  catchInterrupt(): Promise<AbortSignal>;
}

/** What an operation may use. Made by whoever runs it, for one question. */
export interface OperationContext {
  /** The clock's time when the operation began. */
  readonly now: EpochMs;
  /**
   * The machine's or the user's zone: an IANA name or an offset. Of a machine that says none that is known, what it says:
   * ask readClock() before a clock is read in it.
   */
  readonly timezone: string;
  /** Decimals of amounts in tables. @default as many as an amount needs */
  readonly digits?: number;
  /** What the user says another currency is worth; shown only where it is asked for. @default none */
  readonly exchangeRate?: Currency;
  /** What the user pays providers by the month. @default nothing is known of that */
  readonly plans?: Plans;
  /** What the user means to spend. @default nothing is known of that */
  readonly budget?: Budget;
  /** What the user says of limits. @default nothing */
  readonly limitSettings?: LimitSettings;
  /** Gateways that the user lets us ask about responses, as config.json says. @default whoever is there is asked first */
  readonly consents?: GatewayConsents;
  /** What `export` does without flags, as config.json says: by the names of its flags, in camel case. */
  readonly exportDefaults?: ExportDefaults;
  /** Projects whose sessions listings leave out, as typed: part of a path, or a path. @default none */
  readonly hideProjects?: readonly string[];
  /** What is needed to explain and to change the settings; `config` alone asks for it. */
  readonly config?: {
    readonly file: SettingsFile;
    /** As given for this command. */
    readonly flags: SettingValues;
    readonly systemTimezone: string;
  };
  /** The person at the terminal, for what takes long and may only be done with leave; `enrich` alone asks for it. */
  readonly person?: PersonAtTerminal;
  /** Absolute path of the user's home, for showing paths as `~/…`. */
  readonly home: string;
  /** Absolute path of the working directory, for relative paths in the input. */
  readonly cwd: string;
  /** Absolute path of our own state directory. */
  readonly stateDirectory: string;
  readonly account: AccountContext;
  /** The agent's session that we were started in, as far as it told us; undefined outside of one. */
  readonly currentSession?: { readonly id?: string; readonly file?: string };
  /** Whether an agent asks, which means its own session by the current one, and never another's. @default a person does */
  readonly isAgent?: boolean;
  /** What a path in the input may be called in the index: absolute, and with symbolic links resolved. */
  resolvePath(path: string): readonly string[];
  /** The checkouts of git that directories lie in, by directory. @default none is known */
  findCheckouts?(directories: readonly string[]): Promise<ReadonlyMap<string, Checkout>>;
  /** Brings the index up to date and opens it; at most once a context. */
  openIndex(): Promise<UsageIndex>;
  /**
   * After something failed that no log explains: the next `scan` is another one, which looks at all of the index.
   *
   * @returns false when there was no scan, or none with an index. @default there is nothing to be doubted
   */
  distrustIndex?(): Promise<boolean>;
}
