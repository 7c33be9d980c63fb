import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { SessionStamps } from "../../export/session_stamps.ts";
import type { SessionLister } from "../../scan/index/ask/list_sessions.ts";
import { SessionOrder } from "./order_sessions.ts";

type Row = readonly [sessionId: string, mark: number, startedAt?: number, lastActivityAt?: number];

/** Their ids are their places, and ten more. */
function sessions(rows: readonly Row[]): Pick<SessionLister, "list"> {
  return {
    list: (nameOf) => ({
      ids: Float64Array.from(rows.keys(), (place) => place + 10),
      startedAt: Float64Array.from(rows, ([, , at = NaN]) => at),
      lastActivityAt: Float64Array.from(rows, ([, , , at = NaN]) => at),
      marks: Uint32Array.from(rows, ([, mark]) => mark),
      names: Float64Array.from(rows, ([sessionId]) => nameOf("a", sessionId)),
    }),
  };
}

/** Ids of what changed, by names, in order. All of it is then marked as read. */
function changed(order: SessionOrder, before: SessionStamps = SessionStamps.NONE, since = 0) {
  return Array.from(order.changedSince(before, since), (name) => {
    order.markRead(name);
    return [...order.idsOf(name)];
  });
}

Deno.test("sessions that changed come in order of time, those of one name together", () => {
  const before: Row[] = [["late", 1, 30, 40], ["early", 2, 10, 20], ["late", 3, 20, 50], ["timeless", 4]];
  const first = new SessionOrder(sessions(before));
  deepStrictEqual(changed(first), [[13], [11], [10, 12]]);
  strictEqual(first.isWhole, true);
  const rows: [what: string, now: readonly Row[], ids: readonly (readonly number[])[]][] = [
    ["nothing", before, []],
    ["nothing, in other rows", [before[3]!, before[2]!, before[1]!, before[0]!], []],
    ["one of two of a name", before.with(2, ["late", 9, 20, 50]), [[10, 12]]],
    ["one less of a name", before.slice(1), [[11]]],
    ["one more", [...before, ["early", 5, 12, 20]], [[11, 14]]],
  ];
  for (const [what, now, ids] of rows) {
    deepStrictEqual(changed(new SessionOrder(sessions(now)), first.stamps), ids, what);
  }
});

Deno.test("what was used last before a time is left out, and not remembered as read", () => {
  const order = new SessionOrder(sessions([["old", 1, 10, 20], ["new", 2, 10, 30], ["timeless", 3]]));
  deepStrictEqual(changed(order, SessionStamps.NONE, 30), [[12], [11]]);
  strictEqual(order.isWhole, false);
  deepStrictEqual(changed(order, order.stamps), [[10]]);
});

Deno.test("a session is there by the name that a row has", () => {
  const order = new SessionOrder(sessions([["s\0", 1], ["t", 2]]));
  deepStrictEqual(["s\ufffd", "s\0", "t", "u"].map((id) => order.has("a", id)), [true, true, true, false]);
  strictEqual(order.has("b", "t"), false);
});
