/**
 * Where things lie in memory, in bytes. All numbers are little-endian. line_memory.ts has the same constants.
 *
 *       0  i32 position             where the search goes on
 *       4  i32 lineStart            first byte of the line that `position` is in
 *       8  i32 end                  just past the last byte
 *      12  i32 held                 1 when that line is already known to hold a needle
 *      16  i32 everyLine            1 lists every line
 *      20  i32 entryCount
 *      24  i32 needleCount
 *      32  16 bytes                 what addUp is given that is not among the bytes to search; nothing stays there
 *      48  i32 newTexts             where the texts begin of the names that the line at hand brought
 *      52  i32 lastTextEnd          where they end
 *      64  six tables of 16 bytes   byte 0 low, byte 0 high, byte 1 low, byte 1 high, byte 2 low, byte 2 high
 *     192  64 bytes                 scratch: the buckets of the 64 positions at hand
 *     256  16 needles of 72 bytes   +0 length, +1 offset of the fingerprint, +2 bit of the bucket, +8 the bytes
 *    1408  vectors of 16 bytes      one byte, sixteen times
 *    1536  32 bytes FF, 32 of 00    masks: those of n bytes begin at 1536 + 32 - n
 *    1600  3 vectors of 16 bytes    of addUp: from one key to the next, to the fourth after it, and the first one
 *    2048  512 slots of 1 byte      hash table of the entries: a number plus 1, 0 for none
 *    2560  255 entries of 48 bytes  what is looked for in a line, see walk_line.ts
 *   16384  4096 results of 12 bytes start, end (without the newline), flags: 1 holds a needle, 2 object or blank
 *   65536  255 cells of 24 bytes    what was found in a line, see walk_line.ts
 *   71680  2048 bytes               of the host's
 *   73728  8192 bytes               one bit for each level of nesting, see checked_end.ts
 *   81920  4096 slots of 4 bytes    hash table of the names: a number plus 1, 0 for none
 *   98304  2048 names of 16 bytes   +0 hash, +8 where its bytes lie, +12 u16 how many, +14 u16 whether they are plain
 *  131072  128 KiB                  bytes of the names
 *  262144  i32, i32                  of message_turns.ts: numbers of the names of provider and model
 *  262152  f64, f64                  when the session began (NaN: nothing is a copy), and the latest time so far
 *  262168  i32, i32, i32             where the keys end, whether names were forgotten, how many rows there are
 *  262208  64 bytes                  of usual_cells.ts: cells of the fields, a byte each
 *  262272  4 texts of 32 bytes       which say which lines they are
 *  262400  4 bytes                   how long those are
 *  262408  i32, 128 bytes            how long the beginning of all keys is, and it
 *  262656  320 bytes                 of count_turns.ts
 *  263168  128 rows of 152 bytes     see turn_row.ts of the turns
 *  282624  45056 bytes               their keys, a newline behind each
 *  327680  the bytes to search, with at least 128 more behind them, whose content does not matter
 */

export const POSITION: usize = 0, LINE_START: usize = 4, END: usize = 8, HELD: usize = 12, EVERY_LINE: usize = 16;
export const ENTRY_COUNT: usize = 20, NEEDLE_COUNT: usize = 24;
export const NEW_TEXTS: usize = 48, LAST_TEXT_END: usize = 52;
export const TABLES: usize = 64, LANES: usize = 192;
export const NEEDLES: usize = 256, NEEDLE_SIZE: usize = 72;

// A vector that is made of a constant V8 makes anew wherever it is used, within a loop as well: to load it is faster.
export const NIBBLES: usize = 1408, NEWLINES: usize = 1424, QUOTES: usize = 1440, BACKSLASHES: usize = 1456;
export const CONTROLS: usize = 1472, CASE_BITS: usize = 1488, BRACES: usize = 1504, CLOSING_BRACES: usize = 1520;

export const MASKS: usize = 1536;
export const STEPS: usize = 1600;
export const SLOTS: usize = 2048, SLOT_MASK: usize = 511;
export const ENTRIES: usize = 2560, ENTRY_SIZE: usize = 48;
export const RESULTS: usize = 16384, MOST_RESULTS: u32 = 4096;
export const CELLS: usize = 65536, CELL_SIZE: usize = 24;
export const LEVELS: usize = 73728, MOST_LEVELS: usize = 65536;
export const NAME_SLOTS: usize = 81920, NAME_SLOT_MASK: usize = 4095;
export const NAMES: usize = 98304, NAME_SIZE: usize = 16, MOST_NAMES: u32 = 2048;
export const TEXTS: usize = 131072, TEXTS_END: usize = 262144;
export const USUAL_PROVIDER: usize = 262144, USUAL_MODEL: usize = 262148, USUAL_STARTED_AT: usize = 262152;
export const USUAL_LAST_AT: usize = 262160, USUAL_KEYS_END: usize = 262168, USUAL_FORGOTTEN: usize = 262172;
export const USUAL_ROW_COUNT: usize = 262176, USUAL_CELLS: usize = 262208;
export const USUAL_TEXTS: usize = 262272, USUAL_TEXT_SIZE: usize = 32, USUAL_LENGTHS: usize = 262400;
export const USUAL_PREFIX_LENGTH: usize = 262408, USUAL_PREFIX: usize = 262412, COUNT_STATE: usize = 262656;
export const USUAL_ROWS: usize = 263168, USUAL_ROW_SIZE: usize = 152, MOST_USUAL: u32 = 128;
/** No line's key is longer than what lies behind the limit. */
export const USUAL_KEYS: usize = 282624, USUAL_KEYS_LIMIT: usize = 327680 - 512;

export const QUOTE: u8 = 0x22, BACKSLASH: u8 = 0x5c, COLON: u8 = 0x3a, COMMA: u8 = 0x2c, NEWLINE: u8 = 0x0a;
export const OPENING_BRACE: u8 = 0x7b, CLOSING_BRACE: u8 = 0x7d, OPENING_BRACKET: u8 = 0x5b, CLOSING_BRACKET: u8 = 0x5d;
export const ZERO: u8 = 0x30, MINUS: u8 = 0x2d, PLUS: u8 = 0x2b, POINT: u8 = 0x2e;
