/**
 * Sums of agents that have no record of a response: they are in every sum of tokens and money, and nowhere among turns. The
 * agent is made for this (support/tally_agent.ts).
 *
 * Prices, in US dollars per million tokens: claude-opus-4-6 is 5 in, 25 out, 0.5 read, 6.25 written; gemini-2.5-pro 1.25 in
 * and 10 out, and twice as much in for prompts above 200,000, which no sum is a prompt of.
 */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { withTallyHome } from "./support/run_tally.ts";
import { registerTally } from "./support/tally_agent.ts";

registerTally();

const NOW = ["--as-of", "2026-11-20T12:00:00Z"];
const OPUS = { provider: "anthropic", model: "claude-opus-4-6" };

/** 1,000,000 * 5 + 2,000,000 * 0.5 + 100,000 * 25 = 8.5 million, and with gemini 1,000,000 * 1.25: $9.75. */
const ALONE = [
  { kind: "session", id: "alone", cwd: "/srv/a", at: "2026-11-18T23:50:00Z" },
  {
    ...{ kind: "total", id: "alone:opus", ...OPUS, at: "2026-11-18T23:50:00Z", last: "2026-11-20T10:00:00Z" },
    ...{ inputs: 1_000_000, cacheRead: 2_000_000, output: 100_000, requests: 40 },
  },
  {
    ...{ kind: "total", id: "alone:gemini", provider: "google", model: "gemini-2.5-pro", at: "2026-11-18T23:55:00Z" },
    ...{ inputs: 1_000_000, requests: 2 },
  },
];

/** Two turns, 6250 * 1 + 1000 * 0.5 + 1000 * 25 = 31,750 millionths, and a sum whose price its agent knows: $0.25. */
const BOTH = [
  { kind: "session", id: "both", cwd: "/srv/b", at: "2026-11-20T09:00:00Z" },
  { kind: "total", id: "both:carried", ...OPUS, at: "2026-11-20T09:00:00Z", inputs: 300, usd: 0.25 },
  { kind: "turn", id: "b1", ...OPUS, at: "2026-11-20T09:05:00Z", cacheWrite: 1000, output: 400 },
  { kind: "turn", id: "b2", ...OPUS, at: "2026-11-20T09:10:00Z", cacheRead: 1000, output: 600 },
];

const UNPRICED = [
  { kind: "session", id: "unpriced", cwd: "/srv/c", at: "2026-11-20T08:00:00Z" },
  { kind: "total", id: "unpriced:1", model: "acme-1", at: "2026-11-20T08:00:00Z", inputs: 500 },
];

