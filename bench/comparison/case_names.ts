/** How cases are called in the table; targets refer to them. */
export const CASE = {
  peer: "ccusage",
  cold: "cold",
  warm: "warm",
  few: "warm, 20 sessions",
  overview: "warm, overview",
  statusline: "warm, statusline",
  grown: "20 logs grew by a turn",
  many: "warm, ten times the logs",
  huge: "cold, one huge log",
  empty: "empty program",
  version: "--version",
  help: "--help",
  compiledEmpty: "compiled empty program",
  compiledVersion: "compiled --version",
  compiledHelp: "compiled --help",
} as const;
