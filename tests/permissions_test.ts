/** What a command may still do once it has begun, asked of the real program at its end. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { runSource, withTemporaryDirectory } from "./support/run_agent.ts";

const PROBE = `
addEventListener("unload", () => {
  const states = ["net", "run"].map((name) => name + " " + Deno.permissions.querySync({ name }).state);
  console.error(states.join(", "));
});`;

Deno.test("reading commands give up the network and the starting of programs", async (t) => {
  const rows: [command: string, states: string][] = [
    ["sessions", "net prompt, run prompt"],
    ["session latest", "net prompt, run prompt"],
    ["cost", "net prompt, run prompt"],
    ["cache", "net prompt, run prompt"],
    ["doctor", "net prompt, run prompt"],
    ["recover", "net prompt, run granted"],
    ["logout", "net prompt, run prompt"],
    ["unconfigure pi", "net prompt, run prompt"],
    ["traces", "net granted, run prompt"],
    ["whoami", "net granted, run prompt"],
    ["launch --dry-run pi", "net granted, run granted"],
  ];
  for (const [command, states] of rows) {
    await t.step(command, async () => {
      await withTemporaryDirectory(async (home) => {
        const probe = join(home, "probe.js");
        await Deno.writeTextFile(probe, PROBE);
        const { stderr } = await runSource(command.split(" "), { home }, ["--preload", probe]);
        strictEqual(stderr.trim().split("\n").at(-1), states);
      });
    });
  }
});

Deno.test("the compiled program gets no more than it needs", async (t) => {
  const { PERMISSIONS } = await import("../scripts/permissions.ts");
  const names = PERMISSIONS.map((flag) => flag.split("=")[0]);
  await t.step("nothing wholesale, no native code, no code from the network, no questions", () => {
    deepStrictEqual(names.filter((name) => ["-A", "--allow-all", "--allow-ffi", "--allow-import"].includes(name!)), []);
    for (const name of ["--deny-ffi", "--deny-import", "--no-prompt"]) strictEqual(names.includes(name), true, name);
  });
});
