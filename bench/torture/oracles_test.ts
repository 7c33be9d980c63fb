/** Each oracle can fail, and what is right passes it. */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import type { AgentRun } from "./agent_program.ts";
import { faultsOfLines } from "./mcp_oracles.ts";
import { faultsOfRun, faultsOfSums, faultsOfValue, findDifference } from "./oracles.ts";

function run(
  fields: Partial<Omit<AgentRun, "stdout" | "stderr">> & { stdout?: string; stderr?: string } = {},
): AgentRun {
  const bytes = (text = "") => new TextEncoder().encode(text);
  return {
    args: ["sessions"],
    code: 0,
    ms: 1,
    hangs: false,
    ...fields,
    stdout: bytes(fields.stdout),
    stderr: bytes(fields.stderr),
  };
}

Deno.test("faultsOfRun() names what a run must never do", async (t) => {
  const rows: [kind: string, run: AgentRun, json?: boolean][] = [
    ["hang", run({ hangs: true })],
    ["status 1", run({ code: 1 })],
    ["ended by a signal", run({ code: undefined })],
    ['"this is a bug"', run({ code: 70, stderr: "error: this is a bug: TypeError: x" })],
    ["broken UTF-8 in output", { ...run(), stdout: Uint8Array.of(0xc3, 10) }],
    ["control character in output", run({ stdout: "\u001b[31mred\n" })],
    ["control character in output", run({ stdout: "a\u202eb" })],
    ["control character in output", run({ stdout: "a\r\n" })],
    ["control character in errors", run({ stderr: "\u009b" })],
    ["no JSON", run({ stdout: '{"a":' }), true],
    ["half a character", run({ stdout: '{"a":"\\ud800"}' }), true],
    ["half a character", run({ stdout: '{"\\udc00":1}' }), true],
    ["impossible usd", run({ stdout: '{"cost":{"usd":null}}' }), true],
    ["impossible output", run({ stdout: '{"usage":{"output":-5}}' }), true],
    ["impossible cacheHitRatio", run({ stdout: '{"cacheHitRatio":1.5}' }), true],
  ];
  for (const [kind, seen, json] of rows) {
    await t.step(`${kind}: ${new TextDecoder().decode(seen.stdout)}`, () => {
      deepStrictEqual(faultsOfRun(seen, { json }).map((fault) => fault.kind), [kind]);
    });
  }
});

Deno.test("faultsOfRun() passes what is right", () => {
  deepStrictEqual(faultsOfRun(run({ stdout: "Grüße 👩‍👧\n" })), []);
  deepStrictEqual(faultsOfRun(run({ code: 1, stderr: "error: no session\n" }), { codes: [0, 1] }), []);
  deepStrictEqual(faultsOfRun(run({ args: ["cost", "--csv"], stdout: "a,b\r\n" })), []);
  const answer = { total: 1, rows: [{ usd: 0.1, cacheHitRatio: 1, cwd: "\u009b" }], rise: { change: -2 } };
  deepStrictEqual(
    faultsOfRun(run({ stdout: JSON.stringify(answer).replace("\u009b", "\\u009b") }), { json: true }),
    [],
  );
  deepStrictEqual(faultsOfValue({ cacheHitRatio: 0 }), []);
});

Deno.test("findDifference() says where two answers part", async (t) => {
  const rows: [a: unknown, b: unknown, found: RegExp | undefined][] = [
    [{ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, undefined],
    [{ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }, /^\$\.a\[1\]\.b: 2 and 3$/],
    [{ a: 1 }, {}, /^\$\.a: 1 and nothing$/],
    [[1], [1, 2], /^\$: 1 and 2 items$/],
    [[], {}, /^\$: a list and none$/],
    [null, {}, /^\$: null and \{\}$/],
    [{ a: "\u009b" }, { a: "" }, /^\$\.a: "\\u009b" and ""$/],
  ];
  for (const [a, b, found] of rows) {
    await t.step(JSON.stringify([a, b]), () => {
      if (found === undefined) strictEqual(findDifference(a, b), undefined);
      else match(findDifference(a, b)!, found);
    });
  }
});

Deno.test("faultsOfSums() holds the list of sessions to the sums", () => {
  const usage = (input: number) => ({ input, output: 1 });
  const sessions = {
    sessions: [{ turns: 2, usage: usage(10), cost: { usd: 1 } }, { turns: 1, usage: usage(5), cost: { usd: 1 } }],
  };
  deepStrictEqual(
    faultsOfSums(sessions, { total: { turns: 3, usage: { input: 15, output: 2 }, cost: { usd: 2 } } }),
    [],
  );
  deepStrictEqual(
    faultsOfSums(sessions, { total: { turns: 4, usage: { input: 15, output: 2 }, cost: { usd: 2 } } }).map(({ what }) =>
      what
    ),
    ["turns: 3 in sessions and 4 in cost"],
  );
});

Deno.test("faultsOfLines() holds a server to one answer each, and to what may be printed", async (t) => {
  const answer = (id: unknown, text = "fine") => ({
    jsonrpc: "2.0",
    id,
    result: { content: [{ type: "text", text }] },
  });
  const rows: [kind: string | undefined, lines: (string | object)[]][] = [
    [undefined, [answer(1), answer("x"), { jsonrpc: "2.0", id: null, error: { code: -32700, message: "no JSON" } }]],
    ["no answer", [answer(1)]],
    ["two answers", [answer(1), answer("x"), answer(1)]],
    ["a line that is no message", [answer(1), answer("x"), "warning: x"]],
    ["neither result nor error", [answer(1), { jsonrpc: "2.0", id: "x" }]],
    ["control character", [answer(1, "\u202eabc"), answer("x")]],
    ["control character", [answer(1), { jsonrpc: "2.0", id: "x", error: { code: -32602, message: "\u009b" } }]],
    ["half a character", [answer(1), answer("x", "\ud800")]],
    ['"this is a bug"', [answer(1), { jsonrpc: "2.0", id: "x", error: { code: -32603, message: "TypeError" } }]],
  ];
  for (const [kind, lines] of rows) {
    await t.step(`${kind}: ${JSON.stringify(lines)}`, () => {
      const bytes = lines.map((line) =>
        new TextEncoder().encode(typeof line === "string" ? line : JSON.stringify(line))
      );
      deepStrictEqual(faultsOfLines(bytes, [1, "x"]).map((fault) => fault.kind), kind === undefined ? [] : [kind]);
    });
  }
  deepStrictEqual(faultsOfLines([Uint8Array.of(123, 0xc3)], []).map(({ kind }) => kind), ["a line that is no message"]);
});
