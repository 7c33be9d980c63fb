/**
 * Is hard on the program for some minutes, and ends with status 1 when anything was found.
 *
 *     deno task torture
 *     deno task torture --minutes 30 --program dist/opper-agent
 *     deno task torture --seed 4711 --only mutated-logs --rounds 1
 *
 * Rounds are named by a seed: with that seed and that campaign, the first round is the same again. What depends on when a
 * process is killed, or on which of several is first, is drawn anew each time.
 */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { findOutdated } from "./comparison/check_build.ts";
import { ourCommand } from "./comparison/programs.ts";
import { agentProgram } from "./torture/agent_program.ts";
import { CAMPAIGNS } from "./torture/campaigns.ts";
import { readKnownLogs } from "./torture/known_logs.ts";
import { runCampaigns } from "./torture/run_campaigns.ts";
import { describeFinding, describeResult } from "./torture/describe_findings.ts";

const HELP = `deno task torture [options]

  --minutes COUNT       how long (5)
  --seed NUMBER         of the first round of each campaign; the next ones count on (the time of day)
  --only CAMPAIGN       this campaign alone; repeatable
  --rounds COUNT        rounds of each campaign at most
  --jobs COUNT          rounds at once (as many as there are processors)
  --program COMMAND     what is tortured (this source, run by Deno); a compiled program starts three times as fast
  --logs HOME           logs of this home as well, beside those of the tests; repeatable
  --keep DIRECTORY      where the homes of findings go (a new directory where temporary files are)

campaigns:
${CAMPAIGNS.map(({ name, summary }) => `  ${name.padEnd(18)}  ${summary}`).join("\n")}`;

async function torture(): Promise<number> {
  const { values } = parseArgs({
    options: {
      minutes: { type: "string", default: "5" },
      seed: { type: "string", default: String(Date.now() % 1e9) },
      only: { type: "string", multiple: true, default: CAMPAIGNS.map(({ name }) => name) },
      rounds: { type: "string" },
      jobs: { type: "string", default: String(navigator.hardwareConcurrency) },
      program: { type: "string" },
      logs: { type: "string", multiple: true, default: [] },
      keep: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const campaigns = CAMPAIGNS.filter(({ name }) => values.only.includes(name));
  const unknown = values.only.find((name) => !CAMPAIGNS.some((campaign) => campaign.name === name));
  const [minutes, seed, rounds, jobs] = [values.minutes, values.seed, values.rounds ?? "1e9", values.jobs].map(Number);
  if (unknown !== undefined || ![minutes, seed, rounds, jobs].every((number) => number! >= 0)) {
    console.error(unknown === undefined ? `Expected numbers.\n\n${HELP}` : `No campaign "${unknown}".\n\n${HELP}`);
    return 2;
  }
  const [program, ...args] = ourCommand(values.program);
  // Rounds have working directories of their own.
  const command = [program.includes("/") ? resolve(program) : program, ...args] as const;
  const outdated = values.program === undefined ? undefined : await findOutdated(command[0]);
  if (outdated !== undefined) console.error(`warning: ${outdated}`);
  if (values.keep !== undefined) await Deno.mkdir(values.keep, { recursive: true });
  const directory = await Deno.realPath(values.keep ?? await Deno.makeTempDir({ prefix: "opper-agent-torture-" }));
  console.log(`Seed ${seed}, ${minutes} minutes, ${campaigns.map(({ name }) => name).join(", ")}`);
  const result = await runCampaigns({
    campaigns,
    seed: seed!,
    ms: minutes! * 60_000,
    rounds: rounds!,
    jobs: jobs!,
    agent: agentProgram(command),
    logs: readKnownLogs(values.logs.map((home) => resolve(home))),
    directory,
    onFinding: (finding) => console.log(describeFinding(finding)),
  });
  console.log(describeResult(result));
  if (result.findings.length === 0 && values.keep === undefined) await Deno.remove(directory, { recursive: true });
  return result.findings.length === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await torture());
