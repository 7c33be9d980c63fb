/**
 * Commands of tools like this one, and of agents themselves, and what answers the same question here. For people who type
 * what they are used to.
 */
import { suggest } from "../core/suggest.ts";
import { PROGRAM } from "./program_name.ts";

/** What is shown in place of it. */
interface Counterpart {
  /** Arguments behind our own name. */
  readonly command: string;
  /** What it does not do, as a sentence; absent where it is the same. */
  readonly lacks?: string;
}

const same = (command: string): Counterpart => ({ command });

/** By word: of ccusage, codeburn, tokscale and others like them, and of agents' own commands. */
export const OTHER_WORDS: Readonly<Record<string, Counterpart>> = {
  // By time.
  hourly: same("cost --by hour"),
  daily: same("cost --by day"),
  weekly: same("cost --by week"),
  monthly: same("cost --by month"),
  today: same("overview"),
  yesterday: same("cost --since yesterday --until today"),
  week: same("cost --by day --since week"),
  month: same("cost --by day --since month"),
  report: same("cost --by day --since 7d"),
  graph: same("cost --by day"),
  yearly: { command: "cost --by month", lacks: "There are no sums by year here." },
  blocks: { command: "cost --by hour", lacks: "There are no 5-hour blocks here." },
  block: { command: "cost --by hour", lacks: "There are no 5-hour blocks here." },
  // By what.
  usage: same("cost"),
  spend: same("cost"),
  costs: same("cost"),
  tokens: same("cost"),
  stats: same("overview"),
  summary: same("overview"),
  status: same("overview"),
  models: same("cost --by model"),
  model: same("cost --by model"),
  providers: same("cost --by provider"),
  projects: same("cost --by project"),
  project: same("cost --by project"),
  sources: same("cost --by source"),
  clients: same("cost --by source"),
  agents: same("cost --by source"),
  tools: same("cost --by source"),
  // Sessions.
  "session-list": same("sessions"),
  list: same("sessions"),
  ls: same("sessions"),
  history: same("sessions"),
  show: same("session latest"),
  resume: { command: "session latest", lacks: "Sessions are resumed by their own agent." },
  context: same("session latest --context"),
  // Live, and caches.
  live: same("watch"),
  monitor: same("watch"),
  tui: same("watch"),
  top: same("watch"),
  web: same("dashboard"),
  ui: same("dashboard"),
  gui: same("dashboard"),
  serve: same("dashboard"),
  server: same("dashboard"),
  page: same("dashboard"),
  caches: same("cache"),
  // Settings and the rest.
  pricing: { command: "doctor", lacks: "Prices are not listed here." },
  prices: { command: "doctor", lacks: "Prices are not listed here." },
  audit: same("doctor --costs"),
  currency: same("help config"),
  plan: same("help config"),
  quota: same("limits"),
  settings: same("config"),
  compare: same("cost --since month --compare"),
  optimize: { command: "misses", lacks: "There is no advice here." },
};

/**
 * A hint for a command that is not ours.
 *
 * @param ours names of our commands
 * @param sources ids of agents: ccusage has a command for each
 * @returns undefined where nothing is near it
 */
export function hintForCommand(
  typed: string,
  ours: readonly string[],
  sources: readonly string[],
): string | undefined {
  const word = typed.toLowerCase();
  const known = (word: string) => Object.hasOwn(OTHER_WORDS, word) ? sayCounterpart(OTHER_WORDS[word]!) : undefined;
  if (sources.includes(word)) return sayCounterpart(same(`cost --source ${word}`));
  const exact = known(word);
  if (exact !== undefined) return exact;
  const meant = suggest(typed, ours);
  if (meant !== undefined) return `Did you mean ${meant}?`;
  return known(suggest(typed, Object.keys(OTHER_WORDS)) ?? "");
}

function sayCounterpart({ command, lacks }: Counterpart): string {
  const call = `${PROGRAM} ${command}`;
  return lacks === undefined ? call : `${lacks} What comes nearest is ${call}`;
}
