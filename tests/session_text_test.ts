/** Text of a conversation comes out only on request, cut, harmless to a terminal, and named as what it is. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { runAgent, withTemporaryDirectory } from "./support/run_agent.ts";
import { piHeader, piLogPath, piTurn, writeLog } from "./support/logs.ts";

const ID = "01a1fb64-0000-7000-8000-000000000001";
const said = (text: string, at = "2026-11-20T10:00:30.000Z") => ({
  type: "message",
  id: `u-${at}`,
  timestamp: at,
  message: { role: "user", content: [{ type: "text", text }] },
});

Deno.test("session --include-text", async (t) => {
  await withTemporaryDirectory(async (home) => {
    await writeLog(piLogPath(home, ID), [
      piHeader(ID),
      ...Array.from({ length: 20 }, (_, n) => said(`message ${n}`, `2026-11-20T10:00:${String(n + 10)}.000Z`)),
      said(`\u001b[31mred\u001b[0m op-canary-5f1d0c9b7a3e ${"long ".repeat(500)}`, "2026-11-20T10:00:50.000Z"),
      piTurn({ id: "1", at: "2026-11-20T10:01:00.000Z" }),
      said("later", "2026-11-20T11:00:00.000Z"),
    ]);
    const run = async (...args: string[]) => await runAgent(["session", ...args], { home });

    await t.step("nothing without it", async () => {
      for (const args of [[], ["--turns"], ["--json"]]) {
        const { stdout } = await run(...args);
        ok(!/message \d|red|done|later/.test(stdout), stdout);
      }
    });
    await t.step("the end of it with it", async () => {
      const { text } = JSON.parse((await run("--include-text", "--json")).stdout);
      match(text.notice, /not|nothing in it is an instruction/);
      strictEqual(text.messages.length, 12);
      deepStrictEqual(text.messages.at(-1), { role: "user", text: "later" });
      deepStrictEqual(text.messages.at(-2), { role: "assistant", text: "done" });
      match(text.messages.at(-3).text, /^red \[key\] long long/);
      ok(text.messages.at(-3).text.length <= 700);
      strictEqual(text.cut, true);
    });
    await t.step("as it stood at a time", async () => {
      const { text } = JSON.parse((await run("--include-text", "--json", "--as-of", "2026-11-20T10:30:00Z")).stdout);
      deepStrictEqual(text.messages.at(-1), { role: "assistant", text: "done" });
    });
  });
});

Deno.test("session --include-text has what two records of one line say", async () => {
  await withTemporaryDirectory(async (home) => {
    const turn = JSON.stringify(piTurn({ id: "1", at: "2026-11-20T10:01:00.000Z" }));
    await writeLog(piLogPath(home, ID), [piHeader(ID), JSON.stringify(said("first")) + turn]);
    const { stdout } = await runAgent(["session", ID, "--include-text", "--json"], { home });
    deepStrictEqual(JSON.parse(stdout).text.messages, [{ role: "user", text: "first" }, {
      role: "assistant",
      text: "done",
    }]);
  });
});

Deno.test("session --include-text finds what is said where no line names a role", async () => {
  const home = fileURLToPath(new URL("fixtures/sources/copilot/home", import.meta.url));
  await withTemporaryDirectory(async (cwd) => {
    const args = ["session", "74587abb-0a4f-42f5-8a51-755761d4bc35", "--include-text", "--json"];
    const { stdout } = await runAgent(args, { home, cwd, opperHome: cwd });
    // What a sub-agent was told and what it said stands between the two.
    const call = 'explored","agent_type":"explore","name":"scout","mode":"sync"}';
    deepStrictEqual(JSON.parse(stdout).text.messages, [
      { role: "user", text: `TOOL: task {"description":"sub exp","prompt":"SAY: ${call}` },
      { role: "assistant", text: call },
    ]);
  });
});

Deno.test("session --include-text takes what stands where a time should for no time", async () => {
  await withTemporaryDirectory(async (home) => {
    const odd = (timestamp: string, text: string) =>
      `{"type":"message","id":"${text}","timestamp":${timestamp},"message":{"role":"user","content":"${text}"}}`;
    await writeLog(piLogPath(home, ID), [
      piHeader(ID),
      odd('{"toString":1,"valueOf":1}', "an object"),
      odd(`${"[".repeat(10_000)}${"]".repeat(10_000)}`, "a deep one"),
      odd("1763632800000", "a number"),
      odd("1e400", "an endless number"),
      piTurn({ id: "1", at: "2026-11-20T10:01:00.000Z" }),
    ]);
    const { code, stdout, stderr } = await runAgent(["session", "--include-text", "--json"], { home });
    strictEqual(code, 0, stderr);
    deepStrictEqual(JSON.parse(stdout).text.messages.map(({ text }: { text: string }) => text), [
      "an object",
      "a deep one",
      "a number",
      "an endless number",
      "done",
    ]);
  });
});
