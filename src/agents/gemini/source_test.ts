import assert from "node:assert/strict";
import { addUsage, NO_USAGE, type SessionFacts, type TokenUsage } from "../../core/model.ts";
import { mergeTurns } from "../../scan/logs/merge_turns.ts";
import { RecordFolder } from "../../scan/logs/rows/record_folder.ts";
import { type DocumentStore, storeOf } from "../log_store.ts";
import type { RecordedTurn } from "../source.ts";
import { logs } from "./places.ts";
import { geminiSource } from "./source.ts";
import type { GeminiState } from "./state.ts";

const [SESSION, AGENT] = ["accd1763-04da-449c-9dca-9bc0402c54d1", "4da5c4bf-44b8-414a-b558-ca267f155ecd"];
const LOG = "api/chats/session-2026-11-26T04-00-accd1763.jsonl";
const FIXTURES = new URL("../../../tests/fixtures/sources/gemini/", import.meta.url);

interface Folded {
  /** As the engine has them: the records of one response are one turn. */
  readonly turns: readonly RecordedTurn[];
  readonly problems: readonly string[];
  readonly facts: SessionFacts | undefined;
}

/** Folds records as the engine does. The state is written out and read back between any two of them. */
function fold(records: readonly unknown[], relativePath = LOG, companions: Record<string, string> = {}): Folded {
  const { id: store } = storeOf(logs, relativePath);
  let state = geminiSource.start({ path: `/x/${relativePath}`, relativePath, store, companions });
  const turns = new Map<string, RecordedTurn>();
  const problems: string[] = [];
  const folder = new RecordFolder(geminiSource);
  for (const record of records) {
    const result = folder.fold(state, record);
    for (const turn of result.turns ?? []) {
      const earlier = turns.get(turn.key);
      turns.set(turn.key, earlier === undefined ? turn : mergeTurns(earlier, { ...turn }));
    }
    if (result.problem !== undefined) problems.push(result.problem);
    state = JSON.parse(JSON.stringify(result.state)) as GeminiState;
  }
  return { turns: [...turns.values()], problems, facts: geminiSource.session(state) };
}

/** Records of a document, as its store makes them. */
function recordsOf(document: unknown): readonly unknown[] {
  return [...(logs.stores.find(({ form }) => form === "documents") as DocumentStore).records(document, "x")];
}

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 26, 4) + seconds * 1000).toISOString();
const ms = (seconds: number) => Date.UTC(2026, 10, 26, 4) + seconds * 1000;

type Members = Readonly<Record<string, unknown>>;

const header = (seconds: number, members: Members = {}) => ({
  ...{ sessionId: SESSION, projectHash: "3cec", startTime: at(seconds), lastUpdated: at(seconds), kind: "main" },
  ...members,
});
const user = (seconds: number, members: Members = {}) => ({
  ...{ id: `u${seconds}`, timestamp: at(seconds), type: "user", content: [{ text: "x" }] },
  ...members,
});
/** 1000 tokens of input, 600 of them cached; 50 of output, 7 of thoughts, 12 of tools beside them. */
const TOKENS = { input: 1000, output: 50, cached: 600, thoughts: 7, tool: 12, total: 1069 };
const answer = (seconds: number, members: Members = {}, tokens: Members = {}) => ({
  ...{ id: `g${seconds}`, timestamp: at(seconds), type: "gemini", content: "y", thoughts: [] },
  ...{ tokens: { ...TOKENS, ...tokens }, model: "gemini-2.5-pro" },
  ...members,
});
const set = (changes: Members) => ({ $set: changes });
const restate = (seconds: number, ...ids: readonly string[]) =>
  set({
    messages: ids.map((id) => ({ id, timestamp: at(seconds), type: id.startsWith("u") ? "user" : "gemini" })),
    lastUpdated: at(seconds),
  });
