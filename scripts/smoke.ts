/**
 * Whether a compiled program works at all: `smoke.ts PROGRAM`. For systems on which the tests, which need a POSIX shell,
 * do not run. Counts the sample sessions with a home of its own.
 */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
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
      PI_CODING_AGENT_DIR: join(fixtures, "home/.pi/agent"),
      CLAUDE_CONFIG_DIR: join(fixtures, "home/.claude"),
      XDG_CONFIG_HOME: join(home, ".config"),
      APPDATA: join(home, "AppData/Roaming"),
      CODEX_HOME: join(fixtures, "home/.codex"),
      TZ: "UTC",
    },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  deepStrictEqual([code, text(stderr)], [0, ""], args.join(" "));
  return text(stdout);
}

try {
  strictEqual((await run("--version")).split(/\r?\n/)[0], `opper-agent ${VERSION}`);
  match(await run("--help"), /^Commands:$/m);
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
