import assert from "node:assert/strict";
import { addUsage, NO_USAGE, type SessionFacts, type TokenUsage } from "../../core/model.ts";
import { RecordFolder } from "../../scan/logs/rows/record_folder.ts";
import type { RecordedTurn } from "../source.ts";
import { qwenSource } from "./source.ts";
import type { QwenState } from "./state.ts";

const [SESSION, PARENT] = ["8e49f654-7066-4af1-8429-a50d3371ad2e", "28fc49c4-89ae-4a10-996b-8f321b4e363f"];
const FIXTURES = new URL("../../../tests/fixtures/", import.meta.url);

interface Folded {
  readonly turns: readonly RecordedTurn[];
  readonly problems: readonly string[];
  readonly facts: SessionFacts | undefined;
}

/** Folds records as the engine does. The state is written out and read back between any two of them. */
function fold(records: readonly unknown[], relativePath = `-srv/chats/${SESSION}.jsonl`): Folded {
  let state = qwenSource.start({ path: `/x/${relativePath}`, relativePath });
  const turns: RecordedTurn[] = [];
  const problems: string[] = [];
  const folder = new RecordFolder(qwenSource);
  for (const record of records) {
    const result = folder.fold(state, record);
    turns.push(...result.turns ?? []);
    if (result.problem !== undefined) problems.push(result.problem);
    state = JSON.parse(JSON.stringify(result.state)) as QwenState;
  }
  return { turns, problems, facts: qwenSource.session(state) };
}

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 26, 4) + seconds * 1000).toISOString();
const ms = (seconds: number) => Date.UTC(2026, 10, 26, 4) + seconds * 1000;

type Members = Readonly<Record<string, unknown>>;

function line(seconds: number, members: Members): Members {
  return {
    uuid: `u${seconds}`,
    sessionId: SESSION,
    timestamp: at(seconds),
    cwd: "/srv",
    version: "0.24.4",
    ...members,
  };
}

const user = (seconds: number, members: Members = {}) =>
  line(seconds, {
    type: "user",
    provenance: "real_user",
    message: { role: "user", parts: [{ text: "x" }] },
    ...members,
  });

const system = (seconds: number, subtype: string, systemPayload: Members, members: Members = {}) =>
  line(seconds, { type: "system", subtype, systemPayload, ...members });

/** A response of 1000 input tokens, 600 of them cached, and 50 of output, that took two seconds. */
const EVENT = {
  "event.name": "qwen-code.api_response",
  model: "qwen3-coder-plus",
  duration_ms: 2000,
  input_token_count: 1000,
  output_token_count: 50,
  cached_content_token_count: 600,
  thoughts_token_count: 0,
  total_token_count: 1050,
  prompt_id: `${SESSION}########0`,
  auth_type: "openai",
};

const response = (seconds: number, event: Members = {}, members: Members = {}) =>
  system(
    seconds,
    "ui_telemetry",
    { uiEvent: { ...EVENT, "event.timestamp": at(seconds), response_id: `r${seconds}`, ...event } },
    members,
  );

const answer = (seconds: number, usage: Members = {}, members: Members = {}) =>
  line(seconds, {
    type: "assistant",
    model: "qwen3-coder-plus",
    usageMetadata: { promptTokenCount: 1000, candidatesTokenCount: 50, totalTokenCount: 1050, ...usage },
    ...members,
  });

/** `EVENT` as disjoint usage: 1000 - 600 = 400 fresh. */
const ONE: TokenUsage = { input: 400, cacheRead: 600, cacheWrite: 0, cacheWrite1h: 0, output: 50 };

