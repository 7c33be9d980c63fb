/** Directories in variables that no shell has read, as processes: what is written lands where somebody meant it. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { LOGGED_AGENTS } from "../src/agents/agents.ts";
import { makeMachine } from "../src/host/environment.ts";
import { FIXTURE_HOME, runAgent, withTemporaryDirectory } from "./support/run_agent.ts";

const exists = (path: string) => Deno.lstat(path).then(() => true, () => false);

Deno.test("a home that no shell expanded is the home, and no directory is called ~", async (t) => {
  const rows: [value: string, below: string][] = [
    ["~/x", "home/x"],
    ["~", "home"],
    ['"~/x y/"', "home/x y"],
    [" $HOME/x\r\n", "home/x"],
    ["${HOME}/x", "home/x"],
    ["rel/x", "work/rel/x"],
    ["  ", "home/.opper"],
    ["''", "home/.opper"],
  ];
  for (const [value, below] of rows) {
    await t.step(`OPPER_HOME=${JSON.stringify(value)}`, () =>
      withTemporaryDirectory(async (directory) => {
        const [home, cwd] = [join(directory, "home"), join(directory, "work")];
        await Deno.mkdir(home);
        await Deno.mkdir(cwd);
        const env = { OPPER_HOME: value };
        const set = await runAgent(["config", "set", "digits", "2"], { home, cwd, env });
        deepStrictEqual([set.code, set.stderr], [0, ""]);
        strictEqual(await exists(join(directory, below, "agent/config.json")), true);
        const names = [...Deno.readDirSync(cwd)].map(({ name }) => name);
        deepStrictEqual(names, below.startsWith("work") ? ["rel"] : []);
      }));
  }

  await t.step("somebody else's is asked for in full", () =>
    withTemporaryDirectory(async (home) => {
      const { code, stderr } = await runAgent(["sessions"], { home, env: { OPPER_HOME: "~bob/x" } });
      strictEqual(code, 2);
      match(stderr, /OPPER_HOME is "~bob\/x": only a shell knows/);
      deepStrictEqual([...Deno.readDirSync(home)], []);
    }));

  await t.step("so is what another variable holds", () =>
    withTemporaryDirectory(async (home) => {
      for (const value of ["$DATA/x", "~/${USER}/x"]) {
        const { code, stderr } = await runAgent(["config", "set", "digits", "2"], { home, env: { OPPER_HOME: value } });
        strictEqual(code, 2);
        match(stderr, /only a shell knows what \$/);
      }
      deepStrictEqual([...Deno.readDirSync(home)], []);
    }));

  await t.step(
    "clients' directories likewise, and what the client makes of it is said",
    () =>
      withTemporaryDirectory(async (directory) => {
        const [home, cwd] = [join(directory, "home"), join(directory, "work")];
        await Deno.mkdir(home);
        await Deno.mkdir(cwd);
        const env = { CLAUDE_CONFIG_DIR: "~/c", CODEX_HOME: '"~/d"', PI_CODING_AGENT_DIR: "~/p" };
        const files = { claude: "c/.claude.json", codex: "d/config.toml", pi: "p/mcp.json" };
        for (const [client, file] of Object.entries(files)) {
          const { stdout } = await runAgent(["mcp", "install", client], { home, cwd, env });
          strictEqual(await exists(join(home, file)), true, file);
          strictEqual(/as it stands/.test(stdout), client !== "pi", stdout);
        }
        deepStrictEqual([...Deno.readDirSync(cwd)], []);
      }),
  );
});

/** What somebody may write, and which directory that means, from the test's own. Of a list the agent says which. */
const SAID: readonly (readonly [value: string, ...below: readonly string[]])[] = [
  ["~/x y", "home/x y"],
  [" 'rel/./x/' ", "work/rel/x"],
  ["$HOME/link", "home/link"],
  ["  "],
  [""],
  ["~/a, rel", "home/a", "home/a, rel"],
];

Deno.test("mcp install writes into the directory whose logs are read, links followed", async (t) => {
  let rows = 0;
  for (const agent of LOGGED_AGENTS) {
    const client = await agent.mcpClient?.();
    if (client === undefined) continue;
    for (const variable of Object.keys(agent.variables)) {
      const fileWith = (env: Record<string, string>) => client.file(makeMachine({ home: "/h", cwd: "/w", env }));
      if (fileWith({ [variable]: "/x" }) === fileWith({})) continue;
      const below = relative("/x", fileWith({ [variable]: "/x" }));
      for (const [value, ...places] of SAID) {
        rows++;
        await t.step(
          `${agent.id}: ${variable}=${JSON.stringify(value)}`,
          () =>
            withTemporaryDirectory(async (directory) => {
              const [home, cwd, stage] = [join(directory, "home"), join(directory, "work"), join(directory, "stage")];
              for (const path of [home, cwd, stage]) await Deno.mkdir(path);
              const env = { [variable]: value };
              const machine = makeMachine({ home, cwd, env });
              const file = client.file(machine);
              const meant = places.length === 0
                ? [client.file(makeMachine({ home, cwd }))]
                : places.map((place) => join(directory, place, below));
              ok(meant.includes(file), file);
              const link = file.slice(0, -below.length - 1);
              if (value.endsWith("link")) await Deno.symlink(stage, link);
              // The sample logs, in the first place where they are looked for.
              const homes = [FIXTURE_HOME, join(FIXTURE_HOME, "../sources", agent.id, "home")];
              const samples = homes.flatMap((home) => agent.logs.roots(makeMachine({ home }))).find(existsSync)!;
              copyTree(samples, agent.logs.roots(machine)[0]!);

              const options = { home, cwd, env };
              const { stdout } = await runAgent(["sessions", "--json", "--source", agent.id], options);
              ok(JSON.parse(stdout).sessions.length > 0, "the logs are read");
              const { code, stderr } = await runAgent(["mcp", "install", agent.id], options);
              deepStrictEqual([code, stderr], [0, ""]);
              strictEqual(existsSync(file), true);
              if (value.endsWith("link")) {
                strictEqual(existsSync(join(stage, below)), true);
                strictEqual(Deno.lstatSync(link).isSymlink, true);
              }
              const names = [...Deno.readDirSync(cwd)].map(({ name }) => name);
              deepStrictEqual(names, places[0]?.startsWith("work/") ? ["rel"] : []);
            }),
        );
      }
    }
  }
  ok(rows >= 3 * SAID.length);
});

function copyTree(from: string, to: string): void {
  Deno.mkdirSync(to, { recursive: true });
  for (const { name, isDirectory } of Deno.readDirSync(from)) {
    if (isDirectory) copyTree(join(from, name), join(to, name));
    else Deno.copyFileSync(join(from, name), join(to, name));
  }
}
