/** How far a program goes that does a part of a first scan: each level does what all above it do, and more. */
export const SCAN_LEVELS = ["start", "read", "find", "walk", "fold", "table", "digest"] as const;

export type ScanLevel = (typeof SCAN_LEVELS)[number];

export const ABOUT_SCAN_LEVELS: Readonly<Record<ScanLevel, string>> = {
  start: "two threads with their modules, logs found",
  read: "bytes of all logs",
  find: "lines with needles, a digest of all bytes",
  walk: "their fields",
  fold: "turns by the sources, dropped",
  table: "turns written down, merged",
  digest: "prices, sums, sessions, what the index keeps",
};

/** The same of a scan that finds logs grown: what has to be done, and nothing with it. */
export const GROWN_LEVELS = ["empty", "load", "compare"] as const;

export type GrownLevel = (typeof GROWN_LEVELS)[number];

export const ABOUT_GROWN_LEVELS: Readonly<Record<GrownLevel, string>> = {
  empty: "nothing",
  load: "modules that update an index",
  compare: "what was read before compared, what is new passed over, a row of each log changed",
};
