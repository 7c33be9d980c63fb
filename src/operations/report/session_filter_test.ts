import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { seededRandom } from "../../../tests/support/random.ts";
import { AgentError } from "../../core/errors.ts";
import { NO_USAGE } from "../../core/model.ts";
import type { ModelRollup } from "../../core/rollup.ts";
import type { SessionReport } from "../../core/session_report.ts";
import {
  filterSessions,
  matchesProject,
  namesOfProject,
  resolveProject,
  type SessionFilter,
  shortestPrefixes,
  SORT_KEYS,
  type SortKey,
  sortSessions,
  takePage,
} from "./session_filter.ts";

const NONE = { usd: 0, basis: "none", unpricedTurns: 0 } as const;

function report(sessionId: string, rest: Partial<SessionReport> = {}): SessionReport {
  return {
    source: "pi",
    sessionId,
    file: `/logs/${sessionId}.jsonl`,
    turns: 1,
    models: [],
    usage: NO_USAGE,
    cost: NONE,
    subagents: 0,
    files: [`/logs/${sessionId}.jsonl`],
    chains: [],
    cacheBasis: { resume: {} },
    cache: { state: "cold", strategy: "unknown", tokens: 0 },
    ...rest,
  };
}

function model(provider: string, name: string): ModelRollup {
  return { provider, model: name, turns: 1, usage: NO_USAGE, cost: NONE };
}

/** Whether a session passes. */
function passes(report: SessionReport, filter: Parameters<typeof filterSessions>[1]): boolean {
  return filterSessions([report], filter).length === 1;
}

Deno.test("filterSessions()", async (t) => {
  const session = report("a", {
    source: "claude",
    cwd: "/srv/App",
    startedAt: 1000,
    lastActivityAt: 5000,
    models: [model("anthropic", "claude-sonnet-4-5"), model("openai", "gpt-5.5")],
    cache: { state: "warm", strategy: "anthropic_ephemeral", tokens: 10 },
  });
  const rows: [filter: SessionFilter, expected: boolean][] = [
    [{}, true],
    [{ source: ["pi", "claude"] }, true],
    [{ source: ["pi"] }, false],
    [{ model: "SONNET" }, true],
    [{ model: "gpt-5.5" }, true],
    [{ model: "gpt-5.6" }, false],
    [{ provider: "OpenAI" }, true],
    [{ provider: "open" }, false],
    [{ cache: ["warm", "maybe"] }, true],
    [{ cache: ["cold"] }, false],
    [{ since: 5000 }, true],
    [{ since: 5001 }, false],
    [{ until: 5000 }, false],
    [{ until: 5001 }, true],
    [{ project: "app", source: ["claude"], since: 1, until: 9000 }, true],
    [{ project: "app", source: ["pi"] }, false],
  ];
  for (const [filter, expected] of rows) {
    await t.step(JSON.stringify(filter), () => strictEqual(passes(session, filter), expected));
  }
  await t.step("a session without activity goes by its start", () => {
    strictEqual(passes(report("a", { startedAt: 10 }), { since: 10 }), true);
    strictEqual(passes(report("a"), { since: 0 }), false);
  });
});

Deno.test("filterSessions() by words", async (t) => {
  const session = report("01A1fb64-8", {
    cwd: "/srv/Shop/api",
    title: "Fix the LOGIN page",
    traceId: "9f86d081884c7d65",
    models: [model("anthropic", "claude-sonnet-4-5"), model("openai", "gpt-5.5")],
    file: "/logs/other.jsonl",
  });
  const rows: [search: string, expected: boolean][] = [
    ["login", true],
    ["shop", true],
    ["01a1", true],
    ["GPT-5", true],
    ["9F86", true],
    // Each word has a place of its own.
    ["page sonnet shop 81884", true],
    ["  page\tsonnet\n", true],
    ["page opus", false],
    // Neither who bills nor which agent it was, nor the log.
    ["anthropic", false],
    ["pi ", true],
    ["other", false],
    ["", true],
    ["   ", true],
    ["fix.the", false],
  ];
  for (const [search, expected] of rows) {
    await t.step(JSON.stringify(search), () => strictEqual(passes(session, { search }), expected));
  }
  await t.step("what has no title, directory or trace", () => {
    strictEqual(passes(report("b"), { search: "b" }), true);
    strictEqual(passes(report("b"), { search: "undefined" }), false);
  });
  await t.step("as one of the conditions of a filter", () => {
    strictEqual(passes(session, { search: "login", source: ["pi"] }), true);
    strictEqual(passes(session, { search: "login", source: ["codex"] }), false);
  });
});

