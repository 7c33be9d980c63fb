/**
 * The proof of `advise`: a made-up provider answers made-up conversations, and answers them again under every setting
 * (support/advice_world). What that costs is counted event by event, with no formula of the replay's. The same is then asked
 * of the replay, and of the program over logs of what "really" happened: each figure is right to a billionth of a dollar, or
 * where logs cannot know it within its bounds.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import * as ledger from "../src/core/advice/advice_ledger.ts";
import type { AdviceRow, AdviseOutput } from "../src/operations/advice/advise_output.ts";
import { FAULTS, loadFaulty } from "./support/advice_faults.ts";
import { compareRow, compareSums, Comparison, isSame, replayProject } from "./support/advice_proof.ts";
import { type EverySetting, leastOf, tryEverySetting } from "./support/advice_world/every_setting.ts";
import { cutProject, isAnswering } from "./support/advice_world/cut_project.ts";
import { makeProjects } from "./support/advice_world/made_projects.ts";
import type { Kept, Project } from "./support/advice_world/world.ts";
import { WORLD_BEGIN, WORLD_NOW } from "./support/advice_world/world_time.ts";
import { directoryOf, writeWorld } from "./support/advice_world/write_world.ts";
import { FIXTURE_HOME, FIXTURE_NOW, runAgent, withTemporaryDirectory } from "./support/run_agent.ts";

const SEEDS = [1, 2, 3, 4, 5, 6];
/** Projects with fronts that are seen only in time. */
const SHARING = ["shared", "unseen"];
const KEPT: readonly Kept[] = ["5m", "1h"];
const AS_OF = new Date(WORLD_NOW).toISOString();

function tryWorld(projects: readonly Project[]): readonly EverySetting[] {
  return projects.flatMap((project) => {
    const roles = new Set(project.conversations.flatMap(({ chains }) => chains.map(({ role }) => role)));
    return [...roles].map((role) => tryEverySetting(project, role, WORLD_NOW));
  });
}

/** Each figure that the replay has of a world, held against the truth. */
function proveReplay(replay: Pick<typeof ledger, "AdviceLedger">, tried: readonly EverySetting[]): Comparison {
  const comparison = new Comparison();
  for (const [project, ofRoles] of Map.groupBy(tried, ({ project }) => project)) {
    const rows = replayProject(replay, project);
    for (const each of ofRoles) compareRow(comparison, rows.find(({ role }) => role === each.role), each);
  }
  return comparison;
}

/** With a state of its own: homes of fixtures stay as they are. */
async function advise(home: string, ...args: string[]): Promise<AdviseOutput> {
  return await withTemporaryDirectory(async (opperHome) => {
    const run = await runAgent(["advise", "--json", ...args], { home, opperHome });
    deepStrictEqual([run.code, run.stderr], [0, ""]);
    return JSON.parse(run.stdout) as AdviseOutput;
  });
}

Deno.test("the world is as it can be worked out by hand", () => {
  const rows = new Map(tryWorld(makeProjects(1)).map((row) => [`${row.project.name} ${row.role}`, row]));
  // edge_projects.ts works them out.
  const expected = { by_hand: [1.25, 1.05], below_even: [1.625, 1.65], over_even: [1.5625, 1.55] };
  for (const [name, [five, hour]] of Object.entries(expected)) {
    const { lifetimes } = rows.get(`${name} main`)!;
    ok(
      isSame(lifetimes["5m"].usd, five!) && isSame(lifetimes["1h"].usd, hour!),
      `${name}: ${JSON.stringify(lifetimes)}`,
    );
  }
  // After each of two requests of 100,000 tokens a ping reads them at $0.50 a million and answers one token at $25:
  // $0.050025. One such ping comes after each, half an hour too early to help.
  const { "5m": pinged } = rows.get("by_hand main")!.keepAlive;
  ok(isSame(pinged[1]!.usd, 1.25 + 2 * 0.050025) && pinged[1]!.pings === 2, JSON.stringify(pinged[1]));
  // Six of 4.5 minutes and the five of the entry itself reach half an hour: the second request reads.
  ok(isSame(pinged[6]!.usd, 0.625 + 0.05 + 12 * 0.050025) && pinged[6]!.pings === 12, JSON.stringify(pinged[6]));
});

Deno.test("what the provider billed is what cost says", async () => {
  await withTemporaryDirectory(async (home) => {
    const projects = makeProjects(1);
    await writeWorld(home, projects);
    const run = await runAgent(["cost", "--by", "project", "--limit", "0", "--json", "--as-of", AS_OF], { home });
    deepStrictEqual([run.code, run.stderr], [0, ""]);
    const { rows } = JSON.parse(run.stdout) as {
      rows: readonly { key: string; turns: number; cost: { usd: number } }[];
    };
    strictEqual(rows.length, projects.length);
    for (const [project, ofRoles] of Map.groupBy(tryWorld(projects), ({ project }) => project)) {
      const found = rows.find(({ key }) => key === directoryOf(project));
      const usd = ofRoles.reduce((sum, { recordedUsd }) => sum + recordedUsd, 0);
      ok(found !== undefined && isSame(found.cost.usd, usd), `${project.name}: ${usd}, said ${found?.cost.usd}`);
      strictEqual(found.turns, ofRoles.reduce((sum, { turns }) => sum + turns, 0));
    }
  });
});

