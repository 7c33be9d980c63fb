/** A home with logs, an index of them, and what it answers while nothing is wrong: for campaigns against the index itself. */
import { join } from "node:path";
import { ask, costQuestion, drawTime, otherQuestion, type Question, sessionsQuestion } from "./ask.ts";
import type { RunPlace } from "./agent_program.ts";
import type { Round } from "./campaign.ts";
import { LogHome } from "./change_home.ts";
import { findDifference } from "./oracles.ts";

export interface RightAnswer {
  readonly question: Question;
  readonly answer: unknown;
}

/** @param count Of the logs */
export function makeLogHome({ draws, directory, logs }: Round, count: number): { home: LogHome; place: RunPlace } {
  const home = new LogHome(join(directory, "home"), draws);
  Deno.mkdirSync(home.directory);
  const all = logs.flat();
  const picked = new Map(Array.from({ length: count }, () => draws.pick(all)).map((log) => [log.path, log]));
  for (const log of picked.values()) home.add(log, all);
  return { home, place: { home: home.directory, opperHome: join(directory, "opper") } };
}

/** Of a fresh scan. Undefined when that alone is wrong: another campaign's business. */
export async function askRightAnswers({ draws, agent }: Round, place: RunPlace): Promise<RightAnswer[]> {
  const asOf = drawTime(draws);
  const questions = [sessionsQuestion(asOf), costQuestion(draws, asOf), otherQuestion(draws, asOf)];
  const right: RightAnswer[] = [];
  for (const question of questions) {
    const { answer, faults } = await ask(agent, place, question, "--no-index");
    if (faults.length === 0) right.push({ question, answer });
  }
  return right;
}

/** @returns whether something is wrong with what the index that is there makes of a question */
export async function checkAnswer(
  { agent, report }: Round,
  place: RunPlace,
  { question, answer }: RightAnswer,
  when: string,
): Promise<boolean> {
  const now = await ask(agent, place, question);
  const difference = now.answer === undefined ? undefined : findDifference(answer, now.answer);
  return report(
    ...now.faults.map(({ kind, what }) => ({ kind, what: `${when}: ${what}` })),
    ...(difference === undefined
      ? []
      : [{ kind: "a wrong answer", what: `${when}: ${question.args.join(" ")}: right and given: ${difference}` }]),
  );
}

/** What SQLite keeps the index in, and what stands beside it. By suffix. */
export function readIndex({ opperHome }: RunPlace): Map<string, Uint8Array<ArrayBuffer>> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const { name } of Deno.readDirSync(join(opperHome, "agent"))) {
    if (name.startsWith("index-")) files.set(name, Deno.readFileSync(join(opperHome, "agent", name)));
  }
  return files;
}

export function writeIndex({ opperHome }: Pick<RunPlace, "opperHome">, files: ReadonlyMap<string, Uint8Array>): void {
  const directory = join(opperHome, "agent");
  Deno.mkdirSync(directory, { recursive: true });
  for (const { name } of Deno.readDirSync(directory)) {
    if (name.startsWith("index-")) Deno.removeSync(join(directory, name));
  }
  for (const [name, bytes] of files) Deno.writeFileSync(join(directory, name), bytes, { mode: 0o600 });
}
