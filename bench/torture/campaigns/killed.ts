/** Commands that are killed at any moment: what they change is as before or as after, never between, and the next run mends it. */
import { join } from "node:path";
import { filesHolding, snapshotHome } from "../../../tests/support/home_snapshot.ts";
import type { AgentRun, RunOptions, RunPlace } from "../agent_program.ts";
import type { Campaign, Fault, Round } from "../campaign.ts";
import { CANARY, furnishHome } from "../furnished_home.ts";
import { askRightAnswers, checkAnswer, makeLogHome } from "../index_home.ts";
import { faultsOfRun, findDifference, show } from "../oracles.ts";
import { differingPaths, readTree, type Tree, writeTree } from "../tree.ts";

/** Of one command in one home. */
const KILLS_A_ROUND = 8;

export const killed: Campaign = {
  name: "killed",
  summary: "scan, login, install, configure and launch killed at any moment, and what the next run makes of it",
  weight: 4,
  async run(round: Round) {
    await round.draws.pick([killScans, killEdits, killEdits, killLaunches])(round);
  },
};

/** Somewhere on the way, as long as it takes when nobody kills it. */
function drawMoment({ draws }: Round, { ms }: AgentRun): number {
  // Little happens before a runtime is up.
  return ms * (0.3 + 0.8 * draws.number());
}

async function killScans(round: Round): Promise<void> {
  const { draws, agent, report, directory } = round;
  const { home, place } = makeLogHome(round, draws.logUniform(2, 60));
  const whole = await agent.run(["sessions"], { ...place, opperHome: join(directory, "whole") });
  for (let count = KILLS_A_ROUND; count > 0; count--) {
    await agent.run(["sessions", "--limit", "0"], place, { killAfterMs: drawMoment(round, whole) });
    if (report(...openFiles(place))) return;
    if (draws.chance(0.5)) continue;
    for (const right of await askRightAnswers(round, place)) {
      if (await checkAnswer(round, place, right, "after a scan was killed")) return;
    }
    if (report(...openFiles(place))) return;
    if (draws.chance(0.3)) await Deno.remove(place.opperHome, { recursive: true });
    for (let changes = draws.whole(1, 6); changes > 0; changes--) home.change(round.logs.flat());
  }
}

