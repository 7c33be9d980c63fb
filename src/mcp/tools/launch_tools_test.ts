/** What the tools that start agents refuse before anything starts. */
import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { madeUpContext } from "../../../tests/support/made_up_context.ts";
import { withTemporaryDirectory } from "../../../tests/support/run_agent.ts";
import { AgentError } from "../../core/errors.ts";
import type { OperationContext } from "../../operations/contract/context.ts";
import { AGENTS } from "../../agents/agents.ts";
import type { LaunchToolOptions } from "./headless_run.ts";
import { launchTools } from "./launch_tools.ts";
import { annotationsOf, type JsonObject, type ToolCall } from "./tool_definition.ts";

function toolsIn(directory: string, options: Partial<LaunchToolOptions> = {}) {
  const tools = launchTools({
    // Prints what it is given, and writes down that it was started.
    program: { command: "/bin/sh", args: ["-c", `echo started >> '${directory}/started'; exit 9`] },
    env: {},
    depth: () => 0,
    cwd: join(directory, "work"),
    ...options,
  });
  const context: OperationContext = {
    ...madeUpContext(directory),
    openIndex: () => Promise.reject(new Error("nothing is to be scanned")),
  };
  const call: ToolCall = { signal: new AbortController().signal, context };
  return {
    tools,
    run: async (name: string, args: JsonObject) => await tools.find((tool) => tool.name === name)!.run(args, call),
  };
}

async function withWork(body: (directory: string) => Promise<void>): Promise<void> {
  await withTemporaryDirectory(async (directory) => {
    for (const name of ["work/sub", "other"]) await Deno.mkdir(join(directory, name), { recursive: true });
    await Deno.symlink("../other", join(directory, "work/link"));
    await Deno.writeTextFile(join(directory, "work/file"), "");
    await body(directory);
  });
}

Deno.test("launch_pi_traced checks everything before anything starts", async (t) => {
  const deep = { depth: () => 2 };
  const rows: [name: string, args: JsonObject, message: RegExp, options?: Partial<LaunchToolOptions>][] = [
    ["no prompt", {}, /needs prompt/],
    ["an empty one", { prompt: " \n" }, /Expected prompt to say something/],
    ["a flag", { prompt: "x", flags: ["--yolo"] }, /has no argument "flags"/],
    ["an environment", { prompt: "x", env: { A: "b" } }, /has no argument "env"/],
    ["a model that is a flag", { prompt: "x", model: "--no-session" }, /Expected model/],
    ["a model with a space", { prompt: "x", model: "a b" }, /Expected model/],
    ["a directory above", { prompt: "x", cwd: ".." }, /Expected cwd to be a directory in .*work, not "\.\."/],
    ["one with a name that begins alike", { prompt: "x", cwd: "../work-not" }, /Expected cwd/],
    ["one by a link", { prompt: "x", cwd: "link" }, /Expected cwd/],
    ["a file", { prompt: "x", cwd: "file" }, /Expected cwd/],
    ["one that does not exist", { prompt: "x", cwd: "nowhere" }, /Expected cwd/],
    ["one with a null", { prompt: "x", cwd: "a\0b" }, /Expected cwd/],
    ["outside of what is allowed", { prompt: "x" }, /Expected cwd/, { allowDirectories: ["../other"] }],
    ["waiting too long", { prompt: "x", wait_seconds: 51 }, /wait_seconds/],
    ["too deep", { prompt: "x" }, /2 launches deep/, deep],
  ];
  for (const [name, args, message, options] of rows) {
    await t.step(name, () =>
      withWork(async (directory) => {
        await rejects(toolsIn(directory, options).run("launch_pi_traced", args), (error) => {
          ok(error instanceof AgentError && error.hint !== undefined);
          match(error.message, message);
          return true;
        });
        await rejects(Deno.stat(join(directory, "started")), Deno.errors.NotFound);
      }));
  }

  const allowed: [name: string, args: JsonObject, options?: Partial<LaunchToolOptions>][] = [
    ["its own directory", { prompt: "x" }],
    ["one below", { prompt: "x", cwd: "sub", model: "anthropic/claude-sonnet-4.6" }],
    ["one that was allowed, by a link", { prompt: "x", cwd: "link" }, { allowDirectories: ["../other"] }],
    ["anywhere", { prompt: "x", cwd: "/" }, { allowDirectories: ["/"] }],
    ["one launch deep", { prompt: "x" }, { depth: () => 1 }],
  ];
  for (const [name, args, options] of allowed) {
    await t.step(`starts in ${name}`, () =>
      withWork(async (directory) => {
        // The stand-in for our program fails when it is asked for Pi's help.
        await rejects(
          toolsIn(directory, options).run("launch_pi_traced", args),
          /ended with status 9: it said nothing/,
        );
        strictEqual(await Deno.readTextFile(join(directory, "started")), "started\n");
      }));
  }
});

