/** Which lines of a Claude Code log are of one response, and what a response is called in every copy of its lines. */
import assert from "node:assert/strict";
import {
  foldClaude,
  type Json,
  MAIN,
  mergedTurns,
  responseLine,
  SESSION,
} from "../../../tests/support/claude_lines.ts";

const OTHER = "-srv-work/1f2e3d4c-0000-4000-8000-000000000001.jsonl";

interface Line {
  /** The n-th second of the log. */
  readonly at: number;
  readonly id?: string;
  readonly uuid?: string;
  readonly parent?: string | null;
  readonly prompt: number;
  readonly output: number;
  readonly requestId?: string;
  readonly requestRef?: string;
  readonly block?: number;
  readonly model?: string;
  readonly fields?: Json;
}

/** A line with no more than the ids that are given. */
function line({ at, id = "msg_1", uuid = `u${at}`, parent, prompt, output, block, model, fields, ...ids }: Line): Json {
  return responseLine(
    {
      requestId: ids.requestId,
      requestRef: ids.requestRef,
      uuid,
      parentUuid: parent,
      apiBlockIndex: block,
      timestamp: `2026-11-20T10:00:${String(at).padStart(2, "0")}.000Z`,
      ...fields,
    },
    {
      input_tokens: prompt,
      cache_read_input_tokens: 0,
      cache_creation_input_tokens: 0,
      cache_creation: undefined,
      output_tokens: output,
    },
    { id, ...(model === undefined ? {} : { model }) },
  );
}

/** Prompt and output of the turns that count in the log by itself. */
function countsOf(lines: readonly Json[]): number[][] {
  return mergedTurns(lines).map(({ usage }) => [usage.input, usage.output]);
}

const UNIQUE = "msg_01GatewayMadeThisUp4711";

