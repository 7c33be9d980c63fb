/** A file belongs to the tool whose records it holds, wherever it lies and however often it is met. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { basename, dirname, join } from "node:path";
import type { ExtraRoot } from "../src/core/extra_root.ts";
import { openIndex } from "../src/scan/index/open_index.ts";
import { piHeader, piLogPath, piTurn, writeLog } from "./support/logs.ts";
import { FIXTURE_HOME, withTemporaryDirectory } from "./support/run_agent.ts";
import {
  CLAUDE,
  claudeLines,
  claudeLogPath,
  CODEX,
  codexLines,
  codexLogPath,
  makeSmallHome,
  PI,
  SMALL_NOW,
} from "./support/small_home.ts";
import type { LoggedAgent } from "../src/agents/agent.ts";
import { LOGGED_AGENTS } from "../src/agents/agents.ts";
import { hasLinesAlone } from "../src/scan/logs/gather_logs.ts";
import { makeMachine } from "../src/host/environment.ts";

interface Scan {
  readonly home: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly roots?: readonly ExtraRoot[];
  /** Where the index is. @default none is kept */
  readonly index?: string;
}

/** Every session with its turns, and what all of them cost. */
async function listSessions({ home, env = {}, roots = [], index }: Scan): Promise<readonly string[]> {
  const machine = makeMachine({ home, env });
  const where = { stateDirectory: index ?? home, useIndex: index !== undefined };
  const scan = await openIndex({
    machine,
    extraRoots: roots,
    ...where,
    onWarning: (message) => {
      throw new Error(message);
    },
  });
  try {
    const sessions = await scan.sessions({ now: Date.parse(SMALL_NOW), isPast: false });
    const turns = (await scan.usageBuckets({})).reduce((sum, { turns }) => sum + turns, 0);
    strictEqual(sessions.reduce((sum, { turns }) => sum + turns, 0), turns);
    return sessions.map(({ source, sessionId, turns, cost }) => `${source} ${sessionId} ${turns} ${cost.usd}`).sort();
  } finally {
    scan.close();
  }
}

const [PI_ROOT, CLAUDE_ROOT] = [".pi/agent/sessions/--srv-app--", ".claude/projects/-srv-web"];

async function copyTree(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyTree(join(from, name), join(to, name));
    else await Deno.copyFile(join(from, name), join(to, name));
  }
}

/** All of a copy of a home. Where files are told by their place, the directories that they are in. */
function directoriesOf(tool: LoggedAgent, copy: string): readonly string[] {
  return hasLinesAlone(tool) ? [copy] : tool.logs.roots(makeMachine({ home: copy }));
}

Deno.test("one directory named for several tools has the sessions of each", async (t) => {
  const expected = await listSessions({ home: FIXTURE_HOME });
  ok(expected.length > 50);
  for (const tools of [LOGGED_AGENTS, LOGGED_AGENTS.toReversed()]) {
    await t.step(tools.map(({ id }) => id).join(", "), () =>
      withTemporaryDirectory(async (home) => {
        await copyTree(FIXTURE_HOME, join(home, "backup"));
        const rootsOf = (tool: LoggedAgent) =>
          directoriesOf(tool, join(home, "backup")).map((directory) => ({ source: tool.id, directory }));
        const roots = tools.flatMap(rootsOf);
        deepStrictEqual(await listSessions({ home, roots }), expected);
        for (const tool of tools) {
          const ofTool = expected.filter((line) => line.startsWith(`${tool.id} `));
          deepStrictEqual(await listSessions({ home, roots: rootsOf(tool) }), ofTool);
        }
        // The same once more, with what the index kept.
        const index = join(home, "index");
        for (let scan = 0; scan < 2; scan++) deepStrictEqual(await listSessions({ home, roots, index }), expected);
      }));
  }
});

