/** Searches of Claude Code's own tool: whose response they are counted with. */
import assert from "node:assert/strict";
import {
  foldClaude,
  type Json,
  MAIN,
  mergedTurns,
  responseLine,
  SESSION,
  SUBAGENT,
} from "../../../tests/support/claude_lines.ts";
import { claudeSource } from "./source.ts";

/** The n-th response of the log, whose line is `a<n>`. */
function response(n: number, fields: Json = {}, usage: Json = {}): Json {
  return responseLine(
    { uuid: `a${n}`, requestId: `req_${n}`, timestamp: `2026-11-20T10:00:${10 + n}.000Z`, ...fields },
    usage,
    { id: `msg_${n}` },
  );
}

function result(searchCount: unknown, fields: Json = {}): Json {
  return {
    type: "user",
    uuid: `result ${JSON.stringify(fields)}`,
    parentUuid: "u",
    isSidechain: false,
    sessionId: SESSION,
    timestamp: "2026-11-20T10:00:30.000Z",
    message: { role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: "found" }] },
    toolUseResult: { query: "x", results: [], durationSeconds: 9.1, searchCount },
    ...fields,
  };
}

Deno.test("claude: searches of the tool count with the response that asked", async (t) => {
  const side = { isSidechain: true, agentId: "a1" };
  const rows: [name: string, records: unknown[], searches: (number | undefined)[]][] = [
    ["none", [response(1), result(0), response(2)], [undefined, undefined]],
    ["the latest", [response(1), result(2), response(2)], [2, undefined]],
    ["behind more lines of the response", [response(1), result(2), response(1, { uuid: "a1b" }), response(2)], [
      2,
      undefined,
    ]],
    ["two results of one response", [response(1), result(2), result(1, { parentUuid: "v" })], [3]],
    ["a result that is there twice", [response(1), result(2), result(2), response(2)], [2, undefined]],
    ["the line that it names", [response(1), response(2), result(2, { sourceToolAssistantUUID: "a1" })], [
      2,
      undefined,
    ]],
    ["the line behind which it stands", [response(1), response(2), result(2, { parentUuid: "a1" })], [2, undefined]],
    ["a line that is not known", [response(1), response(2), result(2, { parentUuid: "a0" })], [undefined, 2]],
    ["its chain", [response(1), response(2, side), result(2)], [2, undefined]],
    ["a side chain", [response(1, side), response(2), result(2, side)], [2, undefined]],
    ["beside searches of the API", [
      response(1, {}, { server_tool_use: { web_search_requests: 3 } }),
      result(2),
    ], [5]],
    ["beside searches of the API that show later", [
      response(1),
      result(2),
      response(1, { uuid: "a1b" }, { server_tool_use: { web_search_requests: 3 } }),
    ], [5]],
    ["no result of the tool", [response(1), result(2, { toolUseResult: "2 found" })], [undefined]],
    ["a result of something else", [response(1), result(2, { toolUseResult: { results: [{ searchCount: 9 }] } })], [
      undefined,
    ]],
  ];
  for (const [name, records, searches] of rows) {
    await t.step(name, () => assert.deepEqual(mergedTurns(records).map(({ terms }) => terms?.webSearches), searches));
  }
  await t.step("of a sub-agent", () => {
    const fields = { isSidechain: true, agentId: "a78eb7ae8984c9ef8" };
    const turns = mergedTurns([response(1, fields), result(2, fields)], SUBAGENT);
    assert.deepEqual(turns.map(({ terms }) => terms?.webSearches), [2]);
  });
  await t.step("with nothing else of the turn changed", () => {
    const lines = [
      response(1, { promptCacheRequested: "1h", costUSD: 0.5 }, {
        speed: "fast",
        inference_geo: "us",
        iterations: [{ input_tokens: 1 }, { input_tokens: 2 }],
      }),
    ];
    const [before] = mergedTurns(lines);
    const [after] = mergedTurns([...lines, result(2)]);
    assert.deepEqual(
      JSON.parse(JSON.stringify({ ...after, terms: undefined })),
      JSON.parse(JSON.stringify({ ...before, terms: undefined })),
    );
    assert.deepEqual({ ...after?.terms }, { region: "us", tier: undefined, webSearches: 2 });
  });
  await t.step("a copied response's stay with it", () => {
    const copy = { requestSessionId: "1f2e3d4c" };
    const [turn] = mergedTurns([response(1, copy), result(2)]);
    assert.deepEqual([turn?.copied, turn?.terms?.webSearches], [true, 2]);
    const [other] = mergedTurns([response(1, { sessionId: "1f2e3d4c" }), result(2)]);
    assert.deepEqual([other?.copied, other?.sessionId, other?.terms?.webSearches], [true, "1f2e3d4c", 2]);
  });
});

/** What merging makes false of undefined. */
Deno.test("claude: searches that cannot be", async (t) => {
  const rows: [name: string, records: unknown[], problem: RegExp | undefined][] = [
    ["negative", [response(1), result(-1)], /^"toolUseResult\.searchCount" is -1, .*: left out$/],
    [
      "absurd",
      [response(1), result(1e9)],
      /^"toolUseResult\.searchCount" is 1000000000, expected up to 1000 searches: left out$/,
    ],
    ["a fraction", [response(1), result(1.5)], /^"toolUseResult\.searchCount" is 1.5/],
    ["a text", [response(1), result("2")], /^"toolUseResult\.searchCount" is "2"/],
    ["null", [response(1), result(null)], undefined],
    ["nobody asked", [result(2), response(1)], /no response before them asked/],
  ];
  for (const [name, records, problem] of rows) {
    await t.step(name, () => {
      const folded = foldClaude(MAIN, records);
      assert.deepEqual(folded.turns.map(({ terms }) => terms), [undefined]);
      if (problem === undefined) assert.deepEqual(folded.problems, []);
      else assert.match(folded.problems.join(), problem);
    });
  }
});

Deno.test("claude: many results of one response keep their sum, and the state its size", () => {
  const results = Array.from({ length: 100 }, (_, n) => result(1, { parentUuid: `p${n}` }));
  assert.equal(mergedTurns([response(1), ...results])[0]?.terms?.webSearches, 100);
  assert.equal(foldClaude(MAIN, [response(1), ...results]).state.responses[0]?.toolSearches?.length, 32);
});

Deno.test("claude: the line of a search's result is parsed", () => {
  const line = JSON.stringify(result(2));
  assert(claudeSource.needles.some((needle) => line.includes(needle)));
});