Deno.test("claude: lines of one response are one turn, others are others", async (t) => {
  const rows: [name: string, lines: Line[], turns: number[][]][] = [
    ["a request id for each response, one message id", [
      { at: 1, prompt: 500, output: 9, requestId: "r1" },
      { at: 2, prompt: 500, output: 9, requestId: "r2" },
    ], [[500, 9], [500, 9]]],
    ["a request reference for each response, all else the same", [
      { at: 1, prompt: 500, output: 9, requestId: "r", requestRef: "a" },
      { at: 2, prompt: 500, output: 12, requestId: "r", requestRef: "b" },
    ], [[500, 9], [500, 12]]],
    ["one request reference", [
      { at: 1, prompt: 500, output: 1, requestRef: "a", parent: "x" },
      { at: 2, prompt: 500, output: 9, requestRef: "a", parent: "y" },
    ], [[500, 9]]],
    ["no message id, one request id", [
      { at: 1, id: "", prompt: 500, output: 1, requestId: "r" },
      { at: 2, id: "", prompt: 500, output: 9, requestId: "r" },
      { at: 3, id: "", prompt: 600, output: 8, requestId: "r2" },
    ], [[500, 9], [600, 8]]],
    ["counts that grow, each line behind the same one", [
      { at: 1, parent: "q", prompt: 500, output: 1 },
      { at: 2, parent: "q", prompt: 500, output: 90 },
      { at: 3, parent: "q", prompt: 500, output: 260 },
    ], [[500, 260]]],
    ["counts that grow, each line behind the one before it", [
      { at: 1, parent: "q", prompt: 20000, output: 1 },
      { at: 2, parent: "u1", prompt: 19000, output: 90 },
      { at: 3, parent: "u2", prompt: 19000, output: 90 },
    ], [[19000, 90]]],
    ["a prompt that the first line does not know", [
      { at: 1, parent: "q", prompt: 0, output: 1 },
      { at: 2, parent: "q", prompt: 700, output: 90 },
    ], [[700, 90]]],
    ["one message id for all, each behind a line of its own", [
      { at: 1, parent: "q1", prompt: 500, output: 90 },
      { at: 2, parent: "q2", prompt: 600, output: 95 },
      { at: 3, parent: "q3", prompt: 700, output: 99 },
    ], [[500, 90], [600, 95], [700, 99]]],
    ["the same, of equal counts", [
      { at: 1, parent: "q1", prompt: 500, output: 90 },
      { at: 2, parent: "q2", prompt: 500, output: 90 },
    ], [[500, 90], [500, 90]]],
    ["the same, of several lines each", [
      { at: 1, parent: "q1", prompt: 500, output: 1 },
      { at: 2, parent: "u1", prompt: 500, output: 90 },
      { at: 3, parent: "q2", prompt: 600, output: 1 },
      { at: 4, parent: "u3", prompt: 600, output: 70 },
    ], [[500, 90], [600, 70]]],
    ["blocks that begin again", [
      { at: 1, parent: "q", prompt: 500, output: 90, block: 0 },
      { at: 2, parent: "u1", prompt: 500, output: 90, block: 1 },
      { at: 3, parent: "q", prompt: 500, output: 95, block: 0 },
      { at: 4, parent: "u3", prompt: 500, output: 95, block: 1 },
    ], [[500, 90], [500, 95]]],
    ["the same question again, with less of an answer", [
      { at: 1, parent: "q", prompt: 500, output: 90 },
      { at: 2, parent: "q", prompt: 500, output: 50 },
    ], [[500, 90], [500, 50]]],
    ["nothing about the lines, and a prompt that goes down", [
      { at: 1, prompt: 900, output: 50 },
      { at: 2, prompt: 500, output: 90 },
    ], [[900, 50], [500, 90]]],
    ["nothing about the lines, and an output that goes down", [
      { at: 1, prompt: 900, output: 50 },
      { at: 2, prompt: 900, output: 20 },
    ], [[900, 50], [900, 20]]],
    ["nothing about the lines, and an output that grows", [
      { at: 1, prompt: 900, output: 1 },
      { at: 2, prompt: 900, output: 20 },
    ], [[900, 20]]],
    ["a generated id, and other lines between two blocks", [
      { at: 1, id: UNIQUE, parent: "q", prompt: 900, output: 20 },
      { at: 2, id: UNIQUE, parent: "result", prompt: 900, output: 20 },
    ], [[900, 20]]],
    ["a short id, and other lines between two blocks that count up", [
      { at: 1, parent: "q", prompt: 900, output: 20, block: 0 },
      { at: 2, parent: "result", prompt: 900, output: 20, block: 1 },
    ], [[900, 20]]],
    ["another model", [
      { at: 1, parent: "q", prompt: 900, output: 20 },
      { at: 2, parent: "q", prompt: 900, output: 20, model: "claude-haiku-4-5" },
    ], [[900, 20], [900, 20]]],
    ["another chain", [
      { at: 1, parent: "q", prompt: 900, output: 20 },
      { at: 2, parent: "q", prompt: 900, output: 20, fields: { isSidechain: true, agentId: "a1" } },
    ], [[900, 20], [900, 20]]],
    ["a request id that only the first line has", [
      { at: 1, parent: "q", prompt: 900, output: 40, requestId: "r" },
      { at: 2, parent: "q", prompt: 900, output: 400 },
      { at: 3, parent: "u2", prompt: 900, output: 400 },
    ], [[900, 400]]],
    ["a request id that only the last line has", [
      { at: 1, parent: "q", prompt: 900, output: 40 },
      { at: 2, parent: "q", prompt: 900, output: 400, requestId: "r" },
      { at: 3, parent: "z", prompt: 901, output: 400, requestId: "r" },
    ], [[901, 400]]],
    ["a request id that comes and goes, of lines far from each other", [
      { at: 1, parent: "q", prompt: 900, output: 40, requestId: "r" },
      { at: 2, id: "msg_2", parent: "q2", prompt: 990, output: 10, requestId: "r2" },
      { at: 3, parent: "z", prompt: 900, output: 400 },
    ], [[900, 400], [990, 10]]],
    ["one message id, and a response without the request id that others have", [
      { at: 1, parent: "q1", prompt: 500, output: 90, requestId: "r" },
      { at: 2, parent: "q2", prompt: 600, output: 90 },
      { at: 3, parent: "q3", prompt: 700, output: 90, requestId: "r3" },
    ], [[500, 90], [600, 90], [700, 90]]],
    ["a reference on some lines, a request id on others", [
      { at: 1, parent: "q", prompt: 500, output: 1, requestRef: "a" },
      { at: 2, parent: "u1", prompt: 500, output: 90, requestId: "r" },
      { at: 3, parent: "u2", prompt: 500, output: 95, requestId: "r", requestRef: "a" },
    ], [[500, 95]]],
    ["lines that were written twice", [
      { at: 1, parent: "q", prompt: 500, output: 1 },
      { at: 2, parent: "u1", prompt: 500, output: 90 },
      { at: 1, parent: "q", prompt: 500, output: 1 },
      { at: 2, parent: "u1", prompt: 500, output: 90 },
    ], [[500, 90]]],
  ];
  for (const [name, lines, turns] of rows) {
    await t.step(name, () => assert.deepEqual(countsOf(lines.map(line)), turns));
  }
});