const info = (seconds: number, content: string, id = `i${seconds}`) => ({
  ...{ id, timestamp: at(seconds), type: "info", content },
});

/** `TOKENS` as disjoint usage: 1000 - 600 + 12 = 412 fresh, 50 + 7 = 57 written. */
const ONE: TokenUsage = { input: 412, cacheRead: 600, cacheWrite: 0, cacheWrite1h: 0, output: 57 };

async function* filesBelow(directory: URL): AsyncGenerator<URL> {
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    const url = new URL(name + (isDirectory ? "/" : ""), directory);
    if (isDirectory) yield* filesBelow(url);
    else yield url;
  }
}

Deno.test("the corpus agrees with its expected figures", async () => {
  const root = new URL("home/.gemini/tmp/", FIXTURES);
  const found = new Map<string, Map<string, RecordedTurn>>();
  for await (const url of filesBelow(root)) {
    const relativePath = url.href.slice(root.href.length);
    if (!logs.stores.some((store) => store.matches(relativePath))) continue;
    const text = await Deno.readTextFile(url);
    const records = relativePath.endsWith(".json")
      ? recordsOf(JSON.parse(text))
      : text.split("\n").filter((line) => geminiSource.needles.some((needle) => line.includes(needle)))
        .map((line): unknown => JSON.parse(line));
    const { turns, problems, facts } = fold(records, relativePath);
    assert.deepEqual(problems, [], relativePath);
    // Sub-agents stand by themselves there.
    const id = facts?.subagent ? relativePath.replace(/^.*\/|\.jsonl$/g, "") : facts!.sessionId;
    const session = found.get(id) ?? new Map<string, RecordedTurn>();
    for (const turn of turns) session.set(turn.key, turn);
    found.set(id, session);
  }
  const sums = [...found].map(([id, turns]) => [id, {
    turns: turns.size,
    tokens: [...turns.values()].map(({ usage }) => usage).reduce(addUsage, NO_USAGE),
  }]);
  const expected = JSON.parse(await Deno.readTextFile(new URL("expected.json", FIXTURES))) as Record<string, Members>;
  assert.deepEqual(
    Object.fromEntries(sums),
    Object.fromEntries(Object.entries(expected).map(([id, { turns, tokens }]) => [id, { turns, tokens }])),
  );
});

Deno.test("counts", async (t) => {
  const rows: [name: string, tokens: Members, usage: TokenUsage | undefined, problems: number][] = [
    ["cached is inside input, thoughts and tools are beside", {}, ONE, 0],
    // 1000 + 600 + 50 + 7 + 12 = 1669: the input is what was not cached.
    ["the total says that input is net", { total: 1669 }, { ...ONE, input: 1012 }, 0],
    // More cannot be inside. 300 + 600 + 50 + 7 + 12 = 969.
    ["more cached than input", { input: 300, total: 969 }, { ...ONE, input: 312 }, 0],
    ["more cached than input, no total", { input: 300, total: 0 }, { ...ONE, input: 312 }, 0],
    ["a total of neither", { total: 1099 }, ONE, 1],
    ["no total", { total: undefined }, ONE, 0],
    // Written where the API named none.
    ["a total of 0", { total: 0 }, ONE, 0],
    ["a damaged total", { total: "x" }, ONE, 1],
    [
      "no thoughts, no tools, nothing cached",
      { thoughts: undefined, tool: undefined, cached: undefined, total: 1050 },
      {
        ...{ input: 1000, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 50 },
      },
      0,
    ],
    // All was thought, until the limit: 1000 + 7 + 12.
    ["no output", { output: 0, total: 1019 }, { ...ONE, output: 7 }, 0],
    ["nothing named", { input: 0, output: 0, cached: 0, thoughts: 0, tool: 0, total: 0 }, undefined, 1],
    ["input is missing", { input: undefined }, undefined, 1],
    ["output is null", { output: null }, undefined, 1],
    ["cached is negative", { cached: -1 }, undefined, 1],
    ["thoughts are a text", { thoughts: "7" }, undefined, 1],
    ["far too large", { tool: 1e12 }, undefined, 1],
  ];
  for (const [name, tokens, usage, problems] of rows) {
    await t.step(name, () => {
      const folded = fold([header(0), user(1), answer(3, {}, tokens)]);
      assert.deepEqual(folded.turns.map((turn) => turn.usage), usage === undefined ? [] : [usage]);
      assert.equal(folded.problems.length, problems, folded.problems.join());
    });
  }
});

