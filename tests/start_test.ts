/** What is answered before the program is loaded: it says the same, and fails the same. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { PRICES_AS_OF } from "../src/core/cost/price_release.ts";
import { VERSION } from "../src/core/version.ts";
import { agentCommand, agentEnvironment, runAgent, withTemporaryDirectory } from "./support/run_agent.ts";

Deno.test("the start says what the program says", async (t) => {
  // A flag of every command before it leads into the program.
  const rows: [quick: string[][], inProgram: string[]][] = [
    [[["--version"], ["-V"], ["version"], ["--version", "x"]], ["--quiet", "version"]],
    [[["help"], ["--help"]], ["--quiet", "--help"]],
    [[["-h"]], ["--quiet", "-h"]],
  ];
  await withTemporaryDirectory(async (home) => {
    for (const [quick, inProgram] of rows) {
      const expected = await runAgent(inProgram, { home });
      deepStrictEqual([expected.code, expected.stderr], [0, ""]);
      for (const argv of quick) {
        await t.step(JSON.stringify(argv), async () => deepStrictEqual(await runAgent(argv, { home }), expected));
      }
    }
  });
});

Deno.test("--version begins with a line for programs, and says what it was made of", async () => {
  await withTemporaryDirectory(async (home) => {
    const { stdout } = await runAgent(["--version"], { home });
    const [first, commit, deno, prices] = stdout.split("\n");
    strictEqual(first, `opper-agent ${VERSION}`);
    match(commit!, /^commit (unknown, run from source|[0-9a-f]{12}(, changed)?|unknown)$/);
    match(deno!, /^deno \d+\.\d+\.\d+$/);
    strictEqual(prices, `prices ${PRICES_AS_OF}`);
  });
});

// Only Linux has a device that is always full.
const ignore = Deno.build.os !== "linux";

Deno.test("what cannot be written is told at once as it is later", { ignore }, async (t) => {
  for (const argv of [["--version"], ["--help"], ["--quiet", "--help"]]) {
    await t.step(argv.join(" "), async () => {
      await withTemporaryDirectory(async (home) => {
        const { code, stderr } = await new Deno.Command("sh", {
          args: ["-c", 'exec "$0" "$@" >/dev/full', ...agentCommand(), ...argv],
          cwd: home,
          clearEnv: true,
          env: agentEnvironment({ home }),
          stdout: "null",
          stderr: "piped",
        }).output();
        strictEqual(code, 1);
        const text = new TextDecoder().decode(stderr);
        ok(text.startsWith("error: The output could not be written"), text);
      });
    });
  }
});

Deno.test("in a directory that was removed there are answers where Deno starts at all", {
  ignore: Deno.build.os === "windows",
}, async (t) => {
  // Deno itself ends there, and so does the compiled program elsewhere than on Linux with x86-64 (scripts/start_stub.ts).
  const isStarted = Deno.env.get("OPPER_AGENT_BINARY") !== undefined &&
    Deno.build.target === "x86_64-unknown-linux-gnu";
  const rows: [argv: string[], code: number, said: RegExp][] = [
    [["--version"], 0, /^opper-agent \d/],
    [["sessions"], 0, /No sessions/],
    [["doctor"], 0, /Problems/],
    [["mcp", "install", "pi", "--print"], 0, /"opper-agent"/],
    [["statusline"], 0, /today/],
    [["launch", "pi"], 125, /^error: The working directory "\/.*" does not exist any more\.\nhint: /],
  ];
  for (const [argv, code, said] of rows) {
    await t.step(argv.join(" "), () =>
      withTemporaryDirectory(async (home) => {
        const gone = `${home}/gone`;
        await Deno.mkdir(gone);
        const { code: status, stdout, stderr } = await new Deno.Command("/bin/sh", {
          args: ["-c", 'cd "$0" && rmdir "$0" && exec "$@"', gone, ...agentCommand(), ...argv],
          clearEnv: true,
          env: agentEnvironment({ home, env: { OPPER_API_KEY: "op-test" } }),
          stdin: "null",
        }).output();
        const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
        strictEqual(status === code && said.test(text), isStarted, text);
      }));
  }
});
