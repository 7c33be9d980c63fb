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
  const peak = (what: string, name: string) => {
    const mb = cases.get(name)?.peakMb;
    return mb === undefined ? [] : [compare(what, mb, 150, (value) => `${value.toFixed(0)} MB`)];
  };
  const [warm, version] = [ms(CASE.warm), ms(CASE.version)];
  const overVersion = warm === undefined || version === undefined ? [] : [warm - version];
  const [many, few] = [cases.get(CASE.many)?.files, cases.get(CASE.warm)?.files];
  return [
    ...ratio("cold, of ccusage's time", CASE.cold, CASE.peer, 0.6),
    ...ratio("warm, of ccusage's time", CASE.warm, CASE.peer, 0.08),
    ...overVersion.map((over) => compare("warm, over our --version", over, 100, (value) => `${value.toFixed(0)} ms`)),
    ...ratio("20 logs grew by a turn, of warm", CASE.grown, CASE.warm, 1.3),
    ...(many === undefined || few === undefined
      ? []
      : ratio("ten times the logs, of warm", CASE.many, CASE.warm, many / few)),
    ...peak("peak memory, cold", CASE.cold),
    ...peak("peak memory, one huge log", CASE.huge),
    ...ratio("--version, of an empty program", CASE.version, CASE.empty, 1.3),
    ...ratio("--help, of an empty program", CASE.help, CASE.empty, 1.3),
    ...ratio("compiled --version, of an empty program", CASE.compiledVersion, CASE.compiledEmpty, 1.3),
    ...ratio("compiled --help, of an empty program", CASE.compiledHelp, CASE.compiledEmpty, 1.3),
  ];
}

function compare(what: string, value: number, limit: number, show: (value: number) => string): Target {
  return { what, limit: `at most ${show(limit)}`, figure: show(value), isMet: value <= limit };
}