Deno.test("turns", async (t) => {
  const calls = [{ id: "c", name: "run_shell_command", timestamp: at(9), result: [] }];
  const GOOGLE = { provider: "google", model: "gemini-2.5-pro" };
  const turn = (key: string, from: number, to: number, more: Partial<RecordedTurn> = {}) => ({
    ...{ key, at: ms(from), endedAt: ms(to), model: GOOGLE, usage: ONE, chain: "main" },
    ...more,
  });
  const rows: [name: string, records: readonly unknown[], turns: readonly RecordedTurn[], problems?: number][] = [
    ["one", [header(0), user(1), answer(3)], [turn("g3", 1, 3)]],
    ["nothing before it", [answer(3)], [turn("g3", 3, 3)]],
    ["a prompt that names a later time", [user(5), answer(3)], [turn("g3", 3, 3)]],
    ["written again with the calls of its tools", [
      ...[user(1), answer(3), set({ lastUpdated: at(3) }), answer(3, { toolCalls: calls })],
      ...[user(9), answer(11)],
    ], [turn("g3", 1, 3), turn("g11", 9, 11)]],
    // 0.39: no record of a result.
    ["without a record of the result", [user(1), answer(3), answer(3, { toolCalls: calls }), answer(11)], [
      turn("g3", 1, 3),
      turn("g11", 9, 11),
    ]],
    ["calls that say no time", [user(1), answer(3, { toolCalls: [{}, null, { timestamp: 7 }] }), answer(11)], [
      turn("g3", 1, 3),
      turn("g11", 3, 11),
    ]],
    ["written again with less", [user(1), answer(3), answer(3, {}, { input: 700, total: 769 })], [turn("g3", 1, 3)]],
    ["written again with more", [user(1), answer(3, {}, { input: 700, output: 0, total: 719 }), answer(3)], [
      turn("g3", 1, 3),
    ]],
    // 0.39 does so at a compaction.
    ["one from further back is written again", [
      user(1),
      answer(3),
      user(5),
      answer(7),
      answer(3, { toolCalls: calls }),
    ], [
      turn("g3", 1, 3),
      turn("g7", 5, 7),
    ]],
    ["restated without tokens at a resume", [
      ...[header(0), restate(0, "u0"), user(1), answer(3)],
      ...[header(10), restate(10, "u0"), set({ sessionId: SESSION }), restate(10, "u0", "u1", "g3")],
      ...[user(11), answer(13)],
    ], [turn("g3", 1, 3), turn("g13", 11, 13)]],
    ["restated under new ids by a compaction", [
      ...[header(0), restate(0, "u0"), user(1), answer(3), restate(5, "u0", "u5", "g5"), info(5, "")],
      ...[user(6), answer(8), user(9), answer(11)],
    ], [turn("g3", 1, 3), turn("g8", 6, 8, { afterCompaction: true }), turn("g11", 9, 11)]],
    ["after a compaction, resumed before anything else", [
      ...[header(0), restate(0, "u0"), user(1), answer(3), restate(5, "u0", "u5", "g5")],
      ...[
        header(10),
        restate(10, "u0"),
        set({ sessionId: SESSION }),
        restate(10, "u0", "u5", "g5"),
        user(11),
        answer(13),
      ],
    ], [turn("g3", 1, 3), turn("g13", 11, 13, { afterCompaction: true })]],
    ["a prompt that was taken back", [
      ...[header(0), restate(0, "u0"), user(1), answer(3), user(5), restate(6, "u0", "u1", "g3"), user(7), answer(9)],
    ], [turn("g3", 1, 3), turn("g9", 7, 9)]],
    ["all was taken back, and a resume", [
      ...[header(0), restate(0, "u0"), user(1), answer(3), restate(4, "u0"), user(5), answer(7)],
      ...[header(10), restate(10, "u0"), restate(10, "u0", "u5", "g7"), user(11), answer(13)],
    ], [turn("g3", 1, 3), turn("g7", 5, 7), turn("g13", 11, 13)]],
    ["what a rewind takes back was billed", [
      ...[header(0), restate(0, "u0"), user(1), answer(3), user(5), answer(7), { $rewindTo: "u1" }],
      ...[restate(8, "u0"), user(9), answer(11), restate(12, "u0", "u9", "g11"), user(13), answer(15)],
    ], [turn("g3", 1, 3), turn("g7", 5, 7), turn("g11", 9, 11), turn("g15", 13, 15)]],
    ["a rewind to the middle", [
      ...[header(0), user(1), answer(3), user(5), answer(7), { $rewindTo: "u5" }, user(9), answer(11)],
      ...[restate(12, "u1", "g3", "u9", "g11"), user(13), answer(15)],
    ], [turn("g3", 1, 3), turn("g7", 5, 7), turn("g11", 9, 11), turn("g15", 13, 15)]],
    ["no usage in the answer", [user(1), answer(3, { tokens: null })], [], 1],
    [
      "the same, with calls of tools",
      [user(1), answer(3, { tokens: null }), answer(3, { tokens: null, toolCalls: calls })],
      [],
      1,
    ],
    ["damaged, and written again", [
      user(1),
      answer(3, {}, { total: "x" }),
      answer(3, { toolCalls: calls }, { total: "x" }),
    ], [
      turn("g3", 1, 3),
    ], 1],
    ["no usage, and no id", [answer(3, { id: undefined, tokens: null })], [], 1],
    ["written again without", [user(1), answer(3), answer(3, { tokens: null })], [turn("g3", 1, 3)]],
    // What the program adds by itself.
    ["no response", [user(1), answer(3, { tokens: null, model: undefined })], []],
    ["another model", [
      user(1),
      answer(3),
      info(4, "Model set to gemini-3-flash"),
      user(5),
      answer(7, { model: "gemini-3-flash" }),
    ], [
      turn("g3", 1, 3),
      turn("g7", 5, 7, { model: { provider: "google", model: "gemini-3-flash" } }),
    ]],
    ["a gateway's model", [user(1), answer(3, { model: "claude-sonnet-5" })], [
      turn("g3", 1, 3, { model: { provider: "unknown", model: "claude-sonnet-5" } }),
    ]],
    ["without an id", [answer(3, { id: undefined })], [], 1],
    ["without a time", [answer(3, { timestamp: "soon" })], [], 1],
    ["without a model", [answer(3, { model: "" })], [], 1],
    ["a session that was taken over", [
      ...[header(20), info(20, "Imported session from /srv/s.jsonl", "import-1795665620000"), user(1), answer(3)],
      ...[set({ sessionId: SESSION }), restate(20, "u1", "g3"), user(21), answer(23)],
    ], [turn("g3", 1, 3, { copied: true }), turn("g23", 21, 23)]],
  ];
  for (const [name, records, expected, problems = 0] of rows) {
    await t.step(name, () => {
      const folded = fold(records);
      // But for what merging leaves undefined.
      assert.deepEqual(JSON.parse(JSON.stringify(folded.turns)), expected);
      assert.equal(folded.problems.length, problems, folded.problems.join());
    });
  }
});

