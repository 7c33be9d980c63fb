/** Holds the source to entries as OpenClaw 2026.9.6 wrote them, and to what its program shows that it may write. */
import { deepStrictEqual } from "node:assert/strict";
import type { SessionFacts } from "../../core/model.ts";
import { RecordFolder } from "../../scan/logs/rows/record_folder.ts";
import type { LogFile, RecordedTurn } from "../source.ts";
import { openclawSource } from "./source.ts";

const ID = "2a404510-a397-45f6-a9d2-26b29e66b384";
const PARENT = "9d47f78d-4b33-48d3-99f4-dc49aa4c5bdb";
const AGENT = "/home/ada/.openclaw/agents/main";
const DATABASE: LogFile = {
  path: `${AGENT}/agent/openclaw-agent.sqlite`,
  relativePath: "main/agent/openclaw-agent.sqlite",
  part: ID,
};
const file = (name: string): LogFile => ({ path: `${AGENT}/sessions/${name}`, relativePath: `main/sessions/${name}` });
const FILE = file(`${ID}.jsonl`);

const START = Date.parse("2026-11-26T04:10:00.000Z");
const at = (second: number) => new Date(START + second * 1000).toISOString();

const HEADER = { type: "session", version: 4, id: ID, timestamp: at(0), cwd: "/srv/api" };
const USAGE = {
  input: 20,
  output: 3,
  cacheRead: 0,
  cacheWrite: 9912,
  cacheWrite1h: 0,
  reasoningTokens: 2,
  totalTokens: 9935,
  // 20 * 3 + 3 * 15 + 9912 * 3.75 = 60 + 45 + 37170 millionths.
  cost: { input: 0.00006, output: 0.000045, cacheRead: 0, cacheWrite: 0.03717, total: 0.037275 },
};
const RESPONSE = "msg_19ab131479994e7c9af7";

function assistant(second: number, message: object = {}, entry: object = {}): object {
  return {
    type: "message",
    id: `e${second}`,
    parentId: null,
    timestamp: at(second + 1),
    message: {
      role: "assistant",
      content: [{ type: "text", text: "done" }],
      api: "anthropic-messages",
      provider: "anthropic",
      model: "claude-sonnet-4-6",
      usage: USAGE,
      stopReason: "stop",
      timestamp: START + second * 1000,
      responseId: RESPONSE,
      __openclaw: { runId: "r" },
      ...message,
    },
    ...entry,
  };
}

interface Folded {
  readonly turns: readonly RecordedTurn[];
  readonly problems: readonly string[];
  readonly facts: SessionFacts | undefined;
}

/** The state goes through JSON between two records, as it does between two scans. */
function fold(log: LogFile, records: readonly unknown[]): Folded {
  const folder = new RecordFolder(openclawSource);
  let state: unknown = openclawSource.start(log);
  const turns: RecordedTurn[] = [];
  const problems: string[] = [];
  for (const record of records) {
    const result = folder.fold(JSON.parse(JSON.stringify(state)), record);
    state = result.state;
    turns.push(...result.turns ?? []);
    if (result.problem !== undefined) problems.push(result.problem);
  }
  const facts = openclawSource.session(state as Parameters<typeof openclawSource.session>[0]);
  return { turns, problems, facts };
}

const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
const said = (turns: readonly RecordedTurn[], field: keyof RecordedTurn) =>
  plain(turns.map((turn) => turn[field] ?? null));

Deno.test("a response, in a database and in a file", async (t) => {
  for (const log of [DATABASE, FILE]) {
    await t.step(log.relativePath, () => {
      const { turns, problems, facts } = fold(log, [HEADER, assistant(5)]);
      deepStrictEqual(plain(turns), [{
        key: `${RESPONSE}@${START + 5000}`,
        at: START + 5000,
        endedAt: START + 6000,
        model: { provider: "anthropic", model: "claude-sonnet-4-6" },
        usage: { input: 20, cacheRead: 0, cacheWrite: 9912, cacheWrite1h: 0, output: 3 },
        chain: "main",
        reported: { usd: 0.037275, input: 0.00006, cacheRead: 0, cacheWrite: 0.03717, output: 0.000045 },
      }]);
      deepStrictEqual(problems, []);
      deepStrictEqual(plain(facts), {
        sessionId: ID,
        discriminator: "main",
        cwd: "/srv/api",
        startedAt: START,
        lastActivityAt: START + 6000,
      });
    });
  }
});

