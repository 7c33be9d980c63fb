import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { AgentError } from "../../core/errors.ts";
import { commandHelp } from "../help/help.ts";
import { mcpCommand } from "./mcp.ts";

const SERVE = { action: "serve", readOnly: false, allowDirectories: [], roots: [], hideProjects: [], index: true };

Deno.test("mcpCommand.parse()", async (t) => {
  const rows: [argv: string[], expected: unknown][] = [
    [[], SERVE],
    [["--read-only"], { ...SERVE, readOnly: true }],
    [["--allow-dir", "~/a", "--allow-dir=b"], { ...SERVE, allowDirectories: ["~/a", "b"] }],
    [["--root", "pi=/x", "--no-index"], { ...SERVE, roots: [{ source: "pi", directory: "/x" }], index: false }],
    [["--help"], undefined],
    [["-h", "--read-only"], undefined],
    [["install", "pi", "--print"], { action: "install", argv: ["pi", "--print"] }],
    [["install", "--help"], undefined],
    [["uninstall", "pi", "-h"], undefined],
  ];
  for (const [argv, expected] of rows) {
    await t.step(argv.join(" "), () => deepStrictEqual(mcpCommand.parse(argv, "opper-agent"), expected));
  }
});

Deno.test("mcpCommand.parse() refuses", async (t) => {
  const rows: [argv: string[], message: string, hint: string | undefined][] = [
    [
      ["instal"],
      'Expected install, uninstall or nothing after "opper-agent mcp", not "instal".',
      "Did you mean install?",
    ],
    [["--readonly"], 'Unknown flag "--readonly" of "opper-agent mcp".', "Did you mean --read-only?"],
    [["--allow-dir"], "Expected DIR after --allow-dir, but nothing follows.", undefined],
    [["--json"], 'Unknown flag "--json" of "opper-agent mcp".', undefined],
    [["--allow-dir", ""], 'Expected a directory for --allow-dir, not "".', "For example: --allow-dir ~/src."],
  ];
  for (const [argv, message, hint] of rows) {
    await t.step(argv.join(" "), () => {
      throws(() => mcpCommand.parse(argv, "opper-agent"), (error) => {
        ok(error instanceof AgentError);
        strictEqual(error.code, "usage");
        strictEqual(error.message, message);
        if (hint !== undefined) strictEqual(error.hint, hint);
        return true;
      });
    });
  }
});

Deno.test("help shows the flags, and fits", () => {
  const help = commandHelp(mcpCommand, { program: "opper-agent", width: 80 });
  for (const flag of ["--read-only", "--allow-dir DIR", "--root SOURCE=DIR", "--no-index"]) {
    ok(help.includes(flag), help);
  }
  ok(help.split("\n").every((line) => line.length <= 80), help);
  ok(help.endsWith("\n"));
});
