/** What a command may still do once it has begun, asked of the real program at its end. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { dirname, join } from "node:path";
import { indexPath } from "../src/scan/index/tables/index_file.ts";
import { type AgentRun, runAgent, type RunOptions, runSource, withTemporaryDirectory } from "./support/run_agent.ts";
import type { Need } from "../src/operations/contract/need.ts";
import { OPERATIONS } from "../src/operations/registry.ts";
import { makeSmallHome } from "./support/small_home.ts";

const PROBE = `
addEventListener("unload", () => {
  const states = ["net", "run", "ffi", "import"].map((name) => name + " " + Deno.permissions.querySync({ name }).state);
  let opened = "open";
  try {
    Deno.openSync("/proc/self/stat").close();
  } catch (error) {
    opened = error.name;
  }
  console.error([...states, "/proc " + opened].join(", "));
});`;

/** What `-A` gives, and a command left of it. */
async function statesAfter(command: string, home: string, env: Record<string, string> = {}): Promise<string> {
  const probe = join(await Deno.makeTempDir({ dir: home }), "probe.js");
  await Deno.writeTextFile(probe, PROBE);
  const { stderr } = await runSource(command.split(" "), { home, env }, ["--preload", probe]);
  return stderr.trim().split("\n").at(-1)!;
}

const NOTHING_NATIVE = "ffi prompt, import prompt";
/** Deno opens it for a program that may do everything, and no other. */
const PROC = Deno.build.os === "linux" ? "/proc NotCapable" : "/proc NotFound";

/** What each operation may do besides reading logs. Here as well, so that none gets more by a slip. */
const NEEDS: Readonly<Record<string, readonly Need[]>> = {
  overview: [],
  sessions: [],
  session: [],
  cost: [],
  misses: [],
  cache: [],
  advise: [],
  doctor: [],
  enrich: ["network", "user_files"],
  reconcile: ["network"],
  traces: ["network"],
  recover: ["programs", "user_files"],
  login: ["network", "programs", "user_files"],
  logout: ["user_files"],
  whoami: ["network"],
  configure: ["network", "user_files"],
  unconfigure: ["user_files"],
  config: ["user_files"],
};

Deno.test("reading commands give up the network and the starting of programs", async (t) => {
  const operations = await Promise.all(OPERATIONS.map(({ load }) => load()));
  deepStrictEqual(Object.fromEntries(operations.map(({ name, needs }) => [name, needs])), NEEDS);
  for (const { name, needs, input } of operations) {
    const required = Object.values(input.fields).filter((field) => field.present && field.default === undefined);
    const state = (need: Need) => needs.includes(need) ? "granted" : "prompt";
    const states = `net ${state("network")}, run ${state("programs")}`;
    await t.step(`${name}: ${states}`, () =>
      withTemporaryDirectory(async (home) => {
        const args = required.map((field) => field.choices?.[0] ?? "x");
        strictEqual(await statesAfter([name, ...args].join(" "), home), `${states}, ${NOTHING_NATIVE}, ${PROC}`);
      }));
  }
});

Deno.test("commands that are no operations give up what they can", async (t) => {
  const rows: [command: string, states: string][] = [
    ["launch --dry-run pi", "net granted, run granted"],
    ["mcp", "net granted, run granted"],
    ["mcp --read-only", "net granted, run prompt"],
    ["statusline", "net granted, run granted"],
    ["completions bash", "net granted, run granted"],
  ];
  for (const [command, states] of rows) {
    await t.step(command, () =>
      withTemporaryDirectory(async (home) => {
        strictEqual(await statesAfter(command, home), `${states}, ${NOTHING_NATIVE}, ${PROC}`);
      }));
  }
});

