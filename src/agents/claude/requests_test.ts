/** The requests within a response: those of its model, and those that are billed beside it. */
import assert from "node:assert/strict";
import { lastRequest, NO_USAGE, type TokenUsage } from "../../core/model.ts";
import {
  boundary,
  foldClaude,
  type Json,
  MAIN,
  mergedTurns,
  responseLine,
} from "../../../tests/support/claude_lines.ts";

/** As the API has it. */
function counts(input: number, read: number, written: number, output: number): Json {
  return {
    input_tokens: input,
    cache_read_input_tokens: read,
    cache_creation_input_tokens: written,
    output_tokens: output,
  };
}

function usage(input: number, cacheRead: number, cacheWrite: number, cacheWrite1h: number, output: number): TokenUsage {
  return { input, cacheRead, cacheWrite, cacheWrite1h, output };
}

function response(total: Json, iterations: unknown, fields: Json = {}): Json {
  return responseLine(fields, { cache_creation: undefined, ...total, iterations });
}

const MODEL = "claude-sonnet-4-5";

Deno.test("claude: requests of a response", async (t) => {
  const message = (...of: Parameters<typeof counts>) => ({ type: "message", ...counts(...of) });
  const hour = (written: number) => ({
    cache_creation: { ephemeral_1h_input_tokens: written, ephemeral_5m_input_tokens: 0 },
  });
  const rows: [name: string, line: Json, requests: TokenUsage[] | undefined][] = [
    ["none", response(counts(1, 2, 3, 4), []), undefined],
    ["no list", response(counts(1, 2, 3, 4), "many"), undefined],
    ["one that is the response", response(counts(1, 2, 3, 4), [message(1, 2, 3, 4)]), undefined],
    [
      "two",
      response(counts(3, 300, 30, 7), [message(1, 100, 10, 3), message(2, 200, 20, 4)]),
      [usage(1, 100, 10, 0, 3), usage(2, 200, 20, 0, 4)],
    ],
    [
      "without a type",
      response(counts(3, 300, 30, 7), [counts(1, 100, 10, 3), counts(2, 200, 20, 4)]),
      [usage(1, 100, 10, 0, 3), usage(2, 200, 20, 0, 4)],
    ],
    [
      "of the response's model by name",
      response(counts(2, 200, 20, 6), [{ ...message(1, 100, 10, 3), model: MODEL }, message(1, 100, 10, 3)]),
      [usage(1, 100, 10, 0, 3), usage(1, 100, 10, 0, 3)],
    ],
    [
      "another model's is none",
      response(counts(1, 2, 3, 4), [{ ...message(9, 9, 9, 9), model: "claude-opus-4-8" }, message(1, 2, 3, 4)]),
      undefined,
    ],
    [
      "one that the cache holds, beside a total that is more",
      response(counts(3, 300, 30, 7), [message(2, 200, 20, 4)]),
      [usage(2, 200, 20, 0, 4)],
    ],
    // All of the 30 that were written are for an hour: so are the 10 and the 20.
    [
      "written for as long as the response did",
      response({ ...counts(3, 300, 30, 7), ...hour(30) }, [message(1, 100, 10, 3), message(2, 200, 20, 4)]),
      [usage(1, 100, 0, 10, 3), usage(2, 200, 0, 20, 4)],
    ],
    // 15 of 30 for an hour: 10 of the first and 5 of the second.
    [
      "what is kept for an hour stands first",
      response({ ...counts(3, 300, 30, 7), ...hour(15) }, [message(1, 100, 10, 3), message(2, 200, 20, 4)]),
      [usage(1, 100, 0, 10, 3), usage(2, 200, 15, 5, 4)],
    ],
    [
      "with lifetimes of their own",
      response(counts(3, 300, 30, 7), [{ ...message(1, 100, 10, 3), ...hour(10) }, message(2, 200, 20, 4)]),
      [usage(1, 100, 0, 10, 3), usage(2, 200, 20, 0, 4)],
    ],
    [
      "an hour requested",
      response(counts(3, 300, 30, 7), [message(1, 100, 10, 3), message(2, 200, 20, 4)], { promptCacheRequested: "1h" }),
      [usage(1, 100, 0, 10, 3), usage(2, 200, 0, 20, 4)],
    ],
    ["what is none", response(counts(1, 2, 3, 4), [null, 7, "x", [], message(1, 2, 3, 4)]), undefined],
  ];
  for (const [name, line, requests] of rows) {
    await t.step(name, () => {
      const [turn, ...others] = mergedTurns([line]);
      assert.deepEqual(others, []);
      assert.deepEqual(turn?.requests, requests);
    });
  }
  await t.step("a member that cannot be is left out and told", () => {
    const folded = foldClaude(MAIN, [response(counts(3, 300, 30, 7), [message(1, -1, 10, 3), message(2, 200, 20, 4)])]);
    assert.deepEqual(folded.turns[0]?.requests?.[0], usage(1, 0, 10, 0, 3));
    assert.match(
      folded.problems.join(),
      /usage\.iterations\.cache_read_input_tokens" is -1.*: left out; the rest counts$/,
    );
  });
});

