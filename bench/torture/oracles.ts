/** What is never right, whatever the logs hold: of one run, and of two answers to one question. Pure. */
import { type AgentRun, TIME_LIMIT_MS } from "./agent_program.ts";
import type { Fault } from "./campaign.ts";

export interface Expectations {
  /** That standard output is one JSON document. @default text */
  readonly json?: boolean;
  /** Statuses that are right. @default 0 alone */
  readonly codes?: readonly number[];
}

/** What steers a terminal, or turns text around. A line feed ends a line. */
const CONTROLS = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

export function faultsOfRun(run: AgentRun, { json = false, codes = [0] }: Expectations = {}): readonly Fault[] {
  const command = run.args.join(" ");
  if (run.hangs) return [{ kind: "hang", what: `${command}: still running after ${TIME_LIMIT_MS / 1000} s` }];
  const faults: Fault[] = [];
  const add = (kind: string, what: string) => faults.push({ kind, what: `${command}: ${what}` });
  const errors = new TextDecoder().decode(run.stderr);
  if (/this is a bug/.test(errors)) add(`"this is a bug"`, errors.trim());
  else if (run.code === undefined || !codes.includes(run.code)) {
    add(run.code === undefined ? "ended by a signal" : `status ${run.code}`, errors.trim());
  }
  for (const [name, bytes] of [["output", run.stdout], ["errors", run.stderr]] as const) {
    // CSV has the line ends of its standard.
    const text = decodeStrictly(bytes)?.replaceAll(run.args.includes("--csv") ? "\r\n" : "\n", "\n");
    if (text === undefined) add(`broken UTF-8 in ${name}`, name);
    for (const [control] of text?.matchAll(CONTROLS) ?? []) {
      if (control !== "\n") {
        add(`control character in ${name}`, `U+${control.codePointAt(0)!.toString(16).padStart(4, "0")}`);
        break;
      }
    }
  }
  if (json && run.code === 0) {
    const answer = parseAnswer(run);
    if (answer === undefined) add("no JSON", `it prints ${show(new TextDecoder().decode(run.stdout))}`);
    else for (const { kind, what } of faultsOfValue(answer)) add(kind, what);
  }
  return faults;
}

/** The document that a run printed; undefined when it is none. */
export function parseAnswer(run: Pick<AgentRun, "stdout">): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(run.stdout));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

/** Counts and sums that cannot be less than nothing, and of which none may be unknown. */
const FIGURES = new Set([
  ..."turns total totalRows usd unpricedTurns input cacheRead cacheWrite cacheWrite1h output tokens subagents".split(
    " ",
  ),
  ..."files bytes sessions totalProblems".split(" "),
]);

/** @param value Parsed */
export function faultsOfValue(value: unknown, path = "$"): readonly Fault[] {
  if (typeof value === "string") {
    return value.isWellFormed() ? [] : [{ kind: "half a character", what: `${path} is ${show(value)}` }];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]): readonly Fault[] => {
    const where = Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`;
    if (!key.isWellFormed()) return [{ kind: "half a character", what: `a key of ${path} is ${show(key)}` }];
    const isFigure = FIGURES.has(key) && (typeof member === "number" || member === null);
    // A rise is money that may go either way.
    if (isFigure && (member === null || member < 0)) {
      return [{ kind: `impossible ${key}`, what: `${where} is ${member}` }];
    }
    if (key === "cacheHitRatio" && !(Number(member) >= 0 && Number(member) <= 1)) {
      return [{ kind: `impossible ${key}`, what: `${where} is ${member}` }];
    }
    return faultsOfValue(member, where);
  });
}

/** Where two answers to one question begin to differ; undefined when they are the same. */
export function findDifference(a: unknown, b: unknown, path = "$"): string | undefined {
  if (Object.is(a, b)) return undefined;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    return `${path}: ${show(a)} and ${show(b)}`;
  }
  if (Array.isArray(a) !== Array.isArray(b)) return `${path}: a list and none`;
  if (Array.isArray(a) && Array.isArray(b) && a.length !== b.length) {
    return `${path}: ${a.length} and ${b.length} items`;
  }
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const member = (value: object) => (value as Readonly<Record<string, unknown>>)[key];
    const found = findDifference(member(a), member(b), Array.isArray(a) ? `${path}[${key}]` : `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Whether the list of sessions and the sums of all turns, for the same time, add up to the same.
 *
 * @param sessions What `sessions --limit 0 --json` printed
 * @param cost What `cost --json` printed
 */
export function faultsOfSums(sessions: unknown, cost: unknown): readonly Fault[] {
  const listed = sessions as { sessions: { turns: number; usage: Record<string, number>; cost: { usd: number } }[] };
  const summed = cost as { total: { turns: number; usage: Record<string, number>; cost: { usd: number } } };
  const sum = (of: (session: typeof listed.sessions[number]) => number) => listed.sessions.map(of).reduce(add, 0);
  const rows: [what: string, listed: number, summed: number][] = [
    ["turns", sum(({ turns }) => turns), summed.total.turns],
    ...Object.entries(summed.total.usage).map(([kind, count]): typeof rows[number] => [
      kind,
      sum(({ usage }) => usage[kind] ?? 0),
      count,
    ]),
  ];
  return rows.filter(([, a, b]) => a !== b).map(([what, a, b]) => ({
    kind: `sessions and cost differ`,
    what: `${what}: ${a} in sessions and ${b} in cost`,
  }));
}

function add(a: number, b: number): number {
  return a + b;
}

function decodeStrictly(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return undefined;
  }
}

/** Short, and without what steers a terminal. */
export function show(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  const escaped = text.replace(CONTROLS, (control) => `\\u${control.codePointAt(0)!.toString(16).padStart(4, "0")}`);
  return escaped.length > 160 ? `${escaped.slice(0, 160)}…` : escaped;
}