Deno.test("what else lies among a tool's logs hides nothing and adds nothing", async (t) => {
  const link = (from: string, to: string) => async (home: string) => {
    await Deno.mkdir(dirname(join(home, to)), { recursive: true });
    await Deno.symlink(join(home, from), join(home, to));
  };
  const copy = (from: (home: string) => string, to: string) => async (home: string) => {
    await Deno.mkdir(dirname(join(home, to)), { recursive: true });
    await Deno.copyFile(from(home), join(home, to));
  };
  const claudeLog = (home: string) => claudeLogPath(join(home, ".claude"), CLAUDE);
  const codexLog = (home: string) => codexLogPath(join(home, ".codex"), CODEX);
  const piLog = (home: string) => piLogPath(home, PI);
  const relative = (path: (home: string) => string) => path("").slice(1);
  interface Row {
    readonly name: string;
    readonly prepare?: (home: string) => Promise<void>;
    readonly roots?: readonly ExtraRoot[];
    readonly env?: (home: string) => Record<string, string>;
  }
  const rows: readonly Row[] = [
    { name: "a link to Claude Code's log among Pi's", prepare: link(relative(claudeLog), `${PI_ROOT}/l.jsonl`) },
    { name: "a link to Codex's log among Pi's", prepare: link(relative(codexLog), `${PI_ROOT}/l.jsonl`) },
    { name: "a link to Pi's log among Claude Code's", prepare: link(relative(piLog), `${CLAUDE_ROOT}/l.jsonl`) },
    {
      name: "a link to Pi's log among Claude Code's, by a name as theirs",
      prepare: link(relative(piLog), `${CLAUDE_ROOT}/e99afcf6-0000-4000-8000-0000000000ff.jsonl`),
    },
    {
      name: "a link to Claude Code's log among Pi's, by a name as theirs",
      prepare: link(relative(claudeLog), `${PI_ROOT}/2026-11-20T10-00-00-000Z_x.jsonl`),
    },
    { name: "a link to Codex's log among Claude Code's", prepare: link(relative(codexLog), `${CLAUDE_ROOT}/l.jsonl`) },
    { name: "a link to all of Claude Code's among Pi's", prepare: link(".claude", `${PI_ROOT}/claude`) },
    { name: "a link to all of Pi's among Claude Code's", prepare: link(PI_ROOT, ".claude/projects/pi") },
    { name: "a link to all of Pi's among Codex's", prepare: link(PI_ROOT, ".codex/sessions/pi") },
    { name: "a link to the home among Pi's", prepare: link(".", `${PI_ROOT}/home`) },
    {
      name: "a link to the folder above, in each",
      prepare: async (home) => {
        for (const root of [PI_ROOT, CLAUDE_ROOT, ".codex/sessions"]) await Deno.symlink("..", join(home, root, "up"));
      },
    },
    {
      name: "links to each other",
      prepare: async (home) => {
        await Deno.symlink(join(home, ".claude/projects"), join(home, PI_ROOT, "there"));
        await Deno.symlink(join(home, ".pi/agent/sessions"), join(home, ".claude/projects/there"));
      },
    },
    {
      name: "a link to itself, and one to nothing",
      prepare: async (home) => {
        await Deno.symlink("loop", join(home, PI_ROOT, "loop"));
        await Deno.symlink("nowhere.jsonl", join(home, CLAUDE_ROOT, "gone"));
      },
    },
    {
      name: "a hard link to Claude Code's log among Pi's",
      prepare: async (home) => {
        await Deno.link(claudeLog(home), join(home, PI_ROOT, "l.jsonl"));
      },
    },
    {
      name: "a hard link to Pi's log among its own",
      prepare: async (home) => {
        await Deno.link(piLog(home), join(home, PI_ROOT, "l.jsonl"));
      },
    },
    {
      name: "a hard link to Claude Code's log among its own",
      prepare: async (home) => {
        await Deno.link(claudeLog(home), join(home, CLAUDE_ROOT, "l.jsonl"));
      },
    },
    { name: "a copy of Claude Code's log among Pi's", prepare: copy(claudeLog, `${PI_ROOT}/${CLAUDE}.jsonl`) },
    { name: "a copy of it by another name", prepare: copy(claudeLog, `${PI_ROOT}/copy.jsonl`) },
    {
      name: "a copy of Codex's log among Pi's",
      prepare: copy(codexLog, `${PI_ROOT}/${basename(codexLog(""))}`),
    },
    {
      name: "a copy of Codex's log among Claude Code's",
      prepare: copy(codexLog, `${CLAUDE_ROOT}/${basename(codexLog(""))}`),
    },
    { name: "a copy of it there by another name", prepare: copy(codexLog, `${CLAUDE_ROOT}/copy.jsonl`) },
    { name: "a copy of Pi's log among Claude Code's", prepare: copy(piLog, `${CLAUDE_ROOT}/${basename(piLog(""))}`) },
    { name: "a copy of it there by another name", prepare: copy(piLog, `${CLAUDE_ROOT}/copy.jsonl`) },
    {
      name: "one directory twice",
      roots: [
        { source: "claude", directory: ".claude/projects" },
        { source: "claude", directory: "./.claude/projects/" },
        { source: "pi", directory: ".pi/agent/sessions" },
      ],
    },
    {
      name: "a directory within another",
      roots: [
        { source: "claude", directory: ".claude" },
        { source: "pi", directory: PI_ROOT },
        { source: "pi", directory: ".pi" },
        { source: "codex", directory: "." },
      ],
    },
    {
      name: "one tool's directory named for another",
      roots: [
        { source: "pi", directory: ".claude" },
        { source: "claude", directory: ".pi/agent/sessions" },
        { source: "pi", directory: ".codex" },
        { source: "claude", directory: ".codex/sessions/2026/11" },
      ],
    },
    {
      name: "a list of directories that overlap",
      env: (home) => ({
        CLAUDE_CONFIG_DIR: `${home}/.claude,${home}/.claude/projects,${home}/./.claude, ${home}/.claude/`,
      }),
    },
  ];
  for (const { name, prepare, roots, env } of rows) {
    await t.step(name, () =>
      withTemporaryDirectory(async (home) => {
        await makeSmallHome(home);
        const index = join(home, ".opper");
        const expected = await listSessions({ home });
        // Over an index that was made before, and one that is made with it.
        await listSessions({ home, index });
        await prepare?.(home);
        const scan = { home, roots, env: env?.(home) };
        deepStrictEqual(await listSessions(scan), expected);
        deepStrictEqual(await listSessions({ ...scan, index }), expected);
        deepStrictEqual(await listSessions({ ...scan, index }), expected);
      }));
  }
});

