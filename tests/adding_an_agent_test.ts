/**
 * The example in docs/adding_an_agent.md is right: its three files are taken out of the page, compile against the
 * contracts, and read a log. They are put into a directory of their own, from which they import ours.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { LoggedAgent } from "../src/agents/agent.ts";
import { makeMachine } from "../src/host/environment.ts";
import { RecordFolder } from "../src/scan/logs/rows/record_folder.ts";
import { withTemporaryDirectory } from "./support/run_agent.ts";

const ROOT = new URL("../", import.meta.url);
const FILES = ["agent.ts", "places.ts", "source.ts"];

Deno.test("the agent of the example reads its logs", async (t) => {
  const page = await Deno.readTextFile(new URL("docs/adding_an_agent.md", ROOT));
  const blocks = [...page.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, code]) => code!);
  // Behind these is what a prompt is made of, which an agent may leave out.
  ok(blocks.length >= FILES.length);
  await withTemporaryDirectory(async (directory) => {
    for (const [index, file] of FILES.entries()) {
      const code = blocks[index]!
        .replaceAll(/from "\.\.\/\.\.\/(.*?)"/g, (_, path) => `from "${new URL(`src/${path}`, ROOT)}"`)
        .replaceAll(/from "\.\.\/(.*?)"/g, (_, path) => `from "${new URL(`src/agents/${path}`, ROOT)}"`);
      await Deno.writeTextFile(join(directory, file), code);
    }
    const agent = join(directory, "agent.ts");

    await t.step("it compiles", async () => {
      const { code, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          "check",
          "--quiet",
          "--config",
          new URL("deno.json", ROOT).pathname,
          ...FILES.map((f) => join(directory, f)),
        ],
      }).output();
      strictEqual(code, 0, new TextDecoder().decode(stderr));
    });

    const { acme }: { readonly acme: LoggedAgent } = await import(pathToFileURL(agent).href);
    await t.step("its directory is that of the variable", () => {
      const rootsWith = (env: Record<string, string>) => acme.logs.roots(makeMachine({ home: "/h", cwd: "/w", env }));
      deepStrictEqual(rootsWith({}), ["/h/.acme/sessions"]);
      deepStrictEqual(rootsWith({ ACME_HOME: "~/x" }), ["/h/x/sessions"]);
    });

    await t.step("its records become turns, problems and facts", async () => {
      const source = await acme.source();
      const at = "2026-11-20T10:00:00Z";
      const response = { type: "response", id: "r", at, model: "m", vendor: "OpenAI" };
      const folder = new RecordFolder(source);
      let state: unknown = source.start({ path: "/h/a.jsonl", relativePath: "a.jsonl" });
      const found = [
        { type: "session", session: "s", cwd: "/srv", at },
        { ...response, usage: { input: 1200, cached: 1000, output: 30 } },
        { ...response, usage: { input: "x", cached: 1000, output: 30 } },
        null,
      ].map((record) => {
        const { state: next, turns = [], problem } = folder.fold(state, record);
        state = next;
        return problem ?? turns.map(({ usage, model }) => [usage.input, usage.cacheRead, model.provider]);
      });
      deepStrictEqual(found, [
        [],
        [[200, 1000, "openai"]],
        '"usage.input" is "x", expected a whole number of tokens: left out; ' +
        "A response whose input, cached input and output are not known is not counted.",
        "Expected an object, found null",
      ]);
      deepStrictEqual([folder.uncounted(response, true), folder.uncounted(null, true)], ["response", undefined]);
      const time = Date.parse(at);
      deepStrictEqual({ ...source.session(state) }, {
        sessionId: "s",
        cwd: "/srv",
        startedAt: time,
        lastActivityAt: time,
      });
      ok(JSON.stringify(state).includes('"s"'), "the state survives JSON");
    });
  });
});