Deno.test("the corpus agrees with its expected figures", async (t) => {
  const expected = JSON.parse(await Deno.readTextFile(new URL("expected.json", FIXTURES))).qwen;
  for (const project of ["-srv-dev-qw-api", "-srv-dev-qw-web"]) {
    const chats = new URL(`home/.qwen/projects/${project}/chats/`, FIXTURES);
    for await (const { name } of Deno.readDir(chats)) {
      await t.step(name, async () => {
        const lines = (await Deno.readTextFile(new URL(name, chats))).split("\n")
          .filter((text) => qwenSource.needles.some((needle) => text.includes(needle)));
        const { turns, problems, facts } = fold(lines.map((text): unknown => JSON.parse(text)), `chats/${name}`);
        assert.deepEqual(problems, []);
        const own = turns.filter((turn) => turn.copied !== true);
        assert.equal(own.length, expected[facts?.sessionId ?? ""].billedTurns);
        assert.deepEqual(own.map(({ usage }) => usage).reduce(addUsage, NO_USAGE), expected[facts!.sessionId].usage);
      });
    }
  }
});

Deno.test("counts", async (t) => {
  const rows: [name: string, event: Members, usage: TokenUsage | undefined, problems: number][] = [
    ["input contains the cache", {}, ONE, 0],
    // 1050 = 1000 + 50: the 20 are inside the output.
    ["thoughts inside", { thoughts_token_count: 20 }, ONE, 0],
    // 1070 = 1000 + 50 + 20: they are beside it.
    ["thoughts beside", { thoughts_token_count: 20, total_token_count: 1070 }, { ...ONE, output: 70 }, 0],
    ["the total goes before the API", { thoughts_token_count: 20, auth_type: "gemini" }, ONE, 0],
    ["no total: OpenAI's are inside", { thoughts_token_count: 20, total_token_count: 0 }, ONE, 0],
    ["no total: Google's are beside", { thoughts_token_count: 20, total_token_count: 0, auth_type: "gemini" }, {
      ...ONE,
      output: 70,
    }, 0],
    ["no thoughts", { thoughts_token_count: undefined }, ONE, 0],
    ["a total of neither", { total_token_count: 1099 }, ONE, 1],
    ["a damaged total", { total_token_count: -5 }, ONE, 1],
    // 1050 - 1000 = 50.
    ["no output, and the total tells", { output_token_count: undefined }, ONE, 0],
    ["no output and no total", { output_token_count: undefined, total_token_count: 0 }, undefined, 1],
    ["an output of 0 without a total", { output_token_count: 0, total_token_count: 0 }, undefined, 1],
    ["nothing was written", { output_token_count: 0, total_token_count: 1000 }, { ...ONE, output: 0 }, 0],
    [
      "no tokens at all",
      {
        input_token_count: 0,
        output_token_count: 0,
        cached_content_token_count: 0,
        total_token_count: 0,
      },
      undefined,
      1,
    ],
    [
      "a total alone",
      {
        input_token_count: 0,
        output_token_count: 0,
        cached_content_token_count: 0,
      },
      undefined,
      1,
    ],
    ["no input", { input_token_count: undefined }, undefined, 1],
    ["no cached", { cached_content_token_count: undefined }, undefined, 1],
    ["negative", { input_token_count: -1 }, undefined, 1],
    ["a text", { output_token_count: "50" }, undefined, 1],
    ["a fraction", { output_token_count: 1.5 }, undefined, 1],
    ["thoughts of another kind", { thoughts_token_count: "0" }, undefined, 1],
    ["far too large", { input_token_count: 1e12 }, undefined, 1],
    ["a cache larger than the input", { cached_content_token_count: 1001 }, undefined, 1],
  ];
  for (const [name, event, usage, expected] of rows) {
    await t.step(name, () => {
      const record = response(3, event);
      const { turns, problems } = fold([record]);
      assert.deepEqual(turns.map((turn) => turn.usage), usage === undefined ? [] : [usage]);
      assert.equal(problems.length, expected, problems.join());
      assert.equal(new RecordFolder(qwenSource).uncounted(record, false), "response");
    });
  }
});

