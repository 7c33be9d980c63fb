/**
 * The proof of `advise`: a made-up provider answers made-up conversations, and answers them again under every setting
 * (support/advice_world). What that costs is counted event by event, with no formula of the replay's. The logs of what
 * "really" happened are then put before the program, which has to find the same figures in them.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { type EverySetting, tryEverySetting } from "./support/advice_world/every_setting.ts";
import { makeProjects } from "./support/advice_world/made_projects.ts";
import type { Project } from "./support/advice_world/world.ts";
import { WORLD_NOW } from "./support/advice_world/world_time.ts";
import { directoryOf, writeWorld } from "./support/advice_world/write_world.ts";
import { runAgent, withTemporaryDirectory } from "./support/run_agent.ts";

const AS_OF = new Date(WORLD_NOW).toISOString();

/** A billionth of a dollar. */
const EXACTLY = 1e-9;

function tryWorld(projects: readonly Project[]): readonly EverySetting[] {
  return projects.flatMap((project) => {
    const roles = new Set(project.conversations.flatMap(({ chains }) => chains.map(({ role }) => role)));
    return [...roles].map((role) => tryEverySetting(project, role, WORLD_NOW));
  });
}

function isSame(a: number, b: number): boolean {
  return Math.abs(a - b) <= EXACTLY;
}

Deno.test("the world is as it can be worked out by hand", () => {
  const rows = new Map(tryWorld(makeProjects(1)).map((row) => [`${row.project.name} ${row.role}`, row]));
  const lifetimes = (name: string) => {
    const { "5m": five, "1h": hour } = rows.get(`${name} main`)!.lifetimes;
    return [five.usd, hour.usd];
  };
  // edge_projects.ts works them out.
  const expected = { by_hand: [1.25, 1.05], below_even: [1.625, 1.65], over_even: [1.5625, 1.55] };
  for (const [name, [five, hour]] of Object.entries(expected)) {
    const found = lifetimes(name);
    ok(isSame(found[0]!, five!) && isSame(found[1]!, hour!), `${name}: ${found}`);
  }
  // After each of two requests of 100,000 tokens a ping reads them at $0.50 a million and answers one token at $25:
  // $0.050025. One such ping, half an hour too early to help, comes after each.
  const [once] = [rows.get("by_hand main")!.keepAlive["5m"][1]!];
  ok(isSame(once.usd, 1.25 + 2 * 0.050025) && once.pings === 2, JSON.stringify(once));
  // Six of 4.5 minutes last 27 + 5 minutes: the second request finds its prompt.
  const kept = rows.get("by_hand main")!.keepAlive["5m"][6]!;
  ok(isSame(kept.usd, 0.625 + 0.05 + 12 * 0.050025) && kept.pings === 12, JSON.stringify(kept));
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
    const tried = Map.groupBy(tryWorld(projects), ({ project }) => project);
    for (const [project, ofRoles] of tried) {
      const found = rows.find(({ key }) => key === directoryOf(project));
      const usd = ofRoles.reduce((sum, { recordedUsd }) => sum + recordedUsd, 0);
      ok(found !== undefined && isSame(found.cost.usd, usd), `${project.name}: ${usd}, said ${found?.cost.usd}`);
      strictEqual(found.turns, ofRoles.reduce((sum, { turns }) => sum + turns, 0));
    }
  });
});
