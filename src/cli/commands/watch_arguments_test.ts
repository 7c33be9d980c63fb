import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { AgentError } from "../../core/errors.ts";
import { parseWatchArguments } from "./watch_arguments.ts";

Deno.test("parseWatchArguments()", async (t) => {
  await t.step("nothing", () => {
    const parsed = parseWatchArguments([], "opper-agent")!;
    deepStrictEqual([parsed.timezone, parsed.globals.roots, parsed.globals.color], [undefined, [], "auto"]);
  });
  await t.step("all of them", () => {
    const argv = ["--timezone=Asia/Tokyo", "--root", "pi=/logs", "--no-color", "--hide-project", "x", "--digits=3"];
    const parsed = parseWatchArguments(argv, "opper-agent")!;
    deepStrictEqual(
      [parsed.timezone, parsed.globals.roots, parsed.globals.color, parsed.globals.hideProjects, parsed.globals.digits],
      ["Asia/Tokyo", [{ source: "pi", directory: "/logs" }], "never", ["x"], 3],
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
