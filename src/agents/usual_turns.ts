/**
 * Lines that most of a log is made of: each a turn of its own, of the model before, that changes nothing else. A source may
 * declare how they look, and the engine makes turns of them without an object (scan/logs/rows/usual_lines.ts says which those
 * are): they have to be what its fold would have made of them.
 */
import type { EpochMs, ModelRef } from "../core/model.ts";

/** By the names of a source's fields. */
export interface UsualFields<Name extends string> {
  /** Two names that say which lines they are, of at most 16 ASCII characters. */
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

/** What holds for usual lines that follow. */
export interface UsualTurns {
  /** Of the provider and the model that the line before names. */
  readonly model: ModelRef;
  readonly chain: string;
  /** Turns that ended before are copies. @default none is */
  readonly startedAt: EpochMs | undefined;
  /** The latest time so far. @default there is none */
  readonly lastActivityAt: EpochMs | undefined;
}

/** A source's. */
export interface UsualLines<S, Row, Name extends string> {
  readonly fields: UsualFields<Name>;
  /** Asked behind each line that was folded. Undefined when the next one cannot be usual. */
  next(state: S, row: Row): UsualTurns | undefined;
  /** Takes in what lines that the engine made turns of say beside that: their latest time. */
  passed(state: S, lastActivityAt: EpochMs): void;
}
