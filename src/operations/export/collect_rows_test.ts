import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { AgentError } from "../../core/errors.ts";
import { NO_USAGE } from "../../core/model.ts";
import type { FreshRow } from "../../export/merge_rows.ts";
import { SessionStamps } from "../../export/session_stamps.ts";
import type { BilledTurn } from "../../scan/index/ask/bill_session.ts";
import type { SessionLister } from "../../scan/index/ask/list_sessions.ts";
import { UnreadableLogError } from "../../scan/index/log_turns.ts";
import { type CollectOptions, collectRows } from "./collect_rows.ts";
import { turnId } from "./make_turn_row.ts";
import { SessionOrder } from "./order_sessions.ts";

function turn(key: string, fields: Partial<BilledTurn> = {}): BilledTurn {
  return {
    key,
    at: 1000,
    model: { provider: "acme", model: "m" },
    usage: NO_USAGE,
    chain: "main",
    basis: "none",
    counted: true,
    outcome: "first",
    expectedTokens: 0,
    missedTokens: 0,
    ...fields,
  };
}

interface Made {
  readonly turns: readonly BilledTurn[] | "deleted" | "unreadable";
  readonly startedAt?: number;
}

/** Goes through sessions `s0`, `s1`, …, whose marks are their numbers. @returns the keys that were taken, in order */
async function collect(made: readonly Made[], options: Partial<CollectOptions> = {}, known: readonly string[] = []) {
  const sessions: SessionLister = {
    list: (nameOf) => ({
      ids: Float64Array.from(made.keys()),
      startedAt: Float64Array.from(made, ({ startedAt = 0 }) => startedAt),
      lastActivityAt: new Float64Array(made.length).fill(5000),
      marks: Uint32Array.from(made.keys(), (id) => id + 1),
      names: Float64Array.from(made.keys(), (id) => nameOf("a", `s${id}`)),
    }),
    namesOf: (id) => ({ source: "a", sessionId: `s${id}` }),
  };
  const order = new SessionOrder(sessions);
  const read: number[] = [];
  const taken: FreshRow[] = [];
  const ids = new Set(known.map((key) => turnId("a", key)));
  const result = await collectRows(
    {
      billedTurns(id) {
        read.push(id);
        const { turns } = made[id]!;
        if (turns === "unreadable") return Promise.reject(new UnreadableLogError("/log", "it went away"));
        return Promise.resolve(turns === "deleted" ? undefined : turns);
      },
    },
    sessions,
    order,
    {
      add(rows) {
        for (const row of rows) ids.add(row.turn_id);
        taken.push(...rows);
        return Promise.resolve();
      },
      has: (id) => Promise.resolve(ids.has(id)),
    },
    {
      now: 9000,
      names: { person: "anna", host: "laptop", hash: [], without: [] },
      nameProjects: () => Promise.resolve(() => "shop"),
      stamps: SessionStamps.NONE,
      ...options,
    },
  );
  const named = new Map(
    made.flatMap(({ turns }) => typeof turns === "string" ? [] : turns.map(({ key }) => [turnId("a", key), key])),
  );
  return {
    ...result,
    stamps: order.stamps,
    isWhole: order.isWhole,
    read,
    taken: taken.map(({ turn_id }) => named.get(turn_id)),
  };
}

Deno.test("a session is read once, and again when it changed, or could not be read whole", async (t) => {
  const made: Made[] = [
    { turns: [turn("1")], startedAt: 2 },
    { turns: "unreadable" },
    { turns: "deleted" },
    { turns: [turn("2"), turn("3", { at: 3000 })], startedAt: 1 },
  ];
  const first = await collect(made);
  await t.step("in order of time", () => deepStrictEqual(first.taken, ["2", "3", "1"]));
  await t.step("and what was found is said", () => {
    deepStrictEqual([first.sessions, first.turns, first.unreadable, first.deleted], [3, 3, 1, 1]);
  });
  await t.step("only what could not be read, the next time", async () => {
    deepStrictEqual((await collect(made, { stamps: first.stamps })).read.sort(), [1, 2]);
  });
  await t.step("with others before, all of it", async () => {
    deepStrictEqual(
      (await collect(made, { stamps: new SessionStamps(Float64Array.of(1), Uint32Array.of(1)) })).read.length,
      4,
    );
  });
  await t.step("what was cut off is read again", async () => {
    const late = await collect(made, { since: 2000 });
    deepStrictEqual(late.taken, ["3"]);
    strictEqual((await collect(made, { stamps: late.stamps })).taken.length, 3);
  });
});

Deno.test("a fork's history under keys of its own is left out, once its original was exported", async (t) => {
  const fork = [
    turn("b1", { otherKeys: { original: "a1" } }),
    turn("b2", { otherKeys: { original: "a2" } }),
    turn("b3", { otherKeys: { original: "a3" } }),
    turn("b4"),
  ];
  const rows: [what: string, known: readonly string[], taken: readonly string[]][] = [
    ["the original is not known", [], ["b1", "b2", "b3", "b4"]],
    ["all of it is", ["a1", "a2", "a3"], ["b4"]],
    ["the beginning is", ["a1"], ["b2", "b3", "b4"]],
    ["the first that is not ends the replay", ["a1", "a3"], ["b2", "b3", "b4"]],
  ];
  for (const [what, known, taken] of rows) {
    await t.step(what, async () => deepStrictEqual((await collect([{ turns: fork }], {}, known)).taken, taken));
  }
  await t.step("a replay under a message's id", async () => {
    const replay = [turn("c1", { otherKeys: { replay: "m1" } }), turn("c2", { otherKeys: { replay: "m2" } })];
    deepStrictEqual((await collect([{ turns: replay }], {}, ["m1"])).taken, ["c2"]);
  });
});

Deno.test("an export that is to stop does so between two sessions", async () => {
  await rejects(
    collect([{ turns: [turn("1")] }], { signal: AbortSignal.abort() }),
    (error) => error instanceof AgentError && error.code === "interrupted",
  );
});