Deno.test("claude: a model that answers in place of another", async (t) => {
  const refused = { type: "message", model: "claude-fable-5", ...counts(2, 70000, 9000, 0) };
  const served = { type: "fallback_message", model: MODEL, ...counts(2, 79000, 0, 1200) };
  await t.step("is the response", () => {
    const [turn, ...others] = mergedTurns([response(counts(2, 79000, 0, 1200), [refused, served])]);
    assert.deepEqual(others, []);
    assert.deepEqual([turn?.usage, turn?.requests], [usage(2, 79000, 0, 0, 1200), undefined]);
  });
  await t.step("says what the cache holds where the total is another", () => {
    const [turn] = mergedTurns([response(counts(4, 149000, 9000, 1200), [refused, served])]);
    assert.deepEqual(lastRequest(turn!), usage(2, 79000, 0, 0, 1200));
  });
  await t.step("is billed beside what was refused after it had begun to answer", () => {
    const begun = { type: "fallback_message", model: "claude-opus-4-8", ...counts(3, 40000, 0, 40) };
    const [turn, other, ...more] = mergedTurns([response(counts(2, 79000, 0, 1200), [refused, begun, served])]);
    assert.deepEqual(more, []);
    assert.deepEqual([turn?.usage, turn?.requests], [usage(2, 79000, 0, 0, 1200), undefined]);
    assert.deepEqual([other?.model.model, other?.usage], ["claude-opus-4-8", usage(3, 40000, 0, 0, 40)]);
  });
  await t.step("is the whole bill where the total has the refused output in it", () => {
    const begun = { type: "message", model: "claude-opus-4-8", ...counts(3, 40000, 0, 40) };
    const total = counts(5, 119000, 0, 1240);
    assert.equal(mergedTurns([response(total, [begun, served])]).length, 1);
  });
  await t.step("may have a name with a date", () => {
    const dated = { type: "message", model: `${MODEL}-20250929`, ...counts(2, 100, 10, 4) };
    const [turn, ...others] = mergedTurns([response(counts(4, 200, 20, 8), [dated, dated])]);
    assert.deepEqual(others, []);
    assert.deepEqual(turn?.requests, [usage(2, 100, 10, 0, 4), usage(2, 100, 10, 0, 4)]);
  });
  await t.step("and goes on", () => {
    const more = { type: "message", ...counts(5, 80000, 100, 30) };
    const [turn] = mergedTurns([response(counts(7, 159000, 100, 1230), [refused, served, more])]);
    assert.deepEqual(turn?.requests, [usage(2, 79000, 0, 0, 1200), usage(5, 80000, 100, 0, 30)]);
  });
});