Deno.test("matchesProject()", async (t) => {
  const rows: [cwd: string | undefined, project: string, expected: boolean][] = [
    ["/srv/app", "/srv/app", true],
    ["/srv/app", "/srv/app/", true],
    ["/srv/app/sub", "/srv/app", true],
    ["/srv/apple", "/srv/app", false],
    ["/srv/apple", "app", true],
    ["/srv/APP", "app", true],
    ["/srv/app", "/", true],
    ["C:\\src\\app", "C:\\src", true],
    ["c:\\src\\app", "C:\\src", true],
    ["C:\\Src\\app", "c:/src/", true],
    ["c:/src/app", "C:\\src\\APP", true],
    ["\\\\?\\C:\\src\\app", "C:\\src", true],
    ["C:\\srcs\\app", "C:\\src", false],
    ["D:\\src\\app", "C:\\src", false],
    ["C:\\src\\app", "src/app", true],
    ["c:/src/app", "SRC\\app", true],
    ["/srv/app", "srv\\app", false],
    [undefined, "app", false],
  ];
  for (const [cwd, project, expected] of rows) {
    await t.step(`${cwd} in ${project}`, () => strictEqual(matchesProject(cwd, project), expected));
  }
});

/** Ties in every key, and sessions without a time. */
const SESSIONS = ["d", "b", "a", "c", "e", "f"].map((id, index) =>
  report(id, {
    lastActivityAt: index < 4 ? 100 + (index >> 1) : undefined,
    durationMs: index < 4 ? 10 * (index >> 1) : undefined,
    turns: index % 3,
    totals: index === 3 ? { count: 1 } : undefined,
    missUsd: index > 1 ? index & 2 : undefined,
    cost: { ...NONE, usd: index % 2 },
    usage: { ...NO_USAGE, input: index % 3 },
  })
);

Deno.test("sortSessions()", async (t) => {
  const rows: [sort: SortKey, expected: string][] = [
    // last: a, c at 101; b, d at 100; e and f never.
    ["last", "acbdef"],
    // cost: b (1), c (3), f (5) cost a dollar.
    ["cost", "bcfade"],
    // tokens: a (2), f (5) have 2; b (1), e (4) have 1; c (3), d (0) none.
    ["tokens", "afbecd"],
    // turns: a (2), f (5) have 2; b (1), e (4) 1; d (0) none; of c (3) sums are known and no turns.
    ["turns", "afbedc"],
    // duration: a (2), c (3) took 10 ms; b (1), d (0) none; of e and f it is not known.
    ["duration", "acbdef"],
    // missUsd: a (2), c (3) cost 2; e (4), f (5) nothing; of b and d it is not known.
    ["missUsd", "acefbd"],
  ];
  for (const [sort, expected] of rows) {
    await t.step(sort, () => {
      strictEqual(sortSessions(SESSIONS, sort).map(({ sessionId }) => sessionId).join(""), expected);
      strictEqual(sortSessions(SESSIONS.toReversed(), sort).map(({ sessionId }) => sessionId).join(""), expected);
    });
  }
});

Deno.test("sortSessions() of which the first alone are needed", () => {
  for (const sort of SORT_KEYS) {
    const all = sortSessions(SESSIONS, sort).map(({ sessionId }) => sessionId);
    for (let first = 1; first <= SESSIONS.length + 1; first++) {
      const some = sortSessions(SESSIONS, sort, first).map(({ sessionId }) => sessionId);
      deepStrictEqual(some.slice(0, first), all.slice(0, first));
      deepStrictEqual(some.toSorted(), all.toSorted());
    }
  }
});

