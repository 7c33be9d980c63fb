import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { readSessions } from "./read_sessions.ts";

const EVIDENCE = [{ basis: "a document" }, { basis: "12 pauses", samples: 12 }];

/** As an answer has them: what is not named is null. */
function brief(...rows: Record<string, string | number | boolean | string[]>[]) {
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  const columns = Object.fromEntries([...names].map((name) => [name, rows.map((row) => row[name] ?? null)]));
  return { columns, evidence: EVIDENCE };
}

Deno.test("readSessions()", async (t) => {
  const [known, unknown] = readSessions(brief({
    source: "pi",
    sessionId: "01a1fb64-80",
    shortIdLength: 8,
    cwd: "/srv/API",
    title: "Fix it",
    startedMs: -600_000,
    lastActivityAt: "2026-11-20T12:10:00.000Z",
    turns: 3,
    subagents: 2,
    models: ["anthropic/claude-opus-4-6", "opper/z-ai/glm-5"],
    input: 1,
    cacheRead: 2,
    cacheWrite: 3,
    cacheWrite1h: 4,
    output: 5,
    usd: 0.5,
    basis: "computed",
    unpricedTurns: 1,
    misses: 1,
    missUsd: 0.1,
    cache: "warm",
    expiresMs: 300_000,
    evidence: 1,
  }, { source: "codex", sessionId: "x" }));
  await t.step("what is known", () => {
    strictEqual(known!.shortId, "01a1fb64");
    strictEqual(known!.startedAt, Date.parse("2026-11-20T12:00:00Z"));
    strictEqual(known!.durationMs, 600_000);
    deepStrictEqual(known!.models, [
      { provider: "anthropic", model: "claude-opus-4-6" },
      { provider: "opper", model: "z-ai/glm-5" },
    ]);
    deepStrictEqual(known!.usage, { input: 1, cacheRead: 2, cacheWrite: 3, cacheWrite1h: 4, output: 5 });
    deepStrictEqual(known!.cost, { usd: 0.5, basis: "computed", unpricedTurns: 1 });
    strictEqual(known!.cache.expiresAt, Date.parse("2026-11-20T12:15:00Z"));
    strictEqual(known!.cache.evidence, EVIDENCE[1]);
    strictEqual(known!.text, "fix it\n/srv/api\n01a1fb64-80\nanthropic/claude-opus-4-6\nopper/z-ai/glm-5");
  });
  await t.step("what is not known is undefined, and no zero", () => {
    const { turns, durationMs, largestPrompt, misses, missUsd, cache } = unknown!;
    deepStrictEqual([turns, durationMs, largestPrompt, misses, missUsd], [
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    strictEqual(cache.state, "unknown");
    strictEqual(cache.evidence, undefined);
  });
  await t.step("a title steers nothing, and an id stays what it is", () => {
    const [hostile] = readSessions(
      brief({ sessionId: "a\u202eb", title: "<b>\u202e\n\u001b[31m", cwd: "/srv/\u202e" }),
    );
    deepStrictEqual([hostile!.sessionId, hostile!.title, hostile!.cwd], [
      "a\u202eb",
      "<b>\ufffd \ufffd[31m",
      "/srv/\ufffd",
    ]);
  });
  await t.step("an answer that is not brief has none", () => deepStrictEqual(readSessions({}), []));
});
