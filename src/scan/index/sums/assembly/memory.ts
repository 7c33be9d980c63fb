/**
 * Where things lie in memory, in bytes. All numbers are little-endian. sum_memory.ts has the same constants.
 *
 *       0  i32 modelCount, chainCount      of the table, given
 *       8  i32 seenModels, seenChains      of those the rows have, and so on
 *      16  i32 rateCount, partCount        models with rates, and models of the part
 *      24  i32 samples, samplesEnd         where their bytes lie
 *      32  i32 buckets, bucketsEnd
 *      40  i32 doubts                      losses that a router may explain: how many there are
 *      44  i32 isAnswered, given           whether the host has said which of them one does
 *      48  i32 misses                      lost caches: how many there are
 *      52  i32 copied, countedChains       turns that do not count, and chains with turns that do
 *      60  i32 unpricedMisses
 *      64  32 bytes                        traits of models, given: 1 never holds prompts unasked, 2 is reached by a router
 *      96  64 bytes                        traits of chains, given: 1 shares its prompt
 *     160  32 bytes                        places of models, by first appearance
 *     192  32 bytes                        the same of those with rates
 *     224  32 bytes                        the same of those in the part
 *     256  32 bytes                        by model: its place in the part, 255 for none
 *     288  64 bytes                        places of chains, by first appearance
 *     352  64 bytes                        the same of those with turns that count
 *     416  i32 asked                       models whose prices somebody has to ask for, see price_rows.ts
 *     420  i32 part, rollup, writtenEnd    where their bytes lie, see write_rows.ts
 *     432  f64 lostUsd, largestPrompt
 *     448  32 bytes                        places of the models that are asked for, by first appearance
 *     480  32 bytes                        by model: its place in the order of their names, given
 *     512  112 bytes                       sum of all, see below
 *     640  f64 warmUsd, coldUsd           of what a chain holds, see price_misses.ts
 *    1024  32 sums of 112 bytes            by model
 *    4608  64 sums of 112 bytes            by chain
 *   11776  32 rates of 104 bytes           by model: four of +0 dollars, +8 time, +16 tokens; and +96 flags, a bit for each
 *   15104  32 quarters of 144 bytes        those that turns are added to: a sum, +112 f64 start, +120 f64 end, +128 i32 model,
 *                                        +132 i32 turns whose savings are unknown, +136 f64 dollars that were saved
 *   19712  64 chains of 128 bytes          what they hold, see sum_chains.ts
 *   27904  1024 i32, and the same again    first texts by their hash: of those that are known, and of all; see text_bytes.ts
 *   36096  128 texts of 24 bytes           those that are known
 *   39168  2048 bytes                      their characters
 *   41216  256 bytes, and the same again  codes of characters, as text_bytes.ts has them
 *   41728  64 and 64 i32                   texts of names: provider and model of each model; chains
 *   42240  32 prices of 128 bytes          by model, given: five kinds of rate, each +0 dollars, +8 tokens of a prompt above which
 *                                        it is another, +16 that; and +120 i32, 1 where that is all there is
 *   46336  32 of 64 bytes                  by model: rows that say what was paid, see price_misses.ts
 *   48384  what is given                   rows of 152 bytes, see turn_table.ts; behind them a doubt of 48 bytes for each and
 *                                        a miss of 56, see sum_chains.ts; and behind those what is written. Or texts, see
 *                                        hash_texts.ts, or JSON, see pack_json.ts
 *
 * A sum is fourteen doubles: turns, input, cacheRead, cacheWrite, cacheWrite1h, output, dollars, basis (the bits of reported
 * and computed), turns without a price, turns at the standard rate, times of the first and of the last; of those whose log
 * has the seller's bill, dollars and turns.
 */