Deno.test("a log that was moved among another tool's, by its name, is still its own tool's", async () => {
  await withTemporaryDirectory(async (home) => {
    await makeSmallHome(home);
    const expected = await listSessions({ home });
    for (const path of [claudeLogPath(join(home, ".claude"), CLAUDE), codexLogPath(join(home, ".codex"), CODEX)]) {
      await Deno.rename(path, join(home, PI_ROOT, basename(path)));
    }
    await Deno.rename(piLogPath(home, PI), join(home, CLAUDE_ROOT, basename(piLogPath(home, PI))));
    deepStrictEqual(await listSessions({ home }), expected);
  });
});

Deno.test("a file whose tool changes is read as the new one's, and nothing of the old one stays", async () => {
  await withTemporaryDirectory(async (home) => {
    const path = join(home, "logs/x/log.jsonl");
    const index = join(home, "index");
    const roots = ["pi", "claude"].map((source) => ({ source, directory: "logs" }));
    const [pi, claude] = [[piHeader(PI), piTurn({ id: "1", at: "2026-11-20T11:00:00.000Z" })], claudeLines(CLAUDE)];
    const contents = [[], pi, claude, pi, [], claude, codexLines(CODEX), pi];
    for (const lines of contents) {
      await writeLog(path, lines);
      const found = await listSessions({ home, roots, index });
      deepStrictEqual(found, await listSessions({ home, roots }));
      deepStrictEqual(
        found.map((line) => line.split(" ")[0]),
        lines === pi ? ["pi"] : lines === claude ? ["claude"] : [],
      );
    }
  });
});
