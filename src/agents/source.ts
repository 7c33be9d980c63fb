/**
 * The contract between an agent's log format and the scan engine. Where the logs are is for agent.ts to say.
 *
 * A source is a pure fold over the records of one log, whatever store it is in (log_store.ts): it opens nothing, knows no
 * clock and no index. Reading, resuming, de-duplicating, pricing and reporting are the engine's (index/open_index.ts,
 * tables/store.ts).
 */
import type { ToolModelCost } from "../core/cost/compare_costs.ts";
import type { SessionFacts, Turn, UsageTotal } from "../core/model.ts";
import type { Fields, Row } from "./fields.ts";
import type { SpokenText } from "./formats/spoken_text.ts";
import type { UsualLines } from "./usual_turns.ts";

/** Identity of a log as the engine found it. */
export interface LogFile {
  /** Absolute path: of a log in a database, that of the database. */
  readonly path: string;
  /** Path below the root, with `/` between its parts. */
  readonly relativePath: string;
  /** In a database the name of the log. @default the log is all of the file */
  readonly part?: string;
  /** Id of the store that it is of; there where its agent has several. */
  readonly store?: string;
  /** Text of the store's companions that there are, by the names that the store has for them. @default none */
  readonly companions?: Readonly<Record<string, string>>;
}

/** A turn as one record shows it, with what that record says of its ownership. */
export interface RecordedTurn extends Turn {
  /**
   * True when this record is a copy of a response that another session's log has (a fork's history). It is counted
   * here only if no log with the original is found.
   */
  readonly copied?: boolean;
  /**
   * True when it was written by a session in the background. Such a session begins with a copy of the one that was handed
   * over: of two records that nothing else tells apart, the other one is the original.
   */
  readonly background?: boolean;
  /**
   * A weaker identity, for tools that replay a response under a new key: of two turns with the same `replayKey` of
   * which at least one is marked `replay`, the one that is not (or the larger one) counts.
   */
  readonly replayKey?: string;
  readonly replay?: boolean;
  /**
   * The key this turn has in the parent's log, should it be replayed history without ids. The engine walks the file's
   * turns in order: as long as `originalKey` is the key of a turn in another file, the turn is a copy; the first one
   * that is not ends the replay.
   */
  readonly originalKey?: string;
  /**
   * True when the record names no request, only a message, whose id a gateway may give to many responses. It is the same
   * response as another record's with the same `replayKey` when model and prompt agree with it.
   */
  readonly unrequested?: boolean;
  /** The session whose response it is, where the record names another one than the log's own. */
  readonly sessionId?: string;
  /**
   * Work that was handed to a sub-agent and whose spend is recorded twice: response by response in the sub-agent's own log
   * (`isSum` false), and as one turn with the sum in the log of who handed it over (`isSum` true). The key is the same. A
   * sum in a sub-agent's log is of its own sub-agents' work and `within` the work that the log is of.
   */
  readonly delegation?: { readonly key: string; readonly isSum: boolean; readonly within?: string };
}

/** Characters of a message id that was made up for one response: Anthropic's have 28, those of gateways more. */
export const LEAST_GENERATED = 20;

/** A turn while it is put together: what only few turns have is set afterwards, which is faster than spreading it in. */
export type TurnDraft = { -readonly [Field in keyof RecordedTurn]: RecordedTurn[Field] };

/** What one record adds. A record may add nothing but state. */
export interface RecordResult<S> {
  readonly state: S;
  /** Several records may show the same turn: what a later one says goes before what an earlier one said. */
  readonly turns?: readonly RecordedTurn[];
  /** The turn is likely the latest that a record before showed. Says only where it is looked for first. @default false */
  readonly goesOn?: boolean;
  /**
   * Sums, of an agent that has no record of a response. A session may have both these and turns, but never of one response. A
   * later total under the same key takes the place of the earlier one, also where that was of an earlier reading.
   */
  readonly totals?: readonly UsageTotal[];
  /** Why the record could not be used as it stands. The engine adds file and line. */
  readonly problem?: string;
  /** Nothing is said of fields that do not fit: no figure depends on them, as in what is written again. @default false */
  readonly isSilent?: boolean;
}

/**
 * - `response`: it can only be a response
 * - `count`: it has tokens, which need not be of a response: a running total is written again without one
 */
export type UncountedKind = "response" | "count";

/** Declares the fields that it reads, and folds rows of them. */
export interface Source<S = unknown, F extends Fields = Fields> {
  /** A line that holds none of these byte strings is never parsed. Plain ASCII. Of lines alone: `[]` where there are none. */
  readonly needles: readonly string[];
  readonly fields: F;
  /** State before the first record. Must survive JSON: the index stores it and resumes after the last whole line. */
  start(file: LogFile): S;
  /**
   * Folds one record, an object. Never throws, whatever it holds. The engine hands `state` over and never uses the old one
   * again, so it may be changed in place and returned. The row is valid during the call. What does not fit its field the
   * engine says, in the order in which fields were read; `problem` is what more there is to say.
   */
  fold(state: S, row: Row<F>): RecordResult<S>;
  /** Lines that the engine may make turns of by itself. They are what {@linkcode fold} would make of them. @default none */
  readonly usual?: UsualLines<S, Row<F>, keyof F & string>;
  /**
   * What a record was to show that led to no turn: of a log that has such records and no turn at all, somebody is told that
   * it yielded nothing. Undefined for any other record. Never throws.
   *
   * @param isFaulty whether there was something to be said of it
   */
  uncounted(row: Row<F>, isFaulty: boolean): UncountedKind | undefined;
  /** A line that holds none of these says nothing that people would read. @default `"role"` */
  readonly textNeedles?: readonly string[];
  /** What a record says that people would read; asked only when somebody wants the text. Never throws. */
  text(record: unknown): SpokenText | undefined;
  /** What the tool itself writes down of a session's costs, by model. Looked at by `doctor --costs` alone. */
  readonly toolCosts?: {
    /** A line without it holds none. */
    readonly needle: string;
    /** Undefined for a record that says nothing of them. Never throws. */
    read(record: unknown): readonly ToolModelCost[] | undefined;
  };
  /** What is known of the session so far; undefined while the file has shown nothing that makes it a session. */
  session(state: S): SessionFacts | undefined;
}

/** A source of whatever state and fields, which are its own business: the engine hands both back as it had them. */
// deno-lint-ignore no-explicit-any
export type AnySource = Source<any, any>;

/** A source, and how people call the agent that wrote the logs. */
export interface NamedSource extends AnySource {
  readonly title: string;
}