Deno.test("what is known of the session", async (t) => {
  const OF = { sessionId: SESSION, startedAt: ms(0), lastActivityAt: ms(3) };
  const GOOGLE = { provider: "google", model: "gemini-2.5-pro" };
  const some = [header(0), restate(0, "u0"), user(1), answer(3)];
  const rows: [name: string, records: readonly unknown[], facts: SessionFacts | undefined, path?: string][] = [
    ["nothing", [], undefined],
    ["a header", [header(0)], { ...OF, lastActivityAt: ms(0) }],
    ["no answer", [header(0), user(1)], { ...OF, lastActivityAt: ms(1) }],
    ["an answer", some, OF],
    ["without its beginning", [user(1), answer(3)], { sessionId: "accd1763", startedAt: ms(1), lastActivityAt: ms(3) }],
    ["without its beginning and any answer", [user(1)], undefined],
    ["its beginning is missing, a resume tells", [answer(3), set({ sessionId: SESSION })], { ...OF, startedAt: ms(3) }],
    ["a title, and later ones", [...some, set({ summary: "a", memoryScratchpad: {} }), set({ summary: "b" })], {
      ...OF,
      title: "b",
    }],
    ["a resume that said nothing", [...some, header(50), restate(50, "u0"), restate(50, "u0", "u1", "g3")], OF],
    ["made of a document: it began before its own header", [
      header(50),
      header(0, { summary: "t" }),
      user(1),
      answer(3),
    ], {
      ...OF,
      title: "t",
    }],
    ["compacted", [...some, restate(5, "u0", "u5", "g5"), info(6, "")], {
      ...OF,
      lastActivityAt: ms(6),
      pending: { at: ms(5), kind: "compacted" },
    }],
    ["compacted before any answer", [header(0), user(1), restate(5, "u5", "g5")], { ...OF, lastActivityAt: ms(1) }],
    ["another model was chosen", [...some, info(6, "Model set to gemini-3-flash (persisted)")], {
      ...OF,
      lastActivityAt: ms(6),
      pending: { at: ms(6), kind: "model_changed", model: { provider: "google", model: "gemini-3-flash" } },
    }],
    ["the same model was chosen", [...some, info(6, `Model set to ${GOOGLE.model}`)], { ...OF, lastActivityAt: ms(6) }],
    ["whichever model", [...some, info(6, "Model set to auto-gemini-3")], { ...OF, lastActivityAt: ms(6) }],
    ["a session that was taken over", [
      header(20),
      info(20, "Imported session from /srv/s.jsonl", "import-1795665620000"),
      user(1),
      answer(3),
    ], { sessionId: SESSION, startedAt: ms(20), lastActivityAt: ms(20) }],
    [
      "a sub-agent: no title, which is its answer",
      [
        header(0, { sessionId: AGENT, kind: "subagent", directories: ["/srv"] }),
        user(1),
        answer(3),
        set({ summary: "what it found" }),
      ],
      { ...OF, subagent: true },
      `api/chats/${SESSION}/${AGENT}.jsonl`,
    ],
  ];
  for (const [name, records, facts, path = LOG] of rows) {
    await t.step(name, () => {
      const folded = fold(records, path);
      assert.deepEqual(folded.problems, []);
      assert.deepEqual(folded.facts && JSON.parse(JSON.stringify(folded.facts)), facts);
    });
  }
});

