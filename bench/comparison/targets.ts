/** What is to be reached, as figures of the medians that were measured. */
import type { MeasuredCases } from "./measured_cases.ts";

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
  const ratio = (what: string, case_: string, to: string, limit: number) => {
    const [a, b] = [ms(case_), ms(to)];
    return a === undefined || b === undefined ? [] : [compare(what, a / b, limit, (value) => value.toFixed(3))];
  };
  const [warm, version] = [ms("warm"), ms("--version")];
  const peak = (what: string, name: string) => {
    const mb = cases.get(name)?.peakMb;
    return mb === undefined ? [] : [compare(what, mb, 150, (value) => `${value.toFixed(0)} MB`)];
  };
  const manyFiles = cases.get("warm, ten times the logs")?.files;
  const files = cases.get("warm")?.files;
  return [
    ...ratio("cold: of ccusage's time", "cold", "ccusage", 0.6),
    ...ratio("warm: of ccusage's time", "warm", "ccusage", 0.08),
    ...(warm === undefined || version === undefined
      ? []
      : [compare("warm: over our --version", warm - version, 100, (value) => `${value.toFixed(0)} ms`)]),
    ...ratio("20 logs grew by a turn: of warm", "20 logs grew by a turn", "warm", 1.3),
    ...(manyFiles === undefined || files === undefined
      ? []
      : ratio("ten times the logs: of warm", "warm, ten times the logs", "warm", manyFiles / files)),
    ...peak("peak memory, cold", "cold"),
    ...peak("peak memory, one huge log", "cold, one huge log"),
    ...ratio("--version: of an empty program", "--version", "empty program", 1.3),
    ...ratio("--help: of an empty program", "--help", "empty program", 1.3),
    ...ratio("compiled --version: of an empty program", "compiled --version", "compiled empty program", 1.3),
    ...ratio("compiled --help: of an empty program", "compiled --help", "compiled empty program", 1.3),
  ];
}

function compare(what: string, value: number, limit: number, show: (value: number) => string): Target {
  return { what, limit: `at most ${show(limit)}`, figure: show(value), isMet: value <= limit };
}