Deno.test("what a turn is", async (t) => {
  const rows: [name: string, record: unknown, expected: Partial<RecordedTurn> | undefined][] = [
    ["start, end and model", response(5), {
      key: `r5 ${at(5)}`,
      at: ms(3),
      endedAt: ms(5),
      model: { provider: "openai", model: "qwen3-coder-plus" },
      chain: "main",
    }],
    ["Google's own API", response(5, { auth_type: "gemini", model: "gemini-3-pro" }), {
      model: { provider: "google", model: "gemini-3-pro" },
    }],
    ["no API named", response(5, { auth_type: null }), { model: { provider: "unknown", model: "qwen3-coder-plus" } }],
    ["a duration that is none", response(5, { duration_ms: -1 }), { at: ms(5) }],
    ["a duration of a year", response(5, { duration_ms: 3e10 }), { at: ms(5) }],
    ["a time without a zone", response(5, { "event.timestamp": "2026-11-26T01:00:00" }), { endedAt: ms(5) }],
    ["a time of another zone", response(5, { "event.timestamp": "2026-11-26T06:00:05+02:00" }), { endedAt: ms(5) }],
    ["no time", response(5, { "event.timestamp": 5 }, { timestamp: null }), undefined],
    ["no id: the line's", response(5, { response_id: "" }), { key: "u5" }],
    ["no id at all", response(5, { response_id: null }, { uuid: "" }), undefined],
    ["no model", response(5, { model: undefined }), undefined],
    ["an API that is named like what every object has", response(5, { auth_type: "constructor" }), {
      model: { provider: "constructor", model: EVENT.model },
    }],
    ["a model chosen while it ran", response(5, { model: "$runtime|openai|qwen3-max" }), {
      model: { provider: "openai", model: "qwen3-max" },
    }],
    ["a sub-agent", response(5, { subagent_id: "look-1", subagent_name: "look" }), { chain: "agent look-1" }],
    ["a sub-agent, by its prompt", response(5, { prompt_id: `${SESSION}#look-1#0` }), { chain: "agent look-1" }],
    ["a sub-agent, by its name", response(5, { subagent_name: "main" }), { chain: "agent main" }],
    ["of a notification", response(5, { prompt_id: `${SESSION}########0/automatic/3` }), { chain: "main" }],
    ["a compaction", response(5, { prompt_id: "compress-1795666759747" }), { chain: "compaction" }],
    ["copied by a fork", response(5, {}, { forkedFrom: { sessionId: PARENT } }), { copied: true, key: `r5 ${at(5)}` }],
    ["an error", response(5, { "event.name": "qwen-code.api_error" }), undefined],
    ["a tool", response(5, { "event.name": "qwen-code.tool_call" }), undefined],
  ];
  for (const [name, record, expected] of rows) {
    await t.step(name, () => {
      const [turn] = fold([record]).turns;
      if (expected === undefined) assert.equal(turn, undefined);
      else assert.deepEqual({ ...turn, ...expected }, turn);
    });
  }
  await t.step("one id for all responses of a server", () => {
    const { turns } = fold([response(1, { response_id: "chatcmpl-0" }), response(2, { response_id: "chatcmpl-0" })]);
    assert.equal(new Set(turns.map(({ key }) => key)).size, 2);
  });
  await t.step("of another session", () => {
    const { turns, facts } = fold([user(0), response(1), response(2, {}, { sessionId: PARENT, cwd: "/other" })]);
    assert.deepEqual(turns.map(({ sessionId }) => sessionId), [undefined, PARENT]);
    assert.equal(facts?.lastActivityAt, ms(1));
  });
});

Deno.test("answers count in a log without events", async (t) => {
  // 1000 - 0 = 1000 fresh: what Google's API leaves out is 0.
  const fresh = { ...ONE, input: 1000, cacheRead: 0 };
  await t.step("alone", () => {
    const { turns } = fold([user(0), answer(1), answer(2, { candidatesTokenCount: undefined })]);
    assert.deepEqual(turns.map(({ key, at, usage }) => [key, at, usage]), [["u1", ms(1), fresh], ["u2", ms(2), fresh]]);
  });
  await t.step("beside events", () => assert.equal(fold([user(0), response(1), answer(2), answer(3)]).turns.length, 1));
  await t.step("its event is lost", () => {
    assert.deepEqual(fold([answer(1), response(2), answer(3)]).turns.map(({ key }) => key), ["u1", `r2 ${at(2)}`]);
  });
  await t.step("what was read from the cache is damaged", () => {
    const { turns, problems } = fold([answer(1, { cachedContentTokenCount: -1 })]);
    assert.deepEqual(turns, []);
    assert.deepEqual(problems, [
      '"usageMetadata.cachedContentTokenCount" is -1, expected a whole number of tokens: left out; Expected counts of ' +
      "input, cached, output and thoughts, found 1000, nothing, 50, nothing: the response is not counted.",
    ]);
  });
  await t.step("without a model", () => assert.equal(fold([answer(1, {}, { model: null })]).problems.length, 1));
});