Deno.test("which responses are one", async (t) => {
  const keyOf = (message: object, entry: object = {}) =>
    fold(FILE, [HEADER, assistant(5, message, entry)]).turns[0]!.key;
  const rows: [name: string, actual: string, expected: string][] = [
    ["a copy under another entry", keyOf({}, { id: "other", timestamp: at(900) }), `${RESPONSE}@${START + 5000}`],
    ["an id that a gateway repeats", keyOf({ responseId: "chatcmpl-0" }), `chatcmpl-0@${START + 5000}`],
    [
      "no id",
      keyOf({ responseId: undefined }),
      `@${START + 5000}/anthropic/claude-sonnet-4-6/20,0,9912,0,3`,
    ],
    ["no time of the request", keyOf({ timestamp: undefined }), `${RESPONSE}@e5@${START + 6000}`],
    [
      "what a tool spent",
      keyOf({ role: "toolResult", responseId: undefined, provider: undefined, model: undefined }),
      `@${START + 5000}/unknown/unknown/20,0,9912,0,3`,
    ],
    ["neither", keyOf({ responseId: undefined, timestamp: null }), `e5@${START + 6000}`],
  ];
  for (const [name, actual, expected] of rows) await t.step(name, () => deepStrictEqual(actual, expected));
});

Deno.test("a message that was written again later does not end then", () => {
  const again = assistant(5, {}, { id: "again", timestamp: at(9000) });
  deepStrictEqual(said(fold(DATABASE, [HEADER, assistant(5), again]).turns, "endedAt"), [START + 6000, null]);
});

Deno.test("what is no response of OpenClaw's own", async (t) => {
  const rows: [name: string, message: object][] = [
    ["a request that failed", {
      stopReason: "error",
      responseId: undefined,
      usage: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, totalTokens: 0, cost: { total: 0 } },
    }],
    ["what Codex answered", { provider: "openai", __openclaw: { mirrorOrigin: "codex-app-server" } }],
    ["what Codex answered an older version", { idempotencyKey: "codex-app-server:thread:turn:assistant" }],
    ["what Claude Code answered", { api: "cli", provider: "claude-cli" }],
    ["what was delivered", {
      ...{ api: "openclaw-transcript", provider: "openclaw", model: "delivery-mirror", responseId: undefined },
      usage: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, totalTokens: 0 },
    }],
  ];
  for (const [name, message] of rows) {
    await t.step(name, () => {
      const { turns, problems, facts } = fold(DATABASE, [HEADER, assistant(5, message)]);
      deepStrictEqual([turns, problems, facts?.lastActivityAt], [[], [], START + 6000]);
      const record = assistant(5, message);
      deepStrictEqual(new RecordFolder(openclawSource).uncounted(record, false), undefined);
    });
  }
  await t.step("none of them changes the model", () => {
    const mirrored = rows.slice(1).map(([, message], place) => assistant(20 + place, message));
    deepStrictEqual(fold(DATABASE, [HEADER, assistant(5), ...mirrored]).facts?.pending, undefined);
  });
  await t.step("a program without logs of its own is counted", () => {
    deepStrictEqual(fold(FILE, [HEADER, assistant(5, { api: "cli", provider: "my-cli" })]).turns.length, 1);
  });
});

Deno.test("costs", async (t) => {
  const reported = (cost: unknown) =>
    plain(fold(FILE, [HEADER, assistant(5, { usage: { ...USAGE, cost } })]).turns[0]!.reported ?? null);
  const rows: [name: string, cost: unknown, expected: unknown][] = [
    ["a bill", { total: 0.5, input: 0.1, totalOrigin: "provider-billed" }, { usd: 0.5, isBill: true }],
    ["a bill of nothing", { total: 0, totalOrigin: "provider-billed" }, { usd: 0, isBill: true }],
    ["a model without a price", { total: 0 }, { usd: 0 }],
    ["none", undefined, null],
  ];
  for (const [name, cost, expected] of rows) await t.step(name, () => deepStrictEqual(reported(cost), expected));
});