export const MODEL_COUNT: usize = 0, CHAIN_COUNT: usize = 4, SEEN_MODELS: usize = 8, SEEN_CHAINS: usize = 12;
export const RATE_COUNT: usize = 16, PART_COUNT: usize = 20;
export const SAMPLES: usize = 24, SAMPLES_END: usize = 28, BUCKETS: usize = 32, BUCKETS_END: usize = 36;
export const DOUBTS: usize = 40, IS_ANSWERED: usize = 44, MISSES: usize = 48;
export const COPIED: usize = 52, COUNTED_CHAINS: usize = 56, UNPRICED_MISSES: usize = 60;
export const ASKED: usize = 416, PART: usize = 420, ROLLUP: usize = 424, WRITTEN_END: usize = 428;
export const LOST_USD: usize = 432, LARGEST_PROMPT: usize = 440, ASKED_ORDER: usize = 448, MODEL_RANKS: usize = 480;
export const MODEL_TRAITS: usize = 64, CHAIN_TRAITS: usize = 96;
export const MODEL_ORDER: usize = 160, RATE_ORDER: usize = 192, PART_ORDER: usize = 224, PART_PLACES: usize = 256;
export const CHAIN_ORDER: usize = 288, COUNTED_ORDER: usize = 352;
export const WARM_USD: usize = 640, COLD_USD: usize = 648;
export const TOTAL: usize = 512, MODEL_SUMS: usize = 1024, CHAIN_SUMS: usize = 4608, SUM_SIZE: usize = 112;
export const RATES: usize = 11776, RATE_SIZE: usize = 104;
export const QUARTERS: usize = 15104, QUARTER_SIZE: usize = 144;
export const CHAINS: usize = 19712, CHAIN_SIZE: usize = 128;
export const KNOWN_HEADS: usize = 27904, TEXT_HEADS: usize = 32000, HEADS_SIZE: usize = 4096;
export const KNOWN_TEXT_SLOTS: usize = 36096, KNOWN_CHARACTERS: usize = 39168, TEXT_SIZE: usize = 24;
export const LETTER_CODES: usize = 41216, HEX_CODES: usize = 41472;
export const MODEL_NAMES: usize = 41728, CHAIN_NAMES: usize = 41984;
export const BOOK: usize = 42240, BOOK_SIZE: usize = 128, PAID: usize = 46336, PAID_SIZE: usize = 64;
export const ROWS: usize = 48384, ROW_SIZE: usize = 152, DOUBT_SIZE: usize = 48, MISS_SIZE: usize = 56;

/** Of a row. */
export const ROW_AT: usize = 0, ENDED_AT: usize = 8, FLAGS: usize = 16, MODEL: usize = 24, CHAIN: usize = 32;
export const INPUT: usize = 40, CACHE_READ: usize = 48, CACHE_WRITE: usize = 56, CACHE_WRITE_1H: usize = 64;
export const OUTPUT: usize = 72,
  TTL: usize = 80,
  REPORTED: usize = 88,
  PRICE: usize = 128,
  SAVED: usize = 136,
  NEXT: usize = 144;

export const HAS_ENDED: i32 = 1, HAS_TTL: i32 = 2, AFTER_COMPACTION: i32 = 4, HAS_REPORTED: i32 = 8;
export const HAS_INPUT: i32 = 16, HAS_READ: i32 = 32, HAS_WRITE: i32 = 64;
export const BY_BOOK: i32 = 32768;
export const BILLED: i32 = 256, PRICED: i32 = 8192, BASIS_SHIFT: i32 = 14, AT_STANDARD: i32 = 65536;
export const BY_TOOL: i32 = 16384, NOT_COUNTED: i32 = 262144;

/** Of a sum. */
export const SUM_TURNS: usize = 0, SUM_INPUT: usize = 8, SUM_READ: usize = 16, SUM_WRITE: usize = 24;
export const SUM_WRITE_1H: usize = 32, SUM_OUTPUT: usize = 40, SUM_USD: usize = 48, SUM_BASIS: usize = 56;
export const SUM_UNPRICED: usize = 64, SUM_STANDARD: usize = 72, SUM_FIRST: usize = 80, SUM_LAST: usize = 88;
export const SUM_BILLED: usize = 96, SUM_BILLED_TURNS: usize = 104;

/** Of a miss: what was held (time, tokens, those of an hour, model, whether writes are hidden), its row, and that before it. */
export const MISS_TOKENS: usize = 8, MISS_1H: usize = 16, MISS_MODEL: usize = 24, MISS_HIDES: usize = 28;
export const MISS_ROW: usize = 32, MISS_PREVIOUS: usize = 36;
/** And what it cost, where that is known. */
export const MISS_USD: usize = 40, MISS_IS_PRICED: usize = 48;

/** Of what a chain holds. */
export const HELD_AT: usize = 16, HELD_TOKENS: usize = 24, HELD_1H: usize = 32, HELD_MODEL: usize = 40;
export const HELD_HIDES: usize = 44, WRITERS: usize = 48, SILENT: usize = 52, WRITER_LIST: usize = 56;
export const SILENT_LIST: usize = 88;