Deno.test("sums are in all sums, and are no turns", () =>
  withTallyHome(async (home) => {
    await home.write("alone.jsonl", ALONE);
    await home.write("both.jsonl", BOTH);
    await home.write("unpriced.jsonl", UNPRICED);
    const { sessions, totalCost } = await home.ask(["sessions", ...NOW]);
    const byId = Object.fromEntries(sessions.map((session: { sessionId: string }) => [session.sessionId, session]));
    const { alone, both, unpriced } = byId;
    deepStrictEqual([alone.turns, alone.totals, alone.cost.usd, alone.usage.cacheRead, alone.models.length], [
      ...[0, { count: 2, requests: 42 }, 9.75, 2_000_000, 2],
    ]);
    deepStrictEqual([both.turns, both.totals, both.cost, both.usage.input], [
      ...[2, { count: 1 }, { usd: 0.28175, basis: "mixed", unpricedTurns: 0 }, 300],
    ]);
    deepStrictEqual([unpriced.turns, unpriced.cost], [0, { usd: 0, basis: "none", unpricedTurns: 1 }]);
    strictEqual(totalCost.usd, 10.03175);

    // Both caches: of one nobody can know, the other is what its turns left.
    const { state, reason, resumeUsd, tokens } = alone.cache;
    deepStrictEqual([state, tokens, resumeUsd], ["unknown", 0, undefined]);
    match(reason, /records sums and no single responses/);
    deepStrictEqual([both.cache.state, both.cache.tokens, both.cache.expiresAt], [
      ...["cold", 1000, "2026-11-20T09:15:00.000Z"],
    ]);
    deepStrictEqual((await home.ask(["sessions", "--cache", "unknown", ...NOW])).total, 2);

    // On the day on which each began, however long it went on.
    const days = await home.ask(["cost", "--by", "day", ...NOW]);
    deepStrictEqual(
      days.rows.map(({ key, turns, totals, cost }: Record<string, unknown>) => [key, turns, totals, cost]),
      [
        ["2026-11-18", 0, { count: 2, requests: 42 }, { usd: 9.75, basis: "computed", unpricedTurns: 0 }],
        ["2026-11-20", 2, { count: 2 }, { usd: 0.28175, basis: "mixed", unpricedTurns: 1 }],
      ],
    );
    strictEqual(
      days.notes[0],
      "2 sessions are known only as sums, 1 session is known partly as sums: each is counted on its first day.",
    );
    match(days.notes[1], /^1 turn or sum has no known price \(unknown\/acme-1\)/);
    for (const by of ["model", "provider", "project", "source", "session", "hour", "month"]) {
      const { total, notes } = await home.ask(["cost", "--by", by]);
      deepStrictEqual([total.turns, total.cost.usd], [2, 10.03175], by);
      strictEqual(notes[0].includes("known only as sums"), by === "hour" || by === "month", by);
    }
    // For a team: rows that say what they are.
    const exported = await home.print(["export", "--format", "jsonl", "--person", "anna"]);
    const rows = exported.trimEnd().split("\n").map((line): Record<string, unknown> => JSON.parse(line));
    deepStrictEqual(
      rows.map(({ session_id, is_total, usd }) => [session_id, is_total, usd]).sort(),
      [
        ["alone", 1, 1.25],
        ["alone", 1, 8.5],
        ["both", 0, 0.00625 + 0.01],
        ["both", 0, 0.0005 + 0.015],
        ["both", 1, 0.25],
        ["unpriced", 1, null],
      ].sort(),
    );
    const since = await home.ask(["cost", "--by", "model", "--since", "2026-11-19", ...NOW]);
    deepStrictEqual([since.total.turns, since.total.cost.usd], [2, 0.28175]);
    // In the quarter of an hour of both sums: the range cuts through it.
    const cut = await home.ask(["cost", "--since", "2026-11-18T23:52:00Z", "--until", "2026-11-19", ...NOW]);
    deepStrictEqual([cut.total.turns, cut.total.totals, cut.total.cost.usd], [0, { count: 1, requests: 2 }, 1.25]);
    // Before the second sum: the first is there as a whole.
    const past = await home.ask(["sessions", "--as-of", "2026-11-18T23:52:00Z"]);
    deepStrictEqual(past.sessions.map(({ sessionId, cost }: Record<string, unknown>) => [sessionId, cost]), [
      ["alone", { usd: 8.5, basis: "computed", unpricedTurns: 0 }],
    ]);
    deepStrictEqual((await home.ask(["cost", "--as-of", "2026-11-18T23:52:00Z"])).total.cost.usd, 8.5);

    const { today, notes } = await home.ask(["overview", ...NOW]);
    deepStrictEqual([today.turns, today.sessions, today.cost.usd], [2, 2, 0.28175]);
    // Of sixty days.
    match(notes[0], /^2 sessions are known only as sums, 1 session is known partly as sums/);

    const one = await home.ask(["session", "both", "--turns", ...NOW]);
    deepStrictEqual(
      [one.totals.turns, one.turns.length, one.turns.map(({ outcome }: { outcome: string }) => outcome)],
      [
        ...[2, 2, ["first", "hit"]],
      ],
    );
    deepStrictEqual(one.misses, { turns: 0, tokens: 0, usd: 0, byCause: {} });
    const other = await home.ask(["session", "alone", "--turns", ...NOW]);
    deepStrictEqual([other.turns, other.misses], [[], { turns: 0, tokens: 0, byCause: {} }]);
    deepStrictEqual((await home.ask(["cache", ...NOW])).lifetimes, []);
  }));

