/**
 * Lines that most of a log is made of, and that change next to nothing but what they add. A source may declare how they look,
 * and the engine makes turns of them without an object (scan/logs/rows/message_rows.ts and count_rows.ts say of which): the
 * turns, and the state behind them, have to be what its fold would have made of them.
 */
import type { EpochMs, ModelRef } from "../core/model.ts";

/** A source's. */
export type UsualLines<S, Row, Name extends string> = MessageLines<S, Row, Name> | CountLines<S, Row, Name>;

/** By the names of a source's fields: of messages that are each a turn of its own. */
export interface MessageFields<Name extends string> {
  /** Two names that say which lines they are, of at most 32 ASCII characters. */
  readonly is: readonly [readonly [field: Name, text: string], readonly [field: Name, text: string]];
  /** The turn's key is this name, an `@`, and when it ended. */
  readonly id: Name;
  readonly at: Name;
  readonly endedAt: Name;
  readonly provider: Name;
  readonly model: Name;
  /** An object. */
  readonly usage: Name;
  readonly input: Name;
  readonly cacheRead: Name;
  /** For an hour, too. */
  readonly cacheWrite: Name;
  readonly cacheWrite1h: Name;
  readonly output: Name;
  /** An object. */
  readonly cost: Name;
  readonly costTotal: Name;
  readonly costInput: Name;
  readonly costCacheRead: Name;
  readonly costCacheWrite: Name;
  readonly costOutput: Name;
  /** A flag. Where it is set, the line is none. */
  readonly isBill: Name;
  /** A name. Where there is one and nothing was paid, the line is none. */
  readonly responseModel: Name;
  /** A name. Where a gateway can be asked by it (`askableId`), the line is none. */
  readonly responseId: Name;
}

/** What holds for messages that follow. */
export interface NextMessages {
  /** Of the provider and the model that the line before names. */
  readonly model: ModelRef;
  readonly chain: string;
  /** Turns that ended before are copies. @default none is */
  readonly startedAt: EpochMs | undefined;
  /** The latest time so far. @default there is none */
  readonly lastActivityAt: EpochMs | undefined;
}

/** Messages that are each a turn of its own. */
export interface MessageLines<S, Row, Name extends string> {
  readonly kind: "messages";
  readonly fields: MessageFields<Name>;
  /** Asked behind each line that was folded. Undefined when the next one cannot be usual. */
  next(state: S, row: Row): NextMessages | undefined;
  /** Takes in what lines that the engine made turns of say beside that: their latest time. */
  passed(state: S, lastActivityAt: EpochMs): void;
}

/** Counts as they are logged, those of a cache within the input. */
export interface LoggedSet {
  readonly input: number;
  readonly cached: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly reasoning: number;
  readonly total: number;
}

/** The names of an object, and of its counts, each of which is a `whole`. */
export type SetFields<Name extends string> = readonly [object: Name, counts: Readonly<Record<keyof LoggedSet, Name>>];

/** By the names of a source's fields: of lines that count the tokens of a thread. */
export interface CountFields<Name extends string> {
  /** Of an event that has a running total, and maybe the counts of the response behind it: its type, and its kind. */
  readonly event: readonly [type: string, kind: string];
  /** The type of a record of one response, which has its counts and a running total. A text of at most 32 ASCII characters. */
  readonly record: string;
  readonly type: Name;
  readonly kind: Name;
  readonly at: Name;
  /** Objects, as the two of the sets. */
  readonly payload: Name;
  readonly info: Name;
  /** Of an event. */
  readonly total: SetFields<Name>;
  readonly last: SetFields<Name>;
  /** Of a record: names. With a model, the line is none. */
  readonly threadId: Name;
  readonly turnId: Name;
  readonly responseId: Name;
  readonly model: Name;
  readonly usage: SetFields<Name>;
  readonly threadTotal: SetFields<Name>;
}

/** What is known before and behind lines of counts. */
export interface CountState {
  /** The latest running total of an event. */
  readonly total: LoggedSet;
  /** The response of the latest event; behind lines there when one of them had one, and then `total` is of it. */
  readonly last: LoggedSet | undefined;
  /** Whether the latest event was a turn of its own. */
  readonly isCounted: boolean;
  /** A record that no event has shown yet. */
  readonly waiting: { readonly usage: LoggedSet; readonly total: LoggedSet } | undefined;
  /** When the next request may have been sent: with the latest event that a record came before, since the latest turn. */
  readonly readyAt: EpochMs | undefined;
  readonly lastActivityAt: EpochMs | undefined;
}

/** The same, with what holds for all that follow. */
export interface NextCounts extends CountState {
  readonly model: ModelRef;
  readonly chain: string;
  /** Keys begin with it: they go on with a record's turn and response, or with the running total of an event. */
  readonly thread: string;
  /** Whether a line without a count of writes to the cache is none. */
  readonly needsWrites: boolean;
}

/** Running totals, and records of the responses behind them. */
export interface CountLines<S, Row, Name extends string> {
  readonly kind: "counts";
  readonly fields: CountFields<Name>;
  /** As for messages. */
  next(state: S, row: Row): NextCounts | undefined;
  passed(state: S, after: CountState): void;
}