Deno.test("claude: the key of a response without a request", async (t) => {
  const own: Line = { at: 1, parent: "q", prompt: 500, output: 9 };
  const keyOf = (record: Json, path = MAIN) => foldClaude(path, [record]).turns[0]!.key;

  await t.step("is the same in a copy, which names another session", () => {
    const copy = line({ ...own, fields: { sessionId: "1f2e3d4c-0000-4000-8000-000000000001", requestSessionId: "x" } });
    assert.equal(keyOf(copy, OTHER), keyOf(line(own)));
  });
  await t.step("is another at another time, or of another line", () => {
    assert.notEqual(keyOf(line({ ...own, at: 2, uuid: "u1" })), keyOf(line(own)));
    assert.notEqual(keyOf(line({ ...own, uuid: "other" })), keyOf(line(own)));
  });
  await t.step("goes with every line of the response, also one that names the request", () => {
    const { turns } = foldClaude(MAIN, [
      line(own),
      line({ at: 2, parent: "u1", prompt: 500, output: 20 }),
      line({ at: 3, parent: "u2", prompt: 500, output: 30, requestId: "r" }),
    ]);
    assert.deepEqual(turns.map(({ key, unrequested }) => [key, unrequested]), Array(3).fill([turns[0]!.key, true]));
  });
  await t.step("says that it names none, with the message id to find others by", () => {
    const [turn] = mergedTurns([line(own)]);
    assert.deepEqual([turn?.unrequested, turn?.replayKey], [true, "msg_1"]);
    const [requested] = mergedTurns([line({ ...own, requestId: "r" })]);
    assert.deepEqual([requested?.key, requested?.unrequested], ["msg_1:r", undefined]);
  });
});

Deno.test("claude: a message id that several responses have names none", async (t) => {
  const agent = `-srv-work/${SESSION}/subagents/agent-a1.jsonl`;
  const side = { isSidechain: true };
  const rows: [name: string, path: string, lines: Line[], found: [unrequested: boolean, replay: boolean][]][] = [
    ["one response", MAIN, [{ at: 1, parent: "q", prompt: 500, output: 9 }], [[true, false]]],
    ["two, of which the first was a turn before", MAIN, [
      { at: 1, parent: "q1", prompt: 500, output: 9 },
      { at: 2, parent: "q2", prompt: 600, output: 9 },
    ], [[false, false], [false, false]]],
    ["with other ids between", MAIN, [
      { at: 1, parent: "q1", prompt: 500, output: 9 },
      { at: 2, id: "msg_2", parent: "q2", prompt: 550, output: 9 },
      { at: 3, parent: "q3", prompt: 600, output: 9 },
    ], [[false, false], [true, false], [false, false]]],
    ["a request on one of them", MAIN, [
      { at: 1, parent: "q1", prompt: 500, output: 9, requestId: "r" },
      { at: 2, parent: "q2", prompt: 600, output: 9 },
    ], [[false, false], [false, false]]],
    ["of a sub-agent: they replay nothing", agent, [
      { at: 1, parent: "q1", prompt: 500, output: 9, requestId: "r1", fields: side },
      { at: 2, parent: "q2", prompt: 600, output: 9, requestId: "r2", fields: side },
    ], [[false, false], [false, false]]],
    ["a response that is replayed twice stays one", MAIN, [
      { at: 1, parent: "q1", prompt: 500, output: 9, requestId: "r1", fields: side },
      { at: 2, parent: "q1", prompt: 500, output: 9, requestId: "r2", fields: side },
    ], [[false, true], [false, true]]],
    ["a replay beside the conversation stays one", MAIN, [
      { at: 1, parent: "q1", prompt: 500, output: 9, requestId: "r1" },
      { at: 2, parent: "q1", prompt: 500, output: 9, requestId: "r2", fields: side },
    ], [[false, false], [false, true]]],
  ];
  for (const [name, path, lines, found] of rows) {
    await t.step(name, () => {
      const turns = mergedTurns(lines.map(line), path);
      assert.deepEqual(turns.map(({ unrequested, replay }) => [unrequested ?? false, replay ?? false]), found);
    });
  }
  await t.step("so that the rest of them cannot be taken for another's", () => {
    const turns = mergedTurns([1, 2, 3].map((at) => line({ at, parent: `q${at}`, prompt: at * 100, output: 9 })));
    assert.deepEqual(turns.map(({ replayKey }) => replayKey), ["msg_1", undefined, undefined]);
  });
});