Deno.test("what changes the prefix", async (t) => {
  const entry = (type: string, second: number, more: object = {}) => ({
    type,
    id: `x${second}`,
    timestamp: at(second),
    ...more,
  });
  const rows: [name: string, between: object][] = [
    ["/new and /reset", entry("reset", 10, { context: "clear" })],
    ["a compaction", entry("compaction", 10, { summary: "…", firstKeptEntryId: "e5", tokensBefore: 9 })],
  ];
  for (const [name, between] of rows) {
    await t.step(name, () => {
      const second = assistant(20, { responseId: "b" });
      const { turns, problems, facts } = fold(DATABASE, [HEADER, assistant(5), between, second]);
      deepStrictEqual(said(turns, "afterCompaction"), [null, true]);
      deepStrictEqual([problems, facts?.pending], [[], undefined]);
      const before = fold(DATABASE, [HEADER, assistant(5), between]).facts;
      deepStrictEqual(before?.pending, { at: START + 10_000, kind: "compacted" });
    });
  }
});

Deno.test("what the database says of a session", async (t) => {
  const window = (record: object, more: object) => ({ ...record, ...more });
  await t.step("a sub-agent's responses are a chain of who began it all", () => {
    const rows = [HEADER, assistant(5), assistant(9, { responseId: "b" })];
    const { turns, facts } = fold(DATABASE, rows.map((row) => window(row, { told: { root: PARENT, title: "x" } })));
    deepStrictEqual(said(turns, "chain"), [ID, ID]);
    deepStrictEqual(plain(facts), {
      sessionId: PARENT,
      discriminator: "main",
      subagent: true,
      cwd: "/srv/api",
      startedAt: START,
      lastActivityAt: START + 10_000,
    });
  });
  await t.step("a fork, with a name that somebody gave", () => {
    const old = assistant(-100);
    const rows = [HEADER, old, assistant(9, { responseId: "b" })];
    const { turns, facts } = fold(
      DATABASE,
      rows.map((row) => window(row, { told: { parent: PARENT, title: " Plan " } })),
    );
    deepStrictEqual(said(turns, "copied"), [true, null]);
    deepStrictEqual([facts?.parentSessionId, facts?.title], [PARENT, "Plan"]);
  });
  await t.step("without its first entry", () => {
    const { turns, problems, facts } = fold(DATABASE, [{ told: { root: null } }, assistant(5)]);
    deepStrictEqual([turns.length, problems, facts?.sessionId], [1, [], ID]);
  });
});

Deno.test("names of files", async (t) => {
  const entry = assistant(5);
  const at = "2026-11-20T10-00-00.000Z";
  const noHeader =
    "Expected a session header first, found \"message\": the session's id and start are taken from the file's name";
  const rows: [name: string, records: readonly object[], id: string | undefined, problems: readonly string[]][] = [
    [`${ID}.jsonl.deleted.${at}.zst`, [entry], ID, [noHeader]],
    [`${PARENT}-topic-7.jsonl`, [HEADER, entry], ID, []],
    [`cold/${"0a".repeat(32)}.jsonl.zst`, [HEADER, entry], ID, []],
  ];
  for (const [name, records, id, problems] of rows) {
    await t.step(name, () => {
      const folded = fold(file(name), records);
      deepStrictEqual([folded.facts?.sessionId, folded.problems, folded.turns.length], [id, problems, 1]);
    });
  }
  await t.step("a fork's header names its parent's", () => {
    const header = { ...HEADER, parentSession: `/home/ada/.openclaw/agents/main/sessions/${PARENT}.jsonl` };
    deepStrictEqual(fold(FILE, [header, assistant(5)]).facts?.parentSessionId, PARENT);
    deepStrictEqual(fold(FILE, [HEADER, assistant(5)]).facts?.parentSessionId, undefined);
  });
});

Deno.test("a turn that no entry named a model for is named later, under the same key", () => {
  const unnamed = assistant(5, { provider: undefined, model: undefined });
  const { turns } = fold(DATABASE, [HEADER, unnamed, assistant(9, { responseId: "b" })]);
  deepStrictEqual(turns.map(({ key, model }) => [key, model.provider]), [
    [`${RESPONSE}@${START + 5000}`, "unknown"],
    [`${RESPONSE}@${START + 5000}`, "anthropic"],
    [`b@${START + 9000}`, "anthropic"],
  ]);
});

Deno.test("text of a conversation", () => {
  deepStrictEqual(openclawSource.text(assistant(5)), { role: "assistant", text: "done" });
  deepStrictEqual(openclawSource.text({ type: "message", message: { role: "user", content: "Hi" } }), {
    role: "user",
    text: "Hi",
  });
  deepStrictEqual(openclawSource.text({ type: "custom", message: { role: "user", content: "Hi" } }), undefined);
});
