/** Keys and settings under every umask: private, and still written. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { agentCommand, agentEnvironment, withTemporaryDirectory } from "./support/run_agent.ts";

const CANARY = "op-canary-5f1d0c9b7a3e";

async function runUnder(umask: string, args: readonly string[], home: string, input: string): Promise<number> {
  const command = [...agentCommand(), ...args].map((part) => `'${part}'`).join(" ");
  const child = new Deno.Command("sh", {
    args: ["-c", `umask ${umask}; exec ${command}`],
    cwd: home,
    clearEnv: true,
    env: agentEnvironment({ home }),
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  return (await child.status).code;
}

const modeOf = (path: string) => (Deno.statSync(path).mode! & 0o777).toString(8);

// Windows has no such permissions.
const ignore = Deno.build.os === "windows";

Deno.test("config.json and its directory are their owner's alone under any umask", { ignore }, async (t) => {
  for (const umask of ["000", "022", "077", "0277"]) {
    for (const before of ["nothing", "an older file and directory that others may read"]) {
      await t.step(`${umask}, ${before}`, () =>
        withTemporaryDirectory(async (home) => {
          const opperHome = join(home, ".opper");
          if (before !== "nothing") {
            await Deno.mkdir(opperHome);
            await Deno.chmod(opperHome, 0o755);
            await Deno.writeTextFile(join(opperHome, "config.json"), '{"version":1,"keys":{}}');
            await Deno.chmod(join(opperHome, "config.json"), 0o664);
          }
          strictEqual(await runUnder(umask, ["login", "--no-check"], home, `${CANARY}\n`), 0);
          strictEqual(await runUnder(umask, ["config", "set", "digits", "2"], home, ""), 0);
          const paths = [".opper", ".opper/config.json", ".opper/agent", ".opper/agent/config.json"];
          deepStrictEqual(paths.map((path) => modeOf(join(home, path))), ["700", "600", "700", "600"]);
          strictEqual(
            JSON.parse(await Deno.readTextFile(join(opperHome, "config.json"))).keys.default.apiKey,
            CANARY,
          );
        }));
    }
  }
});
