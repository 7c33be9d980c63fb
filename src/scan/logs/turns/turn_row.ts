/**
 * The row of a turn in a table of turns (turn_table.ts): what its cells and flags are. Plain numbers, which the compiled
 * program has where they are used. assembly/memory.ts of the sums has the same.
 */

/** When the request was sent. */
export const CELL_AT = 0;
/** When the response was complete. */
export const CELL_ENDED_AT = 1;
/** Sum of the flags below. */
export const CELL_FLAGS = 2;
/** Place in the table's list of models. */
export const CELL_MODEL = 3;
/** The same of chains. */
export const CELL_CHAIN = 4;
/** Tokens, kind by kind. */
export const CELL_INPUT = 5;
/** As before. */
export const CELL_CACHE_READ = 6;
/** As before. */
export const CELL_CACHE_WRITE = 7;
/** As before. */
export const CELL_CACHE_WRITE1H = 8;
/** As before. */
export const CELL_OUTPUT = 9;
/** The lifetime that was asked for. */
export const CELL_REQUESTED_TTL_MS = 10;
/** What the tool wrote down: all of it, in dollars. */
export const CELL_REPORTED = 11;
/** Its parts. */
export const CELL_REPORTED_INPUT = 12;
/** As before. */
export const CELL_REPORTED_CACHE_READ = 13;
/** As before. */
export const CELL_REPORTED_CACHE_WRITE = 14;
/** As before. */
export const CELL_REPORTED_OUTPUT = 15;
/** What it cost in the end. */
export const CELL_USD = 16;
/** What a cache saved of it, NaN where that is not known: see price_rows.ts. */
export const CELL_SAVED_USD = 17;
/** How many cells a row has: one more, which the sums have for themselves. */
export const ROW_CELLS = 19;

/** What a turn has; a cell whose flag is not set says nothing. */
export const HAS_ENDED_AT = 1;
/** As before. */
export const HAS_REQUESTED_TTL = 2;
/** As before. */
export const IS_AFTER_COMPACTION = 4;
/** As before. */
export const HAS_REPORTED = 8;
/** As before. */
export const HAS_REPORTED_INPUT = 16;
/** As before. */
export const HAS_REPORTED_CACHE_READ = 32;
/** As before. */
export const HAS_REPORTED_CACHE_WRITE = 64;
/** As before. */
export const HAS_REPORTED_OUTPUT = 128;
/** As before. */
export const IS_BILL = 256;
/** As before. */
export const IS_COPIED = 512;
/** As before. */
export const IS_BACKGROUND = 1024;
/** As before. */
export const IS_REPLAY = 2048;
/** As before. */
export const IS_UNREQUESTED = 4096;
/** Of what it cost, see price_rows.ts: whether it is known, by whom, and whether at a rate that is not its own. */
export const IS_PRICED = 8192;
/** As before. */
export const IS_BY_TOOL = 16384;
/** As before. */
export const IS_BY_BOOK = 32768;
/** As before. */
export const IS_AT_STANDARD_RATE = 65536;
/** Of the turn again. */
export const KEEPS_WARM = 131072;
/** Set for the sums alone (sum_table.ts): another log counts it. */
export const NOT_COUNTED = 262144;
