/** What is said after a launch, word for word. */
import { strictEqual } from "node:assert/strict";
import { NO_USAGE } from "../core/model.ts";
import type { BilledRecord, SessionRecord } from "./ledger/records.ts";
import { type SummaryFacts, type SummaryFormat, summaryText } from "./summary.ts";

const format: SummaryFormat = {
  count: String,
  duration: (ms) => `${ms / 1000}s`,
  tokens: String,
  percent: (ratio) => `${ratio * 100}%`,
  cost: ({ usd, unpricedTurns }) => `$${usd}${unpricedTurns > 0 ? "+" : ""}`,
  usd: (usd) => `$${usd}`,
};

function sessionOf(traceId: string, sessionFile?: string): SessionRecord {
  return { type: "session", at: 0, traceId, sessionId: traceId, sessionFile, pid: 1, reason: "startup", cwd: "/" };
}

function billedOf(traceId: string, requests: number, billedRequests: number): BilledRecord {
  return { type: "billed", at: 0, traceId, requests, billedRequests, usd: 0.25 };
}

// 600 of 100 + 600 + 100 prompt tokens were read from the cache: 75%; with 50 of output 850 tokens in all.
const local = {
  turns: 2,
  usage: { input: 100, cacheRead: 600, cacheWrite: 100, cacheWrite1h: 0, output: 50 },
  cost: { usd: 0.5, basis: "reported", unpricedTurns: 1 },
} as const;

Deno.test("a summary says what is known, and that the rest is not", async (t) => {
  const base: SummaryFacts = { title: "Pi", durationMs: 4000, sessions: [], local: new Map(), billed: new Map() };
  const link = "  https://platform.opper.ai/traces\n";
  const rows: [name: string, facts: SummaryFacts, text: string][] = [
    ["no session", base, "Pi ran for 4s; no model was asked.\n"],
    [
      "a log that is not read",
      { ...base, sessions: [sessionOf("t1", "/s.jsonl")] },
      `Pi ran for 4s.\n  trace t1  "/s.jsonl" is not among the logs that are read: turns and cost unknown\n${link}`,
    ],
    [
      "opened again, and nothing said",
      {
        ...base,
        sessions: [sessionOf("t1", "/s.jsonl")],
        local: new Map([["t1", { turns: 0, usage: NO_USAGE, cost: { usd: 0, basis: "none", unpricedTurns: 0 } }]]),
      },
      `Pi ran for 4s.\n  trace t1  no turns\n${link}`,
    ],
    [
      "one session",
      { ...base, sessions: [sessionOf("t1", "/s.jsonl")], local: new Map([["t1", local]]) },
      `Pi ran for 4s.\n  trace t1  2 turns, 850 tokens, 75% cached, $0.5+\n${link}`,
    ],
    [
      "kept in no log",
      { ...base, sessions: [sessionOf("t1")] },
      `Pi ran for 4s.\n  trace t1  not kept in a log: turns and cost unknown\n${link}`,
    ],
    [
      "what the gateway said with each answer, and with some",
      {
        ...base,
        sessions: [sessionOf("t1", "/s.jsonl"), sessionOf("t2", "/t.jsonl")],
        local: new Map([["t1", local], ["t2", local]]),
        billed: new Map([["t1", billedOf("t1", 2, 2)], ["t2", billedOf("t2", 2, 1)]]),
      },
      `Pi ran for 4s.\n  trace t1  2 turns, 850 tokens, 75% cached, $0.5+; Opper billed $0.25\n` +
      `  trace t2  2 turns, 850 tokens, 75% cached, $0.5+; Opper billed at least $0.25\n${link}`,
    ],
    [
      "a launch that is one trace",
      { ...base, sessions: [{ ...sessionOf("t1"), reason: "launch" }] },
      `Pi ran for 4s.\n  trace t1  all that names no session of its own; \`opper-agent sessions\` has turns and cost\n${link}`,
    ],
    [
      "an agent's session whose log is not there",
      { ...base, sessions: [{ ...sessionOf("t1"), source: "claude" }] },
      `Pi ran for 4s.\n  trace t1  not found among the logs that are read: turns and cost unknown\n${link}`,
    ],
    [
      "the gateway's own figure",
      { ...base, sessions: [sessionOf("t1")], gateway: { usd: 0.25, requests: 1 } },
      `Pi ran for 4s.\n  trace t1  not kept in a log: turns and cost unknown\n  Opper has counted $0.25 for 1 request so far.\n${link}`,
    ],
    ["the gateway knows nothing yet", { ...base, gateway: { requests: 0 } }, "Pi ran for 4s; no model was asked.\n"],
  ];
  for (const [name, facts, text] of rows) await t.step(name, () => strictEqual(summaryText(facts, format), text));
});