Deno.test("launch_traced checks the same of every agent, and which one it is", async (t) => {
  const rows: [name: string, args: JsonObject, message: RegExp][] = [
    ["none", { prompt: "x" }, /needs agent/],
    ["one that nobody knows", { agent: "vim", prompt: "x" }, /Expected agent to be .*\bpi\b/],
    ["one that has no run without a terminal", { agent: "hermes", prompt: "x" }, /Expected agent to be/],
    ["one that cannot be launched", { agent: "openclaw", prompt: "x" }, /Expected agent to be/],
    ["a program", { agent: "/bin/sh", prompt: "x" }, /Expected agent to be/],
    ["a directory above", { agent: "copilot", prompt: "x", cwd: ".." }, /Expected cwd/],
    ["an empty prompt", { agent: "claude", prompt: " " }, /Expected prompt/],
  ];
  for (const [name, args, message] of rows) {
    await t.step(name, () =>
      withWork(async (directory) => {
        await rejects(toolsIn(directory).run("launch_traced", args), (error) => {
          ok(error instanceof AgentError);
          match(error.message, message);
          return true;
        });
        await rejects(Deno.stat(join(directory, "started")), Deno.errors.NotFound);
      }));
  }
  await t.step("starts one", () =>
    withWork(async (directory) => {
      const run = toolsIn(directory).run("launch_traced", { agent: "copilot", prompt: "x" });
      await rejects(run, /"copilot --help" ended with status 9: it said nothing/);
      strictEqual(await Deno.readTextFile(join(directory, "started")), "started\n");
    }));
});

Deno.test("agents that say so answer without a terminal, and no others", async () => {
  for (const { id, launcher, answersWithoutTerminal = false } of AGENTS) {
    strictEqual((await launcher?.())?.headlessArguments !== undefined, answersWithoutTerminal, id);
  }
});

Deno.test("run_status and cancel_run know only runs", async (t) => {
  for (const name of ["run_status", "cancel_run"]) {
    await t.step(name, () =>
      withWork(async (directory) => {
        const { run } = toolsIn(directory);
        await rejects(run(name, { run_id: "../../etc/passwd" }), /no such run/);
        await rejects(run(name, {}), /needs run_id/);
      }));
  }
});

Deno.test("every tool says all about itself", () => {
  const { tools } = toolsIn("/");
  deepStrictEqual(tools.map((tool) => [tool.name, annotationsOf(tool)]), [
    [
      "launch_traced",
      { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
    ],
    [
      "launch_pi_traced",
      { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
    ],
    ["run_status", { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false }],
    ["cancel_run", { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false }],
  ]);
  for (const { inputSchema } of tools) {
    strictEqual(inputSchema["additionalProperties"], false);
    const properties = Object.values(inputSchema["properties"] as Record<string, JsonObject>);
    ok(properties.every(({ description }) => typeof description === "string" && description !== ""));
  }
});
