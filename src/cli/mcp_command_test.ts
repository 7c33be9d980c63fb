import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { AgentError } from "../core/errors.ts";
import { parseMcpArguments } from "./mcp_command.ts";

const parse = (...argv: string[]) => parseMcpArguments(argv, "opper-agent");

Deno.test("parseMcpArguments()", async (t) => {
  await t.step("serves by itself", () => {
    deepStrictEqual(parse(), { action: "serve", readOnly: false, allowDirectories: [], roots: [], index: true });
  });
  await t.step("hands on what stands behind install", () => {
    deepStrictEqual(parse("install", "pi", "--print"), { action: "install", argv: ["pi", "--print"] });
  });
  for (const argv of [["--help"], ["-h"], ["install", "--help"], ["uninstall", "pi", "-h"]]) {
    await t.step(`${argv.join(" ")} asks for help`, () => strictEqual(parse(...argv), undefined));
  }
  for (const argv of [["instal"], ["--allow-dir", ""], ["--allow-dir"], ["--readonly"]]) {
    await t.step(`${argv.join(" ")} is refused`, () => {
      throws(() => parse(...argv), (error) => error instanceof AgentError && error.code === "usage");
    });
  }
});