/** A directory on the RAM disk that Linux has for everybody, which goes away with the test. */
async function withRamDisk(body: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir({ dir: "/dev/shm", prefix: "opper-agent-test-" });
  try {
    await body(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

Deno.test("what lies on a RAM disk is read and written", { ignore: Deno.build.os !== "linux" }, async (t) => {
  const total = ({ code, stdout, stderr }: AgentRun) => {
    strictEqual(code, 0, stderr);
    strictEqual(stderr, "");
    return JSON.parse(stdout).total;
  };
  type Case = (disk: string, elsewhere: string) => Promise<AgentRun>;
  const sessions = (args: readonly string[], options: RunOptions) => runAgent(["sessions", "--json", ...args], options);
  const rows: [name: string, run: Case][] = [
    ["the home", (disk) => sessions([], { home: disk })],
    ["OPPER_HOME", async (disk, home) => {
      await makeSmallHome(home);
      return await sessions([], { home, opperHome: join(disk, "new/opper") });
    }],
    ["a directory by a flag", (disk, home) => sessions(["--root", `pi=${disk}/.pi/agent/sessions`], { home })],
    [
      "and by one that names it from where one is",
      (disk, home) => sessions(["--root=pi=.pi/agent/sessions"], { home, cwd: disk }),
    ],
    ["by config.json", async (disk, home) => {
      await Deno.mkdir(join(home, ".opper/agent"), { recursive: true });
      const roots = [`pi=${disk}/.pi/agent/sessions`];
      await Deno.writeTextFile(join(home, ".opper/agent/config.json"), JSON.stringify({ roots }));
      return await sessions([], { home });
    }],
    ["by a variable", (disk, home) => sessions([], { home, env: { PI_CODING_AGENT_DIR: join(disk, ".pi/agent") } })],
    ["by a link in the home", async (disk, home) => {
      await Deno.symlink(join(disk, ".pi"), join(home, ".pi"));
      return await sessions([], { home });
    }],
  ];
  for (const [name, run] of rows) {
    await t.step(name, () =>
      withRamDisk((disk) =>
        withTemporaryDirectory(async (elsewhere) => {
          await makeSmallHome(disk);
          ok(total(await run(disk, elsewhere)) > 0);
        })
      ));
  }
  await t.step("for which nothing is given up", () =>
    withRamDisk(async (disk) => {
      strictEqual(
        await statesAfter("sessions", disk),
        "net granted, run granted, ffi granted, import granted, /proc open",
      );
    }));
  await t.step(
    "and what a link deep below leads there is named",
    () =>
      withRamDisk((disk) =>
        withTemporaryDirectory(async (home) => {
          await makeSmallHome(disk);
          await Deno.mkdir(join(home, ".pi/agent/sessions"), { recursive: true });
          await Deno.symlink(join(disk, ".pi/agent/sessions"), join(home, ".pi/agent/sessions/link"));
          const { stdout } = await runAgent(["doctor"], { home });
          match(stdout, /files below \/dev, \/proc and \/sys are opened only where/);
        })
      ),
  );
  await t.step(
    "and a log that is a link to there is named once",
    () =>
      withRamDisk((disk) =>
        withTemporaryDirectory(async (home) => {
          const log = join(disk, "log.jsonl");
          await Deno.writeTextFile(log, "{}\n");
          await Deno.mkdir(join(home, ".pi/agent/sessions/--p--"), { recursive: true });
          await Deno.symlink(log, join(home, ".pi/agent/sessions/--p--/log.jsonl"));
          const { stdout } = await runAgent(["doctor", "--json"], { home });
          const messages = JSON.parse(stdout).problems.map(({ message }: { message: string }) => message);
          strictEqual(messages.length, 1);
          match(messages[0], /^Cannot be read: files below \/dev, \/proc and \/sys/);
        })
      ),
  );
  await t.step(
    "and an index that is a link to what may not be opened stops no answer",
    () =>
      withTemporaryDirectory(async (home) => {
        await makeSmallHome(home);
        const index = indexPath(join(home, ".opper/agent"));
        await Deno.mkdir(dirname(index), { recursive: true });
        await Deno.symlink("/dev/full", index);
        const { code, stdout, stderr } = await sessions([], { home });
        strictEqual(code, 0, stderr);
        ok(JSON.parse(stdout).total > 0);
        match(
          stderr,
          /^warning: The index .* cannot be used \(files below \/dev, .*\)\. This answer was scanned in memory/,
        );
      }),
  );
  await t.step("a source that is turned off with /dev/null stays off", () =>
    withTemporaryDirectory(async (home) => {
      await makeSmallHome(home);
      ok(total(await sessions([], { home, env: { CLAUDE_CONFIG_DIR: "/dev/null" } })) > 0);
    }));
});

Deno.test("the compiled program asks nobody, and leaves it to itself what it gives up", async () => {
  const { PERMISSIONS } = await import("../scripts/permissions.ts");
  deepStrictEqual(PERMISSIONS, ["--allow-all", "--no-prompt"]);
});
