import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { AgentError } from "../../core/errors.ts";
import { parseDashboardArguments } from "./dashboard.ts";

const parse = (...argv: string[]) => parseDashboardArguments(argv, "opper-agent");

Deno.test("parseDashboardArguments()", async (t) => {
  await t.step("nothing", () => {
    const { globals, ...own } = parse()!;
    deepStrictEqual(own, {
      port: undefined,
      open: true,
      text: true,
      remoteTraces: false,
      exportFile: undefined,
      timezone: undefined,
    });
    deepStrictEqual([globals.roots, globals.index, globals.quiet], [[], true, false]);
  });
  await t.step("all of them", () => {
    const { globals, ...own } = parse(
      ...["--port=0", "--no-open", "--no-text", "--remote-traces", "--export", "page.html", "--timezone", "Asia/Tokyo"],
      ...["--root", "pi=/logs", "--hide-project", "x", "--digits=3", "--no-index", "--quiet"],
    )!;
    deepStrictEqual(own, {
      port: 0,
      open: false,
      text: false,
      remoteTraces: true,
      exportFile: "page.html",
      timezone: "Asia/Tokyo",
    });
    deepStrictEqual(
      [globals.roots, globals.hideProjects, globals.digits, globals.index, globals.quiet],
      [[{ source: "pi", directory: "/logs" }], ["x"], 3, false, true],
    );
  });
  await t.step("--help", () => strictEqual(parse("-h"), undefined));
});

Deno.test("parseDashboardArguments() refuses", async (t) => {
  const rows: [argv: string[], message: string][] = [
    [["now"], '"opper-agent dashboard" takes no arguments, but was given "now".'],
    [["--json"], 'Unknown flag "--json" of "opper-agent dashboard".'],
    [["--host", "0.0.0.0"], 'Unknown flag "--host" of "opper-agent dashboard".'],
    [["--port", "http"], 'Expected a whole number from 0 to 65535 for --port, not "http".'],
    [["--port", "65536"], 'Expected a whole number from 0 to 65535 for --port, not "65536".'],
    [["--port", "1.5"], 'Expected a whole number from 0 to 65535 for --port, not "1.5".'],
    [["--port", "-1"], 'Expected a whole number from 0 to 65535 for --port, not "-1".'],
    [["--export="], 'Expected a file for --export, not "".'],
    [["--root", "pi"], 'Expected SOURCE=DIR for --root, not "pi".'],
  ];
  for (const [argv, message] of rows) {
    await t.step(argv.join(" "), () => {
      throws(() => parse(...argv), (error) => {
        ok(error instanceof AgentError);
        deepStrictEqual([error.code, error.message], ["usage", message]);
        return true;
      });
    });
  }
});
