/** Sixteen processes at once, while logs grow: each of them answers, and nothing that any of them wrote is lost. */
import { join } from "node:path";
import { costQuestion, drawTime, otherQuestion, sessionsQuestion, textQuestion } from "../ask.ts";
import type { RunOptions } from "../agent_program.ts";
import type { Campaign, Round } from "../campaign.ts";
import { LogHome } from "../change_home.ts";
import { CANARY, furnishHome } from "../furnished_home.ts";
import { askRightAnswers, checkAnswer } from "../index_home.ts";
import { faultsOfRun } from "../oracles.ts";
import { readTree } from "../tree.ts";

const PROCESSES = 16;

export const atOnce: Campaign = {
  name: "at-once",
  summary: "sixteen scans, logins, installs and status lines at once, while logs grow",
  weight: 2,
  async run(round: Round) {
    const { draws, directory, agent, logs, report } = round;
    await using furnished = await furnishHome(directory, draws);
    const place = { ...furnished.place, env: { ...furnished.place.env, OPPER_API_KEY: CANARY } };
    const home = new LogHome(place.home, draws);
    const all = logs.flat();
    for (const log of new Set(Array.from({ length: 20 }, () => draws.pick(all)))) home.add(log, all);
    const commands = Array.from({ length: PROCESSES }, (_, number) => drawCommand(round, number));
    let isOver = false;
    const growing = (async () => {
      while (!isOver) {
        home.grow();
        await new Promise((resolve) => setTimeout(resolve, draws.whole(1, 20)));
      }
    })();
    const runs = await Promise.all(
      commands.map(({ args, json, ...options }) =>
        agent.run(args, place, options).then((run) => faultsOfRun(run, { json, codes: codesOf(args) }))
      ),
    );
    isOver = true;
    await growing;
    if (report(...runs.flat())) return;
    if (report(...lostEdits(directory, commands))) return;
    for (const right of await askRightAnswers(round, place)) {
      if (await checkAnswer(round, place, right, "after sixteen at once")) return;
    }
  },
};

interface Command extends RunOptions {
  readonly args: readonly string[];
  readonly json?: boolean;
}

function drawCommand({ draws }: Round, number: number): Command {
  const asOf = drawTime(draws);
  const asked = draws.pick([sessionsQuestion(asOf), costQuestion(draws, asOf), otherQuestion(draws, asOf)]);
  return draws.pick<() => Command>([
    () => ({ args: asked.args, json: true }),
    () => ({ args: asked.args, json: true }),
    () => ({ args: textQuestion(draws).filter((argument) => argument !== "--json") }),
    () => ({ args: ["statusline"], input: '{"session_id":"nobody"}' }),
    () => ({ args: ["statusline", "--refresh"] }),
    () => ({ args: ["login", "--no-check", "--key-name", `key-${number}`], input: `${CANARY}${number}\n` }),
    () => ({ args: ["mcp", "install", draws.pick(["claude", "pi", "codex"])] }),
    () => ({ args: ["config", "set", draws.pick(["digits", "timezone"]), "3"] }),
    () => ({ args: ["configure", "pi"] }),
    () => ({ args: ["launch", "pi", "-p", "hi"] }),
  ])();
}

/** 3 is no time zone; a session that nobody has yet is none. */
function codesOf(args: readonly string[]): readonly number[] {
  return args.includes("latest") || args.includes("timezone") ? [0, 1, 2] : [0];
}

/** What was written with success and is not there. */
function lostEdits(directory: string, commands: readonly Command[]) {
  const tree = readTree(directory);
  const textOf = (path: string) => tree.get(path)?.text ?? "";
  const places: Readonly<Record<string, string>> = {
    claude: "home/.claude.json",
    pi: "home/.pi/agent/mcp.json",
    codex: "home/.codex/config.toml",
  };
  return commands.flatMap(({ args }) => {
    const wanted: [path: string, text: string] | undefined = args[0] === "login"
      ? ["opper/config.json", `"${args.at(-1)}"`]
      : args[1] === "install"
      ? [places[args[2]!]!, "opper-agent"]
      : args[2] === "digits"
      ? ["opper/agent/config.json", '"digits": 3']
      : args[0] === "configure"
      ? ["home/.pi/agent/models.json", '"opper"']
      : undefined;
    if (wanted === undefined || textOf(wanted[0]).includes(wanted[1])) return [];
    return [{ kind: "a change was lost", what: `${args.join(" ")}: ${join(directory, wanted[0])} lacks ${wanted[1]}` }];
  });
}
