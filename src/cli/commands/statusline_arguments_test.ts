import { deepStrictEqual, ok, throws } from "node:assert/strict";
import { AgentError } from "../../core/errors.ts";
import { STATUS_FIELDS } from "../../operations/live/status_line.ts";
import { commandHelp } from "../help/help.ts";
import { parseStatuslineArguments, statuslineCommand } from "./statusline_arguments.ts";

const BARE = { format: undefined, session: undefined, refresh: false, debug: false };

Deno.test("parseStatuslineArguments()", async (t) => {
  const rows: [argv: string[], parsed: ReturnType<typeof parseStatuslineArguments>][] = [
    [[], BARE],
    [["--format", "{hit}"], { ...BARE, format: "{hit}" }],
    [["--format="], { ...BARE, format: "" }],
    [["--format={hit}", "--format", "{cache}"], { ...BARE, format: "{cache}" }],
    [["--refresh", "--session=/logs/a.jsonl", "--debug"], {
      ...BARE,
      refresh: true,
      session: "/logs/a.jsonl",
      debug: true,
    }],
    [["--format", "waybar"], { ...BARE, format: "waybar" }],
    [["-h"], undefined],
  ];
  for (const [argv, parsed] of rows) {
    await t.step(
      argv.join(" ") || "nothing",
      () => deepStrictEqual(parseStatuslineArguments(argv, "opper-agent"), parsed),
    );
  }
});

Deno.test("parseStatuslineArguments() refuses", async (t) => {
  const rows: [argv: string[], message: string, hint: string][] = [
    [["--format", "{cash}"], 'Unknown field "{cash}" in --format.', "Did you mean {cache}?"],
    [["{hit}"], '"opper-agent statusline" takes no arguments, but was given "{hit}".', "The format goes after"],
    [["--session", ""], 'Expected an id or a log file for --session, not "".', "Leave --session out"],
    [
      ["--format", "xbar", "--session", "latest"],
      "--format xbar shows all warm caches, and takes no --session.",
      "Leave --session out",
    ],
    [["--formt", "x"], 'Unknown flag "--formt" of "opper-agent statusline".', "Did you mean --format?"],
  ];
  for (const [argv, message, hint] of rows) {
    await t.step(argv.join(" "), () => {
      throws(() => parseStatuslineArguments(argv, "opper-agent"), (error) => {
        ok(error instanceof AgentError);
        deepStrictEqual([error.code, error.message], ["usage", message]);
        ok(error.hint?.startsWith(hint), error.hint);
        return true;
      });
    });
  }
});

Deno.test("help names every field", () => {
  const help = commandHelp(statuslineCommand, { program: "opper-agent", width: 80 });
  for (const name of Object.keys(STATUS_FIELDS)) ok(help.includes(`{${name}}`), name);
});
