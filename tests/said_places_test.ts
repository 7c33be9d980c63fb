/** Directories in variables that no shell has read, as processes: what is written lands where somebody meant it. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { dirname, join } from "node:path";
import { runAgent, withTemporaryDirectory } from "./support/run_agent.ts";
import { makeSmallHome } from "./support/small_home.ts";

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

Deno.test("mcp install writes into the directory whose logs are read, links followed", async (t) => {
  const agents = [
    { id: "pi", variable: "PI_CODING_AGENT_DIR", usual: ".pi/agent", file: "mcp.json" },
    { id: "claude", variable: "CLAUDE_CONFIG_DIR", usual: ".claude", file: ".claude.json" },
    { id: "codex", variable: "CODEX_HOME", usual: ".codex", file: "config.toml" },
  ];
  const rows: [value: string, below: string, only?: string][] = [
    ["~/x y", "home/x y"],
    [" 'rel/./x/' ", "work/rel/x"],
    ["$HOME/link", "home/link"],
    ["  ", ""],
    ["~/a, rel", "home/a", "claude"],
    ["~/a, rel", "home/a, rel", "codex"],
  ];
  for (const { id, variable, usual, file } of agents) {
    for (const [value, below, only = id] of rows) {
      if (only !== id) continue;
      await t.step(`${variable}=${JSON.stringify(value)}`, () =>
        withTemporaryDirectory(async (directory) => {
          const [home, cwd, stage] = [join(directory, "home"), join(directory, "work"), join(directory, "stage")];
          for (const path of [home, cwd]) await Deno.mkdir(path);
          await makeSmallHome(stage);
          // Of Claude Code, what is not in its directory is in the home.
          const place = below === "" ? join(home, usual) : join(directory, below);
          await Deno.mkdir(dirname(place), { recursive: true });
          if (value.endsWith("link")) await Deno.symlink(join(stage, usual), place);
          else await Deno.rename(join(stage, usual), place);

          const options = { home, cwd, env: { [variable]: value } };
          const { stdout } = await runAgent(["sessions", "--json", "--source", id], options);
          ok(JSON.parse(stdout).sessions.length > 0, "the logs are read");
          const { code, stderr } = await runAgent(["mcp", "install", id], options);
          deepStrictEqual([code, stderr], [0, ""]);
          strictEqual(await exists(join(below === "" && id === "claude" ? home : place, file)), true);
          if (value.endsWith("link")) strictEqual(await exists(join(stage, usual, file)), true);
        }));
    }
  }
});
