import { deepStrictEqual, ok } from "node:assert/strict";
import type { SessionTurn } from "../../../core/rollup.ts";
import { addTurns } from "../../../core/rollup.ts";
import { makeSession, mergeFacts } from "./make_session.ts";
import { Prices } from "../../prices/prices.ts";
import { decodeSession, encodeSession } from "./stored_session.ts";

const turn = (at: number, rest: Partial<SessionTurn> = {}): SessionTurn => ({
  key: `${at}`,
  at,
  model: { provider: "anthropic", model: "claude-sonnet-4-5" },
  usage: { input: at, cacheRead: 0, cacheWrite: 9000, cacheWrite1h: 0, output: 1 },
  chain: "main",
  usd: 0.5,
  basis: "computed",
  counted: true,
  ...rest,
});

Deno.test("a session is what it was, once it was written and read", async (t) => {
  const own = { path: "/logs/own.jsonl", facts: { sessionId: "a", cwd: "/src", startedAt: 1, lastActivityAt: 20 } };
  const agent = { path: "/logs/agent.jsonl", facts: { sessionId: "a", subagent: true, lastActivityAt: 30 } };
  const rows: [name: string, logs: Parameters<typeof mergeFacts>[0], turns: readonly SessionTurn[]][] = [
    ["no turns", [own], []],
    ["one model, one chain", [own], [turn(10), turn(20)]],
    ["history of another session alone", [own], [turn(10, { counted: false })]],
    ["two models", [own], [turn(10), turn(20, { model: { provider: "openai", model: "gpt-5.5" } })]],
    ["two chains and logs", [own, agent], [turn(10), turn(20, { chain: "agent-1" })]],
    ["an unknown price", [own], [turn(10, { usd: undefined, basis: "none" })]],
    ["a price at the standard rate", [own], [turn(10, { atStandardRate: true })]],
    ["reported, one chain that is not the main one", [own], [turn(10, { basis: "reported", chain: "agent-1" })]],
    ["an empty directory, and a time before all", [{
      path: "/logs/own.jsonl",
      facts: { sessionId: "a", cwd: "", startedAt: 0, title: "t", parentSessionId: "p", lastActivityAt: -5 },
    }], [turn(0), turn(-1)].reverse()],
    ["writes that the log does not show", [own], [
      turn(10, { usage: { ...turn(10).usage, cacheWrite: 0, cacheRead: 9 } }),
    ]],
    ["a model change that is pending, and a total of the tool's", [{
      path: "/logs/own.jsonl",
      facts: {
        sessionId: "a",
        pending: { at: 30, kind: "model_changed", model: { provider: "x", model: "y" } },
        toolTotal: { usd: 1.5 },
      },
    }], [turn(10)]],
    ["credits", [own], [turn(10, { reported: { usd: 0.5, credits: 50 }, basis: "reported" })]],
    ["credits of one of two models", [own], [
      turn(10, { reported: { usd: 0.5, credits: 50 }, basis: "reported" }),
      turn(20, { model: { provider: "openai", model: "gpt-5.5" } }),
    ]],
    ["a recorded expiry", [own], [turn(10, { cacheExpiresAt: 30 })]],
    ["a sum", [own], [turn(10, { total: { requests: 5 } })]],
    ["turns, and a sum", [own], [turn(10), turn(20, { total: {} })]],
    ["a prefix that costs nothing", [own], [turn(10, { model: { provider: "x", model: "free" }, usd: 0 })]],
  ];
  for (const [name, logs, turns] of rows) {
    await t.step(name, async () => {
      const { state, misses } = addTurns(undefined, turns)!;
      const facts = mergeFacts(logs);
      const session = await makeSession("claude", facts, { state, misses }, new Prices("", undefined), Infinity);
      // But for what is undefined, which JSON leaves out.
      const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
      const { source, sessionId, cwd } = session;
      for (const keepsFile of [true, false]) {
        const row = { source, sessionId, cwd, file: keepsFile ? null : session.file };
        const { figures, body } = encodeSession(session, keepsFile);
        const read = decodeSession(JSON.parse(`[${figures},${body}]`), row);
        deepStrictEqual(read.files, logs.map(({ path }) => path));
        deepStrictEqual(plain(read), plain(session));
      }
    });
  }
  await t.step("and most are short", async () => {
    const { state } = addTurns(undefined, [turn(10)])!;
    const prices = new Prices("", undefined);
    const session = await makeSession("claude", mergeFacts([own]), { state, misses: [] }, prices, Infinity);
    const text = Object.values(encodeSession(session, false)).join();
    ok(text.length < 120, `${text.length} characters`);
  });
});

Deno.test("of two logs that begin alike the one that goes on for longer is the session's", () => {
  const log = (path: string, lastActivityAt?: number) => ({
    path,
    facts: { sessionId: "a", startedAt: 1, lastActivityAt },
  });
  const [short, long, none] = [log("/a.json", 20), log("/a.jsonl", 30), log("/b.json")];
  for (const logs of [[short, long, none], [none, long, short]]) {
    deepStrictEqual(mergeFacts(logs).files, ["/a.jsonl", "/a.json", "/b.json"]);
  }
});