Deno.test("claude: a conversation that the API compacts", async (t) => {
  // The documentation's example: 180,000 tokens are summed up in 3,500, and the response reads 23,000.
  const compaction = { type: "compaction", ...counts(180000, 0, 0, 3500) };
  const message = { type: "message", ...counts(23000, 0, 0, 1000) };
  const total = counts(23000, 0, 0, 1000);
  const key = "msg_000190b5d429e86c7adbcf:req_bb54b8482b8b534400c011c8";
  const next = responseLine({ requestId: "req_next", timestamp: "2026-11-20T23:50:00.000Z" }, {}, { id: "msg_next" });
  const shape = (lines: readonly unknown[]) =>
    mergedTurns(lines).map((turn) => [turn.chain, turn.usage.input, turn.usage.output, turn.afterCompaction ?? false]);

  await t.step("before it answers", () => {
    const line = response(total, [compaction, message]);
    assert.deepEqual(shape([line, line, next]), [
      ["main", 23000, 1000, true],
      ["compaction", 180000, 3500, false],
      ["main", 11, 101, false],
    ]);
    assert.deepEqual(mergedTurns([line])[1]?.key, `${key}:compaction:0`);
    assert.deepEqual(mergedTurns([line])[1]?.model, { provider: "anthropic", model: MODEL });
  });
  await t.step("after it has answered: the next response has another prompt", () => {
    const line = response(total, [message, compaction]);
    assert.deepEqual(shape([line, line, next]), [
      ["main", 23000, 1000, false],
      ["compaction", 180000, 3500, false],
      ["main", 11, 101, true],
    ]);
  });
  await t.step("between two requests", () => {
    const line = response(counts(23001, 0, 0, 1001), [{ type: "message", ...counts(1, 0, 0, 1) }, compaction, message]);
    const turns = mergedTurns([line, next]);
    assert.deepEqual(turns.map((turn) => turn.afterCompaction ?? false), [false, false, false]);
    assert.deepEqual(lastRequest(turns[0]!), usage(23000, 0, 0, 0, 1000));
  });
  await t.step("and waits", () => {
    const line = response(counts(0, 0, 0, 0), [compaction]);
    assert.deepEqual(shape([line, next]), [["compaction", 180000, 3500, false], ["main", 11, 101, true]]);
  });
  await t.step("twice, with lifetimes as the response has them", () => {
    const written = { type: "compaction", ...counts(1, 2, 5, 4) };
    const line = response({
      ...counts(1, 2, 30, 4),
      cache_creation: { ephemeral_1h_input_tokens: 30, ephemeral_5m_input_tokens: 0 },
    }, [written, { ...written, input_tokens: 9 }, { type: "message", ...counts(1, 2, 30, 4) }]);
    assert.deepEqual(mergedTurns([line]).slice(1).map((turn) => [turn.key, turn.usage]), [
      [`${key}:compaction:0`, usage(1, 2, 0, 5, 4)],
      [`${key}:compaction:1`, usage(9, 2, 0, 5, 4)],
    ]);
  });
  await t.step("on terms of the response, without its searches", () => {
    const line = response({
      ...total,
      inference_geo: "us",
      service_tier: "priority",
      server_tool_use: { web_search_requests: 2 },
    }, [compaction, message]);
    assert.deepEqual(mergedTurns([line]).map(({ terms }) => ({ ...terms })), [
      { region: "us", tier: "priority", webSearches: 2 },
      { region: "us", tier: "priority", webSearches: undefined },
    ]);
  });
  await t.step("a compaction of the tool's between the lines of a response is of the next one", () => {
    const line = response(total, []);
    const cut = boundary("2026-11-20T23:47:08.000Z");
    const late = { ...line, timestamp: "2026-11-20T23:47:09.000Z" };
    assert.deepEqual(shape([line, cut, late, next]), [["main", 23000, 1000, false], ["main", 11, 101, true]]);
  });
});

Deno.test("claude: advice within several requests", () => {
  const line = response(counts(2, 200, 20, 6), [
    { type: "message", ...counts(1, 100, 10, 3) },
    { type: "advisor_message", model: "claude-opus-5", ...counts(500, 0, 0, 50) },
    { type: "message", ...counts(1, 100, 10, 3) },
  ]);
  const [turn, advice, ...others] = mergedTurns([line]);
  assert.deepEqual(others, []);
  assert.deepEqual(turn?.requests?.length, 2);
  assert.deepEqual(advice?.usage, { ...NO_USAGE, input: 500, output: 50 });
  assert.deepEqual(advice?.model, { provider: "anthropic", model: "claude-opus-5" });
});
