import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { AgentError } from "../core/errors.ts";
import { parseWatchArguments } from "./watch_command.ts";

Deno.test("parseWatchArguments()", async (t) => {
  await t.step("nothing", () => {
    const parsed = parseWatchArguments([], "opper-agent")!;
    deepStrictEqual([parsed.timezone, parsed.globals.roots, parsed.globals.color], [undefined, [], "auto"]);
  });
  await t.step("all of them", () => {
    const argv = ["--timezone=Asia/Tokyo", "--root", "pi=/logs", "--no-color"];
    const parsed = parseWatchArguments(argv, "opper-agent")!;
    deepStrictEqual(
      [parsed.timezone, parsed.globals.roots, parsed.globals.color],
      ["Asia/Tokyo", [{ source: "pi", directory: "/logs" }], "never"],
    );
  });
  await t.step("--help", () => strictEqual(parseWatchArguments(["-h"], "opper-agent"), undefined));
});

Deno.test("parseWatchArguments() refuses", async (t) => {
  const rows: [argv: string[], message: string][] = [
    [["sessions"], '"opper-agent watch" takes no arguments, but was given "sessions".'],
    [["--json"], 'Unknown flag "--json" of "opper-agent watch".'],
    [["--root", "pi"], 'Expected SOURCE=DIR for --root, not "pi".'],
  ];
  for (const [argv, message] of rows) {
    await t.step(argv.join(" "), () => {
      throws(() => parseWatchArguments(argv, "opper-agent"), (error) => {
        ok(error instanceof AgentError);
        deepStrictEqual([error.code, error.message], ["usage", message]);
        return true;
      });
    });
  }
});
