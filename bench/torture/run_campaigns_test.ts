/** The runner: rounds by seed, what is kept, and campaigns over a program that is wrong in a way that is known. */
import { deepStrictEqual, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { withTemporaryDirectory } from "../../tests/support/run_agent.ts";
import type { AgentProgram, AgentRun } from "./agent_program.ts";
import type { Campaign, Finding } from "./campaign.ts";
import { damagedIndex } from "./campaigns/damaged_index.ts";
import { mutatedLogs } from "./campaigns/mutated_logs.ts";
import { describeFinding, describeResult } from "./describe_findings.ts";
import { readKnownLogs } from "./known_logs.ts";
import { runCampaigns } from "./run_campaigns.ts";

const EMPTY_ANSWER = { total: { turns: 0, usage: {}, cost: { usd: 0 } }, sessions: [], rows: [], index: {} };

/** Answers by itself, without any process. */
function standIn(answer: (args: readonly string[]) => unknown): AgentProgram {
  return {
    start: () => {
      throw new Error("nothing to start");
    },
    run(args, { opperHome }) {
      Deno.mkdirSync(join(opperHome, "agent"), { recursive: true });
      Deno.writeFileSync(join(opperHome, "agent", "index-0.db"), new Uint8Array(9000));
      const said = answer(args);
      const text = args.includes("--json") ? JSON.stringify(said) : "fine\n";
      const run: AgentRun = {
        args,
        code: 0,
        ms: 1,
        hangs: false,
        stdout: new TextEncoder().encode(text),
        stderr: new Uint8Array(),
      };
      return Promise.resolve(run);
    },
  };
}

async function runRounds(campaigns: readonly Campaign[], agent: AgentProgram, rounds: number, seed = 40) {
  return await withTemporaryDirectory(async (directory) => {
    const shown: Finding[] = [];
    const result = await runCampaigns({
      campaigns,
      seed,
      ms: 60_000,
      rounds,
      jobs: 2,
      agent,
      logs: readKnownLogs([]),
      directory,
      onFinding: (finding) => shown.push(finding),
    });
    const kept = [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
    return { ...result, shown, kept };
  });
}

const fine = standIn(() => EMPTY_ANSWER);

Deno.test("a round is named by its seed, and draws the same for it each time", async () => {
  const drawn: [number, string][] = [];
  const campaign: Campaign = {
    name: "draws",
    summary: "",
    weight: 1,
    run({ draws, directory }) {
      drawn.push([draws.number(), directory.split("-").at(-1)!]);
      return Promise.resolve();
    },
  };
  const { rounds, kept } = await runRounds([campaign], fine, 3);
  deepStrictEqual([rounds.get("draws"), kept], [3, []]);
  const [first, second, third] = drawn.sort((a, b) => Number(a[1]) - Number(b[1]));
  deepStrictEqual([first![1], second![1], third![1]], ["40", "41", "42"]);
  await runRounds([campaign], fine, 1, 41);
  deepStrictEqual(drawn.at(-1), second);
});

Deno.test("findings are told with what repeats them, and three homes of a kind are kept", async () => {
  const campaign: Campaign = {
    name: "finds",
    summary: "",
    weight: 1,
    run({ report, directory }) {
      Deno.writeTextFileSync(join(directory, "home.txt"), "");
      report({ kind: "a fault", what: "as always" });
      return Promise.resolve();
    },
  };
  const result = await runRounds([campaign], fine, 5);
  deepStrictEqual([result.findings.length, result.shown.length], [5, 3]);
  // Which rounds are done first is not said.
  deepStrictEqual(result.kept, result.shown.map(({ seed }) => `finds-${seed}`).sort());
  const [{ seed }] = result.shown as [Finding];
  const told = describeFinding(result.shown[0]!);
  ok(told.includes(`again: deno task torture --seed ${seed} --only finds --rounds 1\n`), told);
  match(told, new RegExp(`kept: .*finds-${seed}$`));
  match(describeResult(result), /^finds: 5 rounds, found\n {4}5 x a fault \(4\d, 4\d, 4\d, 4\d, 4\d\)$/);
});

Deno.test("a round that fails by itself is a finding", async () => {
  const campaign: Campaign = { name: "fails", summary: "", weight: 1, run: () => Promise.reject(new Error("no disk")) };
  const { findings } = await runRounds([campaign], fine, 1);
  deepStrictEqual(findings.map(({ kind }) => kind), ["the round itself failed"]);
  match(findings[0]!.what, /no disk/);
});

Deno.test("campaigns find nothing in a program that is right, and a program that is wrong", async (t) => {
  await t.step("right", async () => {
    deepStrictEqual((await runRounds([mutatedLogs, damagedIndex], fine, 2)).findings, []);
  });
  await t.step("an index that says something else", async () => {
    const wrong = standIn((args) => ({ ...EMPTY_ANSWER, notes: args.includes("--no-index") ? [] : ["1 problem"] }));
    const { findings } = await runRounds([mutatedLogs, damagedIndex], wrong, 3);
    const kinds = new Set(findings.map(({ campaign, kind }) => `${campaign}: ${kind}`));
    ok(kinds.has("mutated-logs: sessions with the index differs"), `${[...kinds]}`);
    ok(kinds.has("damaged-index: a wrong answer"), `${[...kinds]}`);
  });
});