Deno.test("takePage() gives every session once, whatever the size of the pages", () => {
  const random = seededRandom(11);
  for (let round = 0; round < 200; round++) {
    const sort = SORT_KEYS[round % SORT_KEYS.length]!;
    const sessions = Array.from({ length: Math.floor(random() * 12) }, (_, index) =>
      report(`s${index}`, {
        // Two sessions of one log, times that tie, and none at all.
        file: `/logs/${index >> 1} ü.jsonl`,
        lastActivityAt: random() < 0.2 ? undefined : Math.floor(random() * 3),
        cost: { ...NONE, usd: Math.floor(random() * 3) / 10 },
        usage: { ...NO_USAGE, output: Math.floor(random() * 3) },
        turns: Math.floor(random() * 3),
        totals: random() < 0.2 ? { count: 1 } : undefined,
        durationMs: random() < 0.2 ? undefined : Math.floor(random() * 3),
        missUsd: random() < 0.2 ? undefined : Math.floor(random() * 3) / 10,
      }));
    const sorted = sortSessions(sessions, sort);
    const limit = 1 + Math.floor(random() * 4);
    const seen: SessionReport[] = [];
    let cursor: string | undefined;
    do {
      const page = takePage(sorted, sort, limit, cursor);
      ok(page.items.length === limit || page.nextCursor === undefined);
      seen.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    deepStrictEqual(seen, sorted);
  }
});

Deno.test("takePage()", async (t) => {
  const sorted = sortSessions(SESSIONS, "last");
  await t.step("0 is all", () => deepStrictEqual(takePage(sorted, "last", 0, undefined), { items: sorted }));
  await t.step("as many as there are needs no next page", () => {
    deepStrictEqual(takePage(sorted, "last", 6, undefined), { items: sorted });
  });
  await t.step("the cursor is a place: new sessions before it move nothing, and its own session may be gone", () => {
    const { nextCursor } = takePage(sorted, "last", 3, undefined);
    const later = sortSessions(
      [report("new", { lastActivityAt: 999 }), ...SESSIONS.filter(({ sessionId }) => sessionId !== "b")],
      "last",
    );
    strictEqual(takePage(later, "last", 0, nextCursor).items.map(({ sessionId }) => sessionId).join(""), "def");
  });
  await t.step("all of the rest after a cursor", () => {
    const { nextCursor } = takePage(sorted, "last", 1, undefined);
    strictEqual(takePage(sorted, "last", 0, nextCursor).items.length, 5);
  });
});

Deno.test("takePage() refuses a cursor that is none of this list's", async (t) => {
  const encode = (value: unknown) => btoa(encodeURIComponent(JSON.stringify(value)));
  const rows: [name: string, cursor: string][] = [
    ["nothing", ""],
    ["no base 64", "%%%"],
    ["no JSON", btoa("hello")],
    ["a broken escape", btoa("%E0%A4%A")],
    ["null", encode(null)],
    ["a number", encode(7)],
    ["a text", encode("last")],
    ["an object", encode({})],
    ["an empty list", encode([])],
    ["another order's", encode(["cost", 1, "/logs/a.jsonl", "a"])],
    ["a value that is no number", encode(["last", "1", "/logs/a.jsonl", "a"])],
    ["no file", encode(["last", 1, null, "a"])],
    ["no session", encode(["last", 1, "/logs/a.jsonl"])],
  ];
  for (const [name, cursor] of rows) {
    await t.step(name, () => {
      throws(
        () => takePage(SESSIONS, "last", 5, cursor),
        (error) => error instanceof AgentError && error.code === "usage" && error.hint !== undefined,
      );
    });
  }
});

Deno.test("shortestPrefixes()", async (t) => {
  const rows: [name: string, ids: string[], minimum: number | undefined, expected: Record<string, string>][] = [
    ["none", [], undefined, {}],
    ["one", ["0123456789"], undefined, { "0123456789": "01234567" }],
    ["as long as needed", ["aab1", "aab2", "b"], 1, { aab1: "aab1", aab2: "aab2", b: "b" }],
    ["one is the beginning of another", ["abc", "abcdef"], 1, { abc: "abc", abcdef: "abcd" }],
    ["the same id twice", ["abcd", "abcd"], 2, { abcd: "ab" }],
  ];
  for (const [name, ids, minimum, expected] of rows) {
    await t.step(name, () => {
      const short = shortestPrefixes(ids, minimum);
      deepStrictEqual(Object.fromEntries(ids.map((id) => [id, short.get(id)])), expected);
      deepStrictEqual(short.get("nobody's"), undefined);
    });
  }
});

Deno.test("a project is a directory where it begins with . or ~, and else part of a path", async (t) => {
  const context = { resolvePath: (path: string) => [`/resolved/${path}`, `/linked/${path}`] };
  const rows: [typed: string, isDirectory: boolean][] = [
    [".", true],
    ["..", true],
    ["./x", true],
    ["..\\x", true],
    ["~", true],
    ["~/a/../b", true],
    ["~name", false],
    [".hidden", false],
    ["...", false],
    ["shop", false],
    ["a/./b", false],
    ["/abs/../x", false],
    ["", false],
  ];
  for (const [typed, isDirectory] of rows) {
    await t.step(JSON.stringify(typed), () => {
      deepStrictEqual(namesOfProject(typed, context), isDirectory ? context.resolvePath(typed) : [typed]);
      strictEqual(resolveProject(typed, context), isDirectory ? `/resolved/${typed}` : typed);
    });
  }
});
