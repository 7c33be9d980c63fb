/** What is to be reached, and whether it was. */
import { CASE } from "./case_names.ts";
import { type MeasuredCases, ratioOf } from "./measured_cases.ts";

export interface Target {
  readonly what: string;
  /** With its unit. */
  readonly limit: string;
  readonly figure: string;
  readonly isMet: boolean;
}

/** Targets of which all figures are there; a case that was left out takes its targets along. */
export function checkTargets(cases: MeasuredCases): readonly Target[] {
  const ms = (name: string) => cases.get(name)?.wallMs.median;
  const ratio = (what: string, name: string, to: string, limit: number) => {
    const [a, b] = [cases.get(name), cases.get(to)];
    return a === undefined || b === undefined ? [] : [compare(what, ratioOf(a, b), limit, (value) => value.toFixed(2))];
  };
  const peak = (what: string, name: string, limit: number) => {
    const mb = cases.get(name)?.peakMb;
    return mb === undefined ? [] : [compare(what, mb, limit, (value) => `${value.toFixed(0)} MB`)];
  };
  const overVersion = (name: string, limit: number) => {
    const [asked, version] = [ms(name), ms(CASE.version)];
    if (asked === undefined || version === undefined) return [];
    return [compare(`${name}, over our --version`, asked - version, limit, (value) => `${value.toFixed(0)} ms`)];
  };
  return [
    ...ratio("cold, of ccusage's time", CASE.cold, CASE.peer, 0.7),
    ...ratio("warm, of ccusage's time", CASE.warm, CASE.peer, 0.08),
    ...overVersion(CASE.warm, 100),
    ...[CASE.few, CASE.overview, CASE.statusline].flatMap((name) => overVersion(name, 60)),
    ...ratio("cost by day and model, of by day", CASE.split, CASE.sums, 1.2),
    ...ratio("lost caches of a year, of cost by day", CASE.misses, CASE.sums, 1.2),
    ...ratio("advise over all logs, of a first scan", CASE.advice, CASE.cold, 2),
    ...ratio("20 logs grew by a turn, of warm", CASE.grown, CASE.warm, 1.3),
    ...ratio("ten times the logs, of warm", CASE.many, CASE.warm, 6),
    ...peak("peak memory, cold", CASE.cold, 150),
    ...peak("peak memory, one huge log", CASE.huge, 130),
    ...ratio("--version, of an empty program", CASE.version, CASE.empty, 1.3),
    ...ratio("--help, of an empty program", CASE.help, CASE.empty, 1.3),
    ...ratio("compiled --version, of an empty program", CASE.compiledVersion, CASE.compiledEmpty, 1.3),
    ...ratio("compiled --help, of an empty program", CASE.compiledHelp, CASE.compiledEmpty, 1.3),
  ];
}

function compare(what: string, value: number, limit: number, show: (value: number) => string): Target {
  return { what, limit: `at most ${show(limit)}`, figure: show(value), isMet: value <= limit };
}
