/** Which arguments of `launch` are ours and which the agent's. */
import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { AgentError } from "../../core/errors.ts";
import { commandHelp } from "../help/help.ts";
import type { LaunchOptions } from "../../agents/launcher.ts";
import { launchCommand } from "./launch.ts";

const BARE: LaunchOptions = {
  agent: "pi",
  argv: [],
  model: undefined,
  keyName: undefined,
  baseUrl: undefined,
  tags: [],
  mcpTools: true,
  relay: true,
  install: false,
  dryRun: false,
  quiet: false,
};

Deno.test("flags before the agent are ours, all behind it is the agent's", async (t) => {
  const rows: [argv: string[], parsed: Partial<LaunchOptions>][] = [
    [["pi"], {}],
    [["pi", "--model", "x", "--help", "--quiet", "--"], { argv: ["--model", "x", "--help", "--quiet", "--"] }],
    [["--model", "x", "pi"], { model: "x" }],
    [["--model=x", "pi", "-p", "pi"], { model: "x", argv: ["-p", "pi"] }],
    [["--model", "a", "--model", "b", "pi"], { model: "b" }],
    [["--key", "work", "--base-url", "http://127.0.0.1:1", "pi"], { keyName: "work", baseUrl: "http://127.0.0.1:1" }],
    [["--key-name", "work", "pi"], { keyName: "work" }],
    [["--tag", "a=1", "--tag=b=2,3", "pi"], { tags: ["a=1", "b=2,3"] }],
    [["--no-mcp-tools", "--install", "--dry-run", "--quiet", "pi"], {
      mcpTools: false,
      install: true,
      dryRun: true,
      quiet: true,
    }],
    [["--debug", "pi"], {}],
    [["--end-with-parent", "4711", "pi", "--end-with-parent", "1"], {
      parentPid: 4711,
      argv: ["--end-with-parent", "1"],
    }],
    [["--quiet", "--", "pi", "--", "x"], { quiet: true, argv: ["--", "x"] }],
    [["codex", "x"], { agent: "codex", argv: ["x"] }],
  ];
  for (const [argv, parsed] of rows) {
    await t.step(
      argv.join(" "),
      () => deepStrictEqual(launchCommand.parse(argv, "opper-agent"), { ...BARE, ...parsed }),
    );
  }
});

Deno.test("wrong arguments are said", async (t) => {
  const rows: [argv: string[], message: RegExp][] = [
    [[], /needs the agent/],
    [["--quiet"], /needs the agent/],
    [["--model", "x"], /needs the agent/],
    [["--modell", "x", "pi"], /--modell/],
    [["--model"], /Expected ID after --model/],
    [["--model", "--quiet", "pi"], /"--quiet" follows/],
    [["--quiet=yes", "pi"], /takes no value/],
    [["--provider", "x", "pi"], /Unknown flag "--provider"/],
    [["--end-with-parent", "0", "pi"], /Expected PID after --end-with-parent/],
    [["--end-with-parent", "-1", "pi"], /Expected PID after --end-with-parent/],
    [["--end-with-parent=1e3", "pi"], /not "1e3"/],
  ];
  for (const [argv, message] of rows) {
    await t.step(argv.join(" ") || "nothing", () => {
      throws(
        () => launchCommand.parse(argv, "opper-agent"),
        (error) => error instanceof AgentError && error.code === "usage" && message.test(error.message),
      );
    });
  }
});

Deno.test("help names every flag and fits", async (t) => {
  for (const argv of [["--help"], ["-h"], ["--quiet", "--help", "pi"]]) {
    await t.step(argv.join(" "), () => strictEqual(launchCommand.parse(argv, "opper-agent"), undefined));
  }
  for (const width of [40, 80, 200]) {
    await t.step(`${width} columns`, () => {
      const text = commandHelp(launchCommand, { program: "opper-agent", width });
      for (const flag of ["--model", "--key", "--base-url", "--tag", "--no-mcp-tools", "--install", "--dry-run"]) {
        ok(text.includes(flag), flag);
      }
      ok(text.endsWith("\n") && !text.endsWith("\n\n"));
    });
  }
});
