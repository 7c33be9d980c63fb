/** Asks every program once, without a clock, and notes whether its totals are right. */
import { CASE } from "./case_names.ts";
import { type SessionsAnswer, wrongSessions, wrongTotals } from "./check_totals.ts";
import type { Corpora, Corpus } from "./corpora.ts";
import type { CaseRuns } from "./measured_cases.ts";
import type { Peer } from "./peers.ts";
import { placeOf, sessionsProgram } from "./programs.ts";
import { type Program, runForAnswer } from "./run_measured.ts";

export interface Answers {
  /** What is wrong with ours, a sentence each. */
  readonly wrong: readonly string[];
  /** Where a peer's totals are off, by its name. */
  readonly deviations: ReadonlyMap<string, string>;
}

export interface AnswerOptions {
  readonly ours: Program["command"];
  readonly peers: readonly Peer[];
  readonly corpora: Corpora;
  readonly runs: CaseRuns;
  /** Where the index of each corpus goes, from which the warm cases then start. */
  readonly states: { readonly main: string; readonly many: string; readonly huge: string };
}

export async function checkAnswers({ ours, peers, corpora, runs, states }: AnswerOptions): Promise<Answers> {
  const { main, many, huge } = corpora;
  const deviations = new Map<string, string>();
  for (const peer of peers) {
    const off = wrongTotals(peer.totalsOf(await runForAnswer(peer, placeOf(main.home, states.main))), main.truth);
    runs.note(peer.name, { totals: off.length === 0 ? "right" : "off" });
    if (off.length > 0) deviations.set(peer.name, off.join("; "));
  }
  const wrong: string[] = [];
  const check = async (name: string, corpus: Corpus | undefined, state: string) => {
    if (corpus === undefined) return;
    const found = await wrongOf(ours, name, corpus, state);
    runs.note(name, { totals: found.length === 0 ? "right" : "WRONG" });
    wrong.push(...found);
  };
  await check(CASE.cold, main, states.main);
  await check(CASE.warm, main, states.main);
  await check(CASE.many, many, states.many);
  await check(CASE.huge, huge, states.huge);
  return { wrong, deviations };
}

/** What is wrong with our answer over a corpus. */
export async function wrongOf(
  ours: Program["command"],
  name: string,
  { home, truth }: Corpus,
  state: string,
): Promise<string[]> {
  const answer = await runForAnswer(sessionsProgram(name, ours), placeOf(home, state));
  return wrongSessions(JSON.parse(answer) as SessionsAnswer, truth).map((text) => `${name}: ${text}`);
}