for (const seed of SEEDS) {
  const projects = makeProjects(seed);
  const tried = tryWorld(projects);

  Deno.test(`world ${seed}: the replay says what every setting would have cost`, () => {
    const { count, wrong } = proveReplay(ledger, tried);
    deepStrictEqual(wrong, []);
    ok(count > 2300, `only ${count} figures were compared`);
  });

  Deno.test(`world ${seed}: so does the program, out of logs`, async () => {
    const comparison = new Comparison();
    const problems: string[] = [];
    // What bounds rest on is learned of all projects: one whose prompts change is somebody else's.
    for (const home of Map.groupBy(tried, ({ project }) => project.lifetimes === "within").values()) {
      const { rows, leftOut, recorded } = await adviseOn(home);
      strictEqual(rows.length, home.length);
      deepStrictEqual(leftOut, { turns: 0, usd: 0, reasons: [] });
      ok(isSame(recorded.usd, home.reduce((sum, { recordedUsd }) => sum + recordedUsd, 0)));
      for (const each of home) {
        const row = rows.find(({ project, role }) => project === directoryOf(each.project) && role === each.role);
        compareAnswer(comparison, row, each);
        problems.push(...row === undefined ? [] : misjudged(row, each));
      }
    }
    deepStrictEqual(comparison.wrong, []);
    deepStrictEqual(problems, []);
    ok(comparison.count > 150, `only ${comparison.count} figures were compared`);
  });
}

Deno.test("so it does as of any time before", async (t) => {
  const projects = makeProjects(1);
  await withTemporaryDirectory(async (home) => {
    await writeWorld(home, projects);
    for (const hours of [5, 20, 60]) {
      const until = WORLD_BEGIN + hours * 3_600_000 + 12_345;
      await t.step(`${hours} hours after the beginning`, async () => {
        const { rows } = await advise(home, "--as-of", new Date(until).toISOString());
        const comparison = new Comparison();
        for (const project of projects) {
          const cut = cutProject(project, until);
          // What chains share is told by all that there is in time.
          if (cut === undefined || SHARING.includes(cut.name) || isAnswering(cut, until)) continue;
          const row = rows.find((each) => each.project === directoryOf(cut) && each.role === "main");
          compareAnswer(comparison, row, tryEverySetting(cut, "main", until));
        }
        deepStrictEqual(comparison.wrong, []);
        ok(comparison.count > 100, `only ${comparison.count} figures were compared`);
      });
    }
  });
});

async function adviseOn(tried: readonly EverySetting[]): Promise<AdviseOutput> {
  return await withTemporaryDirectory(async (home) => {
    await writeWorld(home, [...new Set(tried.map(({ project }) => project))]);
    return await advise(home, "--as-of", AS_OF);
  });
}

function compareAnswer(comparison: Comparison, row: AdviceRow | undefined, tried: EverySetting): void {
  const { project, role, lifetimes, keepAlive } = tried;
  const name = `${project.name} ${role}`;
  const option = (id: string) => row?.options.find((each) => each.id === id);
  for (const kept of KEPT) {
    comparison.compare(`${name} cache_${kept}`, option(`cache_${kept}`), lifetimes[kept], project.lifetimes);
    if (role === "sub") continue;
    const said = option(`keep_alive_${kept}`);
    const count = project.keepAlive === "exact" ? leastOf(keepAlive[kept]) : said?.count ?? 0;
    comparison.compare(`${name} keep_alive_${kept}`, said, keepAlive[kept][count]!, project.keepAlive);
    if (said?.count !== count) comparison.wrong.push(`${name} keep_alive_${kept}: ${said?.count} times, not ${count}`);
  }
  compareSums(comparison, row, tried);
}

/** Where what is best, or what is advised, is not so in truth. */
function misjudged({ options, advice, recordedUsd }: AdviceRow, tried: EverySetting): readonly string[] {
  const name = `${tried.project.name} ${tried.role}`;
  const truthOf = ({ id, count }: AdviceRow["options"][number]) => {
    const kept = id.endsWith("5m") ? "5m" : "1h";
    return id.startsWith("cache") ? tried.lifetimes[kept].usd : tried.keepAlive[kept][count ?? 0]!.usd;
  };
  const problems: string[] = [];
  for (const one of options) {
    for (const other of options) {
      const isSure = one.highUsd < other.lowUsd - 1e-9 && tried.project.keepAlive !== "at least";
      if (isSure && truthOf(one) > truthOf(other)) problems.push(`${name}: ${one.id} is not below ${other.id}`);
    }
  }
  const { lifetimes, keepAlive } = tried.project;
  if (lifetimes === "exact" && keepAlive === "exact") {
    const best = options.reduce((best, option) => option.usd < best.usd ? option : best);
    const least = Math.min(...options.map(truthOf));
    if (!isSame(truthOf(best), least)) problems.push(`${name}: best is not ${best.id}`);
  }
  if (advice !== undefined) {
    const saves = recordedUsd - truthOf(options.find(({ id }) => id === advice.id)!);
    if (saves < advice.atLeastUsd - 1e-9) {
      problems.push(`${name}: ${advice.id} saves ${saves}, not ${advice.atLeastUsd}`);
    }
  }
  return problems;
}

Deno.test("the proof finds what is wrong with a replay", async (t) => {
  const tried = tryWorld(makeProjects(1));
  for (const fault of FAULTS) {
    await withTemporaryDirectory(async (directory) => {
      const { count, wrong } = proveReplay(await loadFaulty(fault, directory), tried);
      await t.step(`${fault.name}: ${wrong.length} of ${count} figures are wrong`, () => ok(wrong.length > 0));
    });
  }
});

Deno.test("of small sessions it advises nothing, and says why", async () => {
  const { rows, leftOut } = await advise(FIXTURE_HOME, "--as-of", FIXTURE_NOW);
  ok(rows.length >= 4, `only ${rows.length} rows`);
  for (const { project, advice, leave } of rows) {
    strictEqual(advice, undefined, project);
    ok(leave !== undefined, `${project}: nothing is said of it`);
  }
  deepStrictEqual(leftOut.reasons.map(({ reason }) => reason), ["no_choice", "no_writes"]);
});
