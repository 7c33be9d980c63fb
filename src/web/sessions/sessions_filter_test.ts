import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { NO_COST } from "../../core/cost/cost.ts";
import { NO_USAGE } from "../../core/model.ts";
import type { ListedSession } from "./read_sessions.ts";
import {
  COLUMN_KEYS,
  filterSessions,
  FIRST_COLUMNS,
  orderSessions,
  readColumns,
  readSessionsFilter,
  readSorting,
  switchColumn,
  switchSorting,
} from "./sessions_filter.ts";

function session(sessionId: string, rest: Partial<ListedSession> = {}): ListedSession {
  return {
    source: "pi",
    sessionId,
    shortId: sessionId,
    isDeleted: false,
    subagents: 0,
    models: [],
    usage: NO_USAGE,
    cost: NO_COST,
    cache: { state: "cold", tokens: 0 },
    text: sessionId,
    ...rest,
  };
}

const usd = (usd: number) => ({ ...NO_COST, usd, basis: "computed" as const });

Deno.test("filterSessions() by what the address says", async (t) => {
  const sessions = [
    session("a", { text: "fix the login\n/srv/api", cost: usd(2), misses: 1 }),
    session("b", { text: "login page\n/srv/web", cost: usd(0.5), subagents: 1 }),
    session("c", { text: "other", cost: { ...NO_COST, unpricedTurns: 1 }, cache: { state: "warm", tokens: 1 } }),
  ];
  const rows: [query: Record<string, string>, left: string][] = [
    [{}, "abc"],
    [{ q: "login" }, "ab"],
    [{ q: "  LOGIN   api " }, "a"],
    [{ q: "login nothing" }, ""],
    [{ cache: "warm" }, "c"],
    [{ cache: "warm,cold" }, "abc"],
    // A state that there is not is no filter.
    [{ cache: "hot" }, "abc"],
    [{ above: "1" }, "a"],
    [{ above: "0.5" }, "ab"],
    [{ above: "much" }, "abc"],
    [{ above: "-1" }, "abc"],
    [{ misses: "yes" }, "a"],
    [{ subagents: "yes" }, "b"],
    [{ subagents: "maybe" }, "abc"],
  ];
  for (const [query, left] of rows) {
    await t.step(JSON.stringify(query), () => {
      const found = filterSessions(sessions, readSessionsFilter(query)).map(({ sessionId }) => sessionId);
      strictEqual(found.join(""), left);
    });
  }
});

Deno.test("orderSessions(): what is not known comes last, whichever way", async (t) => {
  const sessions = [
    session("a", {
      lastActivityAt: 3,
      turns: 1,
      cost: usd(1),
      title: "b",
      cache: { state: "warm", tokens: 1, expiresAt: 5 },
    }),
    session("b", { startedAt: 9, turns: 5, cost: { ...NO_COST, unpricedTurns: 2 }, title: "A" }),
    session("c", { cost: usd(4), missUsd: 1, misses: 1, cache: { state: "warm", tokens: 1, expiresAt: 7 } }),
    session("d", { lastActivityAt: 3, misses: 0, cost: NO_COST, cache: { state: "maybe", tokens: 1 } }),
  ];
  const rows: [sort: string | undefined, order: string][] = [
    [undefined, "badc"],
    ["last:up", "adbc"],
    ["nothing", "badc"],
    ["turns", "bacd"],
    ["turns:up", "abcd"],
    ["cost", "cadb"],
    ["cost:up", "dacb"],
    // Text begins with its first letter.
    ["title", "bacd"],
    ["title:down", "abcd"],
    ["missUsd", "cdab"],
    ["cache", "cadb"],
  ];
  for (const [sort, order] of rows) {
    await t.step(sort ?? "none", () => {
      const ordered = orderSessions(sessions, readSorting(sort === undefined ? {} : { sort }));
      strictEqual(ordered.map(({ sessionId }) => sessionId).join(""), order);
    });
  }
});

Deno.test("switchSorting(): a second click turns it round", () => {
  strictEqual(switchSorting({ by: "last", isUp: false }, "cost"), "cost:down");
  strictEqual(switchSorting({ by: "cost", isUp: false }, "cost"), "cost:up");
  strictEqual(switchSorting({ by: "cost", isUp: true }, "cost"), "cost:down");
  strictEqual(switchSorting({ by: "cost", isUp: false }, "title"), "title:up");
});

Deno.test("columns: the address before what was kept, and never none", async (t) => {
  const rows: [cols: string | undefined, kept: string | undefined, shown: readonly string[]][] = [
    [undefined, undefined, FIRST_COLUMNS],
    [undefined, "cost,last", ["last", "cost"]],
    ["title", "cost,last", ["title"]],
    ["nothing", undefined, FIRST_COLUMNS],
    ["", "nothing", FIRST_COLUMNS],
  ];
  for (const [cols, kept, shown] of rows) {
    await t.step(
      `${cols} ${kept}`,
      () => deepStrictEqual(readColumns(cols === undefined ? {} : { cols }, kept), shown),
    );
  }
  deepStrictEqual(switchColumn(["last", "cost"], "title"), ["last", "title", "cost"]);
  deepStrictEqual(switchColumn(["last", "cost"], "last"), ["cost"]);
  deepStrictEqual(switchColumn(["cost"], "cost"), ["cost"]);
  deepStrictEqual(COLUMN_KEYS.filter((key) => !FIRST_COLUMNS.includes(key)), ["project", "tokens", "session", "trace"]);
});
