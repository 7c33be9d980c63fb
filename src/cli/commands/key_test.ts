import { deepStrictEqual, rejects, strictEqual, throws } from "node:assert/strict";
import { AgentError } from "../../core/errors.ts";
import type { CliHost, KeyArguments } from "../host.ts";
import { keyCommand } from "./key.ts";

const PROGRAM = { name: "opper-agent", operations: [], commands: [] };

/** What `key` asks of its host, and nothing else. */
function hostWith(isTerminal: boolean, asked: KeyArguments[] = []): CliHost {
  return { isTerminal, key: (request: KeyArguments) => Promise.resolve((asked.push(request), "op-1")) } as CliHost;
}

Deno.test("key: onto a terminal only with --show", async (t) => {
  const rows: [args: string[], isTerminal: boolean, printed: string | undefined][] = [
    [[], false, "op-1\n"],
    [["--show"], false, "op-1\n"],
    [["--show"], true, "op-1\n"],
    [[], true, undefined],
    [["--key", "work"], true, undefined],
  ];
  for (const [args, isTerminal, printed] of rows) {
    await t.step(`${args.join(" ")} ${isTerminal}`, async () => {
      const asked: KeyArguments[] = [];
      const run = keyCommand.run(keyCommand.parse(args, "opper-agent")!, hostWith(isTerminal, asked), PROGRAM);
      if (printed === undefined) await rejects(run, AgentError);
      else strictEqual(await run, printed);
      strictEqual(asked.length, printed === undefined ? 0 : 1);
    });
  }
});

Deno.test("key: what is asked for, and no argument repeated", async () => {
  const asked: KeyArguments[] = [];
  const parsed = keyCommand.parse(["--base-url=https://a", "--key", "work"], "opper-agent")!;
  await keyCommand.run(parsed, hostWith(false, asked), PROGRAM);
  deepStrictEqual(asked, [{ keyName: "work", baseUrl: "https://a" }]);
  throws(() => keyCommand.parse(["op-secret"], "opper-agent"), (error) => {
    return error instanceof AgentError && error.code === "usage" && !`${error.message}${error.hint}`.includes("secret");
  });
});
