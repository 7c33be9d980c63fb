/** Questions to the program, asked in ways that must not change the answer. */
import type { Draws } from "../corpus_generator/draws.ts";
import type { AgentProgram, RunPlace } from "./agent_program.ts";
import type { Fault } from "./campaign.ts";
import { faultsOfRun, findDifference, parseAnswer } from "./oracles.ts";

export interface Question {
  readonly args: readonly string[];
  /** Leaves out of an answer what may differ. */
  readonly pick?: (answer: never) => unknown;
}

/** In the middle of the logs, just behind most of them, and long after. */
const TIMES = ["2026-11-20T11:00:00Z", "2026-11-21T00:02:00Z", "2026-12-24T00:00:00Z", "2027-06-01T12:00:00Z"];

export function drawTime(draws: Draws): string {
  return draws.pick(TIMES);
}

export function sessionsQuestion(asOf: string): Question {
  return { args: ["sessions", "--json", "--limit", "0", "--as-of", asOf] };
}

export function costQuestion(draws: Draws, asOf: string): Question {
  const by = draws.pick(["model", "day", "hour", "month", "provider", "project", "source", "session"]);
  return { args: ["cost", "--by", by, "--json", "--as-of", asOf] };
}

/** Any other that takes a time. */
export function otherQuestion(draws: Draws, asOf: string): Question {
  return draws.pick<Question>([
    costQuestion(draws, asOf),
    { args: ["cache", "--all", "--json", "--as-of", asOf] },
    { args: ["overview", "--json", "--as-of", asOf] },
    { args: ["session", "latest", "--turns", "--json", "--as-of", asOf] },
    { args: ["cost", "latest", "--by", "model", "--json", "--as-of", asOf] },
    {
      args: ["doctor", ...draws.pick([[], ["--quick"], ["--costs"]]), "--limit", "0", "--json", "--as-of", asOf],
      pick: ({ index: _, ...rest }: { index: unknown }) => rest,
    },
  ]);
}

/** One of those that print text, which must be safe to print whatever the logs hold. */
export function textQuestion(draws: Draws): readonly string[] {
  return draws.pick([
    ["sessions", "--limit", "0"],
    ["sessions", "--csv", "--limit", "0"],
    ["cost", "--by", "session"],
    ["cost", "--by", "project", "--csv"],
    ["cost", "--by", "model"],
    ["cache", "--all"],
    ["doctor", "--limit", "0"],
    ["doctor", "--costs"],
    ["overview"],
    ["session", "latest", "--turns"],
    ["session", "latest", "--include-text"],
    ["session", "latest", "--include-text", "--json"],
  ]);
}

/** Where there is no session, or none of that name, a question about one has no answer: said with status 1. */
function codesOf({ args }: Question): readonly number[] {
  return args.includes("latest") ? [0, 1] : [0];
}

/** @returns the answer, undefined when there is none; and what is wrong with it by itself */
export async function ask(
  agent: AgentProgram,
  place: RunPlace,
  question: Question,
  ...flags: readonly string[]
): Promise<{ readonly answer: unknown; readonly faults: readonly Fault[] }> {
  const run = await agent.run([...question.args, ...flags], place);
  const faults = faultsOfRun(run, { json: true, codes: codesOf(question) });
  const parsed = run.code === 0 ? parseAnswer(run) : undefined;
  const picked = parsed === undefined ? undefined : question.pick?.(parsed as never) ?? parsed;
  return { answer: picked, faults };
}

/** Asks with the index that is there, and without one. @param fresh A directory in which there is no index, or undefined */
export async function askBothWays(
  agent: AgentProgram,
  place: RunPlace,
  question: Question,
  fresh?: string,
): Promise<{ readonly answer: unknown; readonly faults: readonly Fault[] }> {
  const known = await ask(agent, place, question);
  const anew = fresh === undefined
    ? await ask(agent, place, question, "--no-index")
    : await ask(agent, { ...place, opperHome: fresh }, question);
  const isAnswered = [...known.faults, ...anew.faults].length === 0;
  const difference = isAnswered ? findDifference(known.answer, anew.answer) : undefined;
  const how = fresh === undefined ? "--no-index" : "a fresh index";
  return {
    answer: known.answer,
    faults: [
      ...known.faults,
      ...anew.faults.map(({ kind, what }) => ({ kind: `${kind} (${how})`, what })),
      ...(difference === undefined ? [] : [{
        kind: `${question.args[0]} with the index differs`,
        what: `${question.args.join(" ")}: with the index and with ${how}: ${difference}`,
      }]),
    ],
  };
}