Deno.test("the directory stands beside the log", () => {
  const cwd = (text: string) => fold([header(0)], LOG, { "../.project_root": text }).facts?.cwd;
  assert.equal(cwd("/srv/dev/gm/api\n"), "/srv/dev/gm/api");
  assert.equal(cwd(" "), undefined);
});

Deno.test("requests of a sub-agent are a chain of their own", () => {
  const path = `api/chats/${SESSION}/${AGENT}.jsonl`;
  const chains = (records: readonly unknown[]) => fold(records, path).turns.map(({ chain }) => chain);
  assert.deepEqual(chains([header(0, { sessionId: AGENT }), user(1), answer(3)]), [AGENT]);
  assert.deepEqual(chains([user(1), answer(3)]), [AGENT]);
});

Deno.test("documents", async (t) => {
  const calls = [{ id: "c", timestamp: at(8) }, { id: "d", timestamp: at(9) }];
  const document = {
    ...{ sessionId: SESSION, startTime: at(0), lastUpdated: at(99), summary: "t", kind: "main" },
    messages: [user(1, { content: "x" }), answer(3, { toolCalls: calls }), answer(11), null, "x"],
  };
  await t.step("results of tools stand in the answer", () => {
    const { turns, problems, facts } = fold(recordsOf(document), LOG.replace(".jsonl", ".json"));
    assert.deepEqual(turns.map(({ key, at, endedAt }) => [key, at, endedAt]), [
      ["g3", ms(1), ms(3)],
      ["g11", ms(9), ms(11)],
    ]);
    assert.deepEqual(problems, []);
    assert.deepEqual(JSON.parse(JSON.stringify(facts)), {
      ...{ sessionId: SESSION, title: "t", startedAt: ms(0), lastActivityAt: ms(11) },
    });
  });
  await t.step("a sub-agent below its session", () => {
    const own = { ...document, sessionId: "0wliqc", kind: "subagent" };
    const { turns, facts } = fold(recordsOf(own), `api/chats/${SESSION}/0wliqc.json`);
    assert.deepEqual(turns.map(({ chain }) => chain), ["0wliqc", "0wliqc"]);
    assert.deepEqual([facts?.sessionId, facts?.subagent], [SESSION, true]);
  });
  await t.step("sub-agents have their session's id, and are not told apart", () => {
    const { turns, facts } = fold(recordsOf({ ...document, kind: "subagent" }), LOG.replace(".jsonl", ".json"));
    assert.deepEqual(turns.map(({ chain }) => chain), ["sidechain", "sidechain"]);
    assert.deepEqual([facts?.sessionId, facts?.subagent, facts?.title], [SESSION, true, undefined]);
  });
  await t.step("their text is there once", () => {
    const texts = recordsOf(document).map((record) => geminiSource.text(record)?.text);
    assert.deepEqual(texts, [undefined, "x", "y", "y"]);
  });
  for (const other of [null, "x", [], [user(1)], { messages: {} }, { sessionId: SESSION }]) {
    await t.step(`none of its own: ${JSON.stringify(other)}`, () => assert.deepEqual(recordsOf(other), []));
  }
});