Deno.test("claude: what a line of a response leaves out is as the line before it had it", async (t) => {
  const full = { input_tokens: 10, cache_read_input_tokens: 20, cache_creation_input_tokens: 8000, output_tokens: 1 };
  const rows: [name: string, usages: Json[], expected: number[]][] = [
    ["the last line speaks, also for less", [
      { input_tokens: 20000, output_tokens: 1 },
      { input_tokens: 1500, cache_read_input_tokens: 18500, cache_creation_input_tokens: 0, output_tokens: 300 },
    ], [1500, 18500, 0, 0, 300]],
    ["for less output, too", [{ ...full, output_tokens: 50 }, { ...full, output_tokens: 30 }], [10, 20, 8000, 0, 30]],
    ["only the output", [full, { output_tokens: 300 }], [10, 20, 8000, 0, 300]],
    ["no prompt", [full, { input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 300 }], [10, 20, 8000, 0, 300]],
    ["no output", [{ ...full, output_tokens: 9 }, { ...full, output_tokens: 0 }], [10, 20, 8000, 0, 9]],
    ["nothing at all", [full, { input_tokens: 0, output_tokens: 0 }], [10, 20, 8000, 0, 1]],
    ["null", [full, { ...full, input_tokens: null, cache_read_input_tokens: null }], [10, 20, 8000, 0, 1]],
    ["a zero beside other counts is a count", [full, { ...full, cache_creation_input_tokens: 0 }], [10, 20, 0, 0, 1]],
    ["lifetimes that come late", [full, {
      ...full,
      cache_creation: { ephemeral_1h_input_tokens: 8000, ephemeral_5m_input_tokens: 0 },
    }], [10, 20, 0, 8000, 1]],
    ["lifetimes that go", [{
      ...full,
      cache_creation: { ephemeral_1h_input_tokens: 8000, ephemeral_5m_input_tokens: 0 },
    }, full], [10, 20, 0, 8000, 1]],
  ];
  for (const [name, usages, expected] of rows) {
    await t.step(name, () => {
      const lines = usages.map((usage, index) =>
        responseLine({ uuid: `u${index}`, timestamp: `2026-11-20T10:00:0${index}.000Z` }, {}, { usage })
      );
      const turns = mergedTurns(lines);
      assert.deepEqual(
        turns.map(({ usage: { input, cacheRead, cacheWrite, cacheWrite1h, output } }) => [
          input,
          cacheRead,
          cacheWrite,
          cacheWrite1h,
          output,
        ]),
        [expected],
      );
    });
  }
  await t.step("the model, its speed and the requested lifetime", () => {
    const written = { cache_creation: undefined };
    const [turn, ...others] = mergedTurns([
      responseLine({ promptCacheRequested: "1h" }, { ...written, speed: "fast" }, { model: "claude-opus-5" }),
      responseLine({ timestamp: "2026-11-20T23:47:09.000Z" }, { ...written, output_tokens: 200 }, { model: undefined }),
    ]);
    assert.deepEqual(others, []);
    assert.deepEqual(turn?.model, { provider: "anthropic", model: "claude-opus-5-fast" });
    assert.deepEqual([turn?.requestedTtlMs, turn?.usage.cacheWrite1h], [3_600_000, 501]);
  });
});