Deno.test("what people read of sums", () =>
  withTallyHome(async (home) => {
    await home.write("alone.jsonl", ALONE);
    await home.write("both.jsonl", BOTH);
    const session = await home.print(["session", "alone", "--turns", ...NOW]);
    match(session, /^Turns +-, known as 2 sums of 42 requests$/m);
    match(session, /^Misses +\?$/m);
    match(session, /^Cache +unknown\n +because +its agent records sums and no single responses$/m);
    match(session, /^Its agent records sums and no single responses\.$/m);
    match(session, /^anthropic\/claude-opus-4-6 +- /m);
    match(await home.print(["session", "both", ...NOW]), /^Turns +2, and 1 sum$/m);
    match(await home.print(["sessions", ...NOW]), /^.*\balone .* - +1d 10h +4\.10M/m);
    match(await home.print(["cost", ...NOW]), /^2026-11-18 +- /m);
    match(await home.print(["overview", ...NOW]), /^Today .* 2 +1 +\S+$/m);
    match(await home.print(["overview", "--as-of", "2026-11-18T23:59:00Z"]), /^Today .* - +1 +\S+$/m);
  }));

Deno.test("a sum that grows, and its copies", () =>
  withTallyHome(async (home) => {
    const header = { kind: "session", id: "s", cwd: "/srv", at: "2026-11-20T09:00:00Z" };
    const sum = (inputs: number) => ({ kind: "total", id: "s:1", ...OPUS, at: "2026-11-20T09:00:00Z", inputs });
    const filler = { kind: "note", id: "x".repeat(5000) };
    const check = async (what: string, tokens: number, usd: number) => {
      const [kept, fresh, none] = await home.answers() as Record<string, unknown>[];
      deepStrictEqual(kept, fresh, what);
      deepStrictEqual(kept, none, what);
      const { sessions, turns, buckets } = kept as {
        sessions: { usage: { input: number }; cost: { usd: number }; totals: unknown; turns: number }[];
        turns: unknown[];
        buckets: { turns: number; usage: { input: number } }[];
      };
      deepStrictEqual(sessions.map(({ usage, cost, totals, turns }) => [usage.input, cost.usd, totals, turns]), [
        [tokens, usd, { count: 1 }, 0],
      ], what);
      deepStrictEqual(turns, [["s", []]], what);
      deepStrictEqual(buckets.map(({ turns, usage }) => [turns, usage.input]), [[0, tokens]], what);
    };
    // One that is long, so that the index goes on from where it was.
    await home.write("s.jsonl", [header, filler, sum(1000)]);
    await check("at first", 1000, 0.005);
    await home.append("s.jsonl", sum(3000));
    await check("a later one in its place", 3000, 0.015);
    await home.append("s.jsonl", sum(2000));
    await check("also where it is less", 2000, 0.01);
    await home.write("backup/s.jsonl", [header, sum(500)]);
    await check("a copy of before", 2000, 0.01);
    await home.write("backup/s.jsonl", [header, sum(4000)]);
    await check("the larger of two", 4000, 0.02);
    await home.append("s.jsonl", sum(5000));
    await check("until the other is", 5000, 0.025);
    await home.remove("s.jsonl");
    await check("and what is left", 4000, 0.02);
  }));

Deno.test("sums and turns of one conversation in logs of their own", () =>
  withTallyHome(async (home) => {
    const [header, carried, ...turns] = BOTH;
    await home.write("a.jsonl", [header!, carried!]);
    await home.write("b.jsonl", [header!, ...turns]);
    const [kept, fresh] = await home.answers() as { sessions: { chains: unknown[]; turns: number; cost: unknown }[] }[];
    deepStrictEqual(kept, fresh);
    const [session] = kept!.sessions;
    deepStrictEqual([session!.turns, session!.cost, session!.chains.length], [
      ...[2, { usd: 0.28175, basis: "mixed", unpricedTurns: 0 }, 1],
    ]);
  }));