Deno.test("the session", async (t) => {
  const fork = { forkedFrom: { sessionId: PARENT, messageUuid: "u0" } };
  const rows: [name: string, records: readonly unknown[], expected: Partial<SessionFacts> | undefined][] = [
    ["nothing yet", [], undefined],
    ["no response", [user(1)], { sessionId: SESSION, cwd: "/srv", startedAt: ms(1), lastActivityAt: ms(1) }],
    ["a path of Windows", [user(1, { cwd: "C:\\Users\\ada\\src" })], { cwd: "C:\\Users\\ada\\src" }],
    ["no session in its lines: the file's", [response(1, {}, { sessionId: undefined })], { sessionId: SESSION }],
    ["without its first line", [response(1), user(2)], { cwd: "/srv", startedAt: ms(1), lastActivityAt: ms(2) }],
    ["a fork starts with its own lines", [user(1, fork), response(2, {}, fork), user(9)], {
      parentSessionId: PARENT,
      startedAt: ms(9),
      lastActivityAt: ms(9),
    }],
    ["started by another session", [system(1, "parent_session", { parentSessionId: PARENT })], {
      parentSessionId: PARENT,
    }],
    [
      "a title",
      [system(1, "custom_title", { customTitle: "One" }), system(2, "custom_title", { customTitle: "Two" })],
      {
        title: "Two",
      },
    ],
    ["compacted", [response(1), system(2, "chat_compression", {})], { pending: { at: ms(2), kind: "compacted" } }],
    ["compacted, and on", [response(1), system(2, "chat_compression", {}), response(3)], { pending: undefined }],
    ["another model", [response(1), system(2, "session_model", { modelId: "m", authType: "openai" })], {
      pending: { at: ms(2), kind: "model_changed", model: { provider: "openai", model: "m" } },
    }],
    ["the same model", [response(1), system(2, "session_model", { modelId: EVENT.model })], { pending: undefined }],
    ["a model before any turn", [system(2, "session_model", { modelId: "m" })], { pending: undefined }],
  ];
  for (const [name, records, expected] of rows) {
    await t.step(name, () => {
      const { facts, problems } = fold(records);
      assert.deepEqual(problems, []);
      if (expected === undefined) assert.equal(facts, undefined);
      else assert.deepEqual({ ...facts, ...expected }, facts);
    });
  }
  await t.step("the turn after a compaction, not that of a sub-agent", () => {
    const records = [response(1), system(2, "chat_compression", {}), response(3, { subagent_id: "a" }), response(4)];
    assert.deepEqual(fold([...records, response(5)]).turns.map(({ afterCompaction }) => afterCompaction), [
      ...[undefined, undefined],
      ...[true, undefined],
    ]);
  });
});

Deno.test("records that are none", () => {
  for (const value of [null, 7, "x", [], [{}]]) assert.equal(fold([value]).problems.length, 1);
  const odd = [{}, { type: "system" }, { systemPayload: { uiEvent: [] } }, { type: "assistant", usageMetadata: [] }];
  assert.deepEqual(fold(odd), { turns: [], problems: [], facts: undefined });
});

Deno.test("text", () => {
  const message = { role: "model", parts: [{ text: "hm", thought: true }, { text: "Hello" }, { functionCall: {} }] };
  assert.deepEqual(qwenSource.text({ type: "assistant", message }), { role: "assistant", text: "Hello" });
  assert.deepEqual(qwenSource.text(user(1)), { role: "user", text: "x" });
  const odd = [null, { type: "user" }, { type: "tool_result", message }, user(1, { subtype: "notification" })];
  for (const record of odd) assert.equal(qwenSource.text(record), undefined);
});