/** Files of ours that somebody else may read. */
function openFiles({ opperHome }: RunPlace): readonly Fault[] {
  try {
    // What settings are is no secret, and they may be a link to a file that others can read.
    return [...readTree(opperHome)].filter(([path, { mode }]) =>
      (mode & 0o077) !== 0 && !/agent\/\.?config\.json/.test(path)
    )
      .map(([path, { mode }]) => ({ kind: "readable by others", what: `${path} has mode ${mode.toString(8)}` }));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

interface Edit extends RunOptions {
  readonly args: readonly string[];
}

const EDITS: readonly Edit[] = [
  { args: ["login", "--no-check"], input: `${CANARY}\n` },
  { args: ["login", "--key-name", "work", "--no-check"], input: `${CANARY}\n` },
  { args: ["logout"] },
  { args: ["config", "set", "digits", "4"] },
  { args: ["config", "set", "hideProjects", "/srv/private"] },
  ...["claude", "pi", "codex"].map((client) => ({ args: ["mcp", "install", client] })),
  ...["claude", "pi", "codex"].map((client) => ({ args: ["mcp", "uninstall", client] })),
  { args: ["configure", "pi"] },
  { args: ["unconfigure", "pi"] },
];

async function killEdits(round: Round): Promise<void> {
  const { draws, agent, directory, report } = round;
  await using furnished = await furnishHome(directory, draws);
  const { args, ...options } = draws.pick(EDITS);
  const place = args[0] === "configure" ? withKey(furnished.place) : furnished.place;
  // What others have done before, of which this may be the undoing.
  for (let count = draws.whole(0, 3); count > 0; count--) {
    const edit = draws.pick(EDITS);
    await agent.run(edit.args, withKey(place), edit);
  }
  const before = readState(directory);
  const whole = await agent.run(args, place, options);
  const after = readState(directory);
  if (report(...faultsOfRun(whole, { codes: [0, 1] }))) return;
  for (let count = KILLS_A_ROUND; count > 0; count--) {
    writeTree(directory, before);
    const killAfterMs = drawMoment(round, whole);
    await agent.run(args, place, { ...options, killAfterMs });
    const found = readState(directory);
    const when = `${args.join(" ")}, killed after ${killAfterMs.toFixed(1)} ms`;
    if (report(...faultsBetween(before, after, found, when), ...openFiles(place))) return;
    if (report(...faultsOfRun(await agent.run(args, place, options), { codes: [0, 1] }))) return;
    const mended = readState(directory);
    const left = differingPaths(after, mended).filter((path) => !isLock(path));
    if (left.length > 0) {
      report({
        kind: "not mended by the next run",
        what: `${when}, and run again: ${left.map((path) => `${path} is ${show(mended.get(path)?.text)}`).join("; ")}`,
      });
      return;
    }
  }
}

function withKey(place: RunPlace): RunPlace {
  return { ...place, env: { ...place.env, OPPER_API_KEY: CANARY } };
}

/** With what differs between two runs of the same in any case left out. */
function readState(directory: string): Tree {
  return new Map(
    [...readTree(directory)].map(([path, { mode, text }]) => [path, {
      mode,
      text: text.replaceAll(/"(obtainedAt|at|fetchedAt|asOf)": ?("[^"]*"|\d+)/g, '"$1":0'),
    }]),
  );
}

/** A file is what it was, or what it is to be. One that nobody knows is named when it is still there after the next run. */
function faultsBetween(before: Tree, after: Tree, found: Tree, when: string): readonly Fault[] {
  const known = new Set([...before.keys(), ...after.keys()]);
  return [...known].filter((path) => {
    if (isLock(path)) return false;
    const isLike = (tree: Tree) => tree.get(path)?.text === found.get(path)?.text;
    return !isLike(before) && !isLike(after);
  }).map((path) => ({ kind: "half a file", what: `${when}: ${path} is ${show(found.get(path)?.text)}` }));
}

function isLock(path: string): boolean {
  return path.endsWith(".lock");
}

async function killLaunches(round: Round): Promise<void> {
  const { draws, agent, directory, report } = round;
  await using furnished = await furnishHome(directory, draws);
  const place = withKey(furnished.place);
  const launch = ["launch", ...draws.chance(0.3) ? ["--no-mcp-tools"] : [], "pi", "-p", "hi"];
  const before = await snapshotHome(place.home);
  const whole = await agent.run(launch, place);
  if (report(...faultsOfRun(whole))) return;
  const leftBy = async (what: string): Promise<readonly Fault[]> => {
    const difference = findDifference(before, await snapshotHome(place.home));
    return difference === undefined ? [] : [{ kind: "the home is not as it was", what: `${what}: ${difference}` }];
  };
  if (report(...await leftBy("a launch that nobody killed"))) return;
  for (let count = KILLS_A_ROUND; count > 0; count--) {
    const killAfterMs = drawMoment(round, whole);
    await agent.run(launch, place, { killAfterMs });
    const recoverings = draws.whole(0, 2);
    for (let kills = recoverings; kills > 0; kills--) {
      await agent.run(["recover"], place, { killAfterMs: drawMoment(round, { ...whole, ms: 60 }) });
    }
    const next = draws.pick([["recover"], ["recover", "--json"], ["sessions"], launch]);
    const when = `a launch killed after ${killAfterMs.toFixed(1)} ms, ${recoverings} recoveries killed, then ${
      next.join(" ")
    }`;
    if (report(...faultsOfRun(await agent.run(next, place), { json: next.includes("--json") }))) return;
    if (report(...await leftBy(when), ...openFiles(place))) return;
    const holding = await filesHolding(directory, CANARY);
    if (report(...holding.map((path) => ({ kind: "the key is in a file", what: `${when}: ${path}` })))) return;
  }
}
