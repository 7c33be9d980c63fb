/**
 * Whether a compiled program works at all: `smoke.ts PROGRAM`. For systems on which the tests, which need a POSIX shell,
 * do not run. Counts the sample sessions in a copy of their home.
 */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { cpSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { AGENTS } from "../src/agents/agents.ts";
import { VERSION } from "../src/core/version.ts";

const program = resolve(Deno.args[0] ?? "dist/opper-agent");
const fixtures = fileURLToPath(new URL("../tests/fixtures", import.meta.url));
const home = await Deno.makeTempDir({ prefix: "opper-agent-smoke-" });

async function run(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    cwd: home,
    env: {
      HOME: home,
      USERPROFILE: home,
      OPPER_HOME: join(home, "opper"),
      // Each agent's files are where they are by default, whatever the caller's environment says.
      ...Object.fromEntries(AGENTS.flatMap(({ variables }) => Object.keys(variables)).map((name) => [name, ""])),
      TZ: "UTC",
    },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  deepStrictEqual([code, text(stderr)], [0, ""], args.join(" "));
  return text(stdout);
}

try {
  cpSync(join(fixtures, "home"), home, { recursive: true });
  strictEqual((await run("--version")).split(/\r?\n/)[0], `opper-agent ${VERSION}`);
  match(await run("--help"), /^Launch:$[^]*^ {2}traces /m);
  const expected: Record<string, object> = JSON.parse(await Deno.readTextFile(join(fixtures, "expected.json")));
  const count = Object.values(expected).reduce((sum, sessions) => sum + Object.keys(sessions).length, 0);
  // The second time from the index.
  for (let time = 0; time < 2; time++) {
    strictEqual(JSON.parse(await run("sessions", "--json", "--limit", "0")).sessions.length, count);
  }
  match(await run("doctor"), /^Problems +none$/m);
  match(await run("mcp", "install", "claude", "--print"), /opper-agent/);
  console.log(`${program} works`);
} finally {
  await Deno.remove(home, { recursive: true });
}