Deno.test("text", async (t) => {
  const rows: [name: string, record: unknown, expected: unknown][] = [
    ["a text", answer(3, { content: " y " }), { role: "assistant", text: "y" }],
    ["parts, without thoughts", answer(3, { content: [{ text: "t", thought: true }, { text: "y" }, null] }), {
      ...{ role: "assistant", text: "y" },
    }],
    ["what was typed", user(1, { content: [{ text: "x" }, { text: "a file" }], displayContent: [{ text: "x" }] }), {
      ...{ role: "user", text: "x" },
    }],
    ["a result of a tool", user(1, { content: [{ functionResponse: { response: { output: "x" } } }] }), undefined],
    ["said before", answer(3, { toolCalls: [] }), undefined],
    ["the program's own", info(1, "x"), undefined],
    ["a change", restate(1, "u1"), undefined],
    ["nothing", null, undefined],
  ];
  for (const [name, record, expected] of rows) {
    await t.step(name, () => assert.deepEqual(geminiSource.text(record), expected));
  }
});

Deno.test("what yielded nothing", () => {
  const folder = new RecordFolder(geminiSource);
  const kinds = [answer(3), answer(3, { tokens: null }), answer(3, { tokens: null, model: undefined }), user(1)];
  assert.deepEqual(kinds.map((record) => folder.uncounted(record, false)), [
    ...["response", "response", undefined, undefined],
  ]);
});
