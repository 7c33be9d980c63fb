/** Logs that are harmed, grow, move and vanish between scans: the index never says anything else than a scan from the beginning. */
import { join } from "node:path";
import { ask, askBothWays, costQuestion, drawTime, otherQuestion, sessionsQuestion, textQuestion } from "../ask.ts";
import type { RunPlace } from "../agent_program.ts";
import type { Campaign, Round } from "../campaign.ts";
import { LogHome } from "../change_home.ts";
import { faultsOfRun, faultsOfSums } from "../oracles.ts";

export const mutatedLogs: Campaign = {
  name: "mutated-logs",
  summary: "harmed and changing logs: the answer with the index is that of a fresh one and that of none",
  weight: 5,
  async run(round: Round) {
    const { draws, directory } = round;
    const home = new LogHome(join(directory, "home"), draws);
    const place = { home: home.directory, opperHome: join(directory, "opper") };
    Deno.mkdirSync(home.directory);
    // All of one home: its logs may share responses. And of others, so that there are several tools.
    const others = round.logs.flat();
    const together = draws.pick(round.logs);
    const picked = new Map(
      [...together.length > 12 ? Array.from({ length: 12 }, () => draws.pick(together)) : together]
        .concat(Array.from({ length: draws.whole(4, 24) }, () => draws.pick(others)))
        .map((log) => [log.path, log]),
    );
    for (const log of picked.values()) home.add(log, others);
    for (let step = draws.whole(2, 5); step > 0; step--) {
      if (await asksOnce(round, place, step)) break;
      for (let count = draws.logUniform(2, 16); count > 0; count--) home.change(others);
    }
    Deno.writeTextFileSync(join(directory, "history.txt"), `${home.history.join("\n")}\n`);
  },
};

/** Half of the answers are held to that of a fresh index, half to that of none. */
function freshDirectory({ draws, directory }: Round, step: number): string | undefined {
  return draws.chance(0.5) ? join(directory, `fresh-${step}`) : undefined;
}

/** @returns whether something was wrong */
async function asksOnce(round: Round, place: RunPlace, step: number): Promise<boolean> {
  const { draws, agent, report } = round;
  const asOf = drawTime(draws);
  const sessions = await askBothWays(agent, place, sessionsQuestion(asOf), freshDirectory(round, step));
  if (report(...sessions.faults)) return true;
  const cost = await ask(agent, place, costQuestion(draws, asOf));
  if (report(...cost.faults)) return true;
  const sums = faultsOfSums(sessions.answer, cost.answer);
  if (report(...sums.map(({ kind, what }) => ({ kind, what: `${what}, as of ${asOf}` })))) return true;
  if (report(...(await askBothWays(agent, place, otherQuestion(draws, asOf))).faults)) return true;
  const text = textQuestion(draws);
  const codes = text.includes("latest") ? [0, 1] : [0];
  return report(...faultsOfRun(await agent.run(text, place), { json: text.includes("--json"), codes }));
}
