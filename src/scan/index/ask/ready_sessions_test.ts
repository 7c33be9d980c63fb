/** Which texts of sessions go for the next answer: what the program itself writes is held by tests/written_sessions_test.ts. */
import { deepStrictEqual } from "node:assert/strict";
import { join } from "node:path";
import { withTemporaryDirectory } from "../../../../tests/support/run_agent.ts";
import type { LifetimeTable } from "../../../core/cache/strategy.ts";
import type { IndexStore } from "../tables/store.ts";
import type { LazyReport } from "./lazy_report.ts";
import { ReadySessions } from "./ready_sessions.ts";

interface Session {
  readonly isLongCold?: boolean;
  readonly isDeleted?: true;
  readonly otherTotal?: number;
}

/** An index with a row for each session. @param seal Of each */
function storeOf(count: number, seal: (place: number) => number): IndexStore {
  const rows = Array.from({ length: count }, (_, place) => `${place} ${seal(place)} 0`).join();
  const total = Array.from({ length: count }, (_, place) => seal(place)).reduce((sum, seal) => sum + seal, 0);
  return { get: () => ({ rows }), readTally: () => ({ rows: count, total }) } as unknown as IndexStore;
}

/** @returns all texts, joined, and which sessions were written anew */
function answer(path: string, store: IndexStore, sessions: readonly Session[], isSaved = true) {
  const lifetimes = { lookUp: () => undefined } as unknown as LifetimeTable;
  const ready = new ReadySessions(path, store, lifetimes, sessions.length, isSaved);
  const reports = sessions.map((session, place) => ({ isLongCold: true, cacheBasis: {}, ...session, place }));
  const made: number[] = [];
  const make = ({ place, otherTotal }: LazyReport) => {
    made.push(place);
    return `{"session":${place},"total":${otherTotal ?? 0}}`;
  };
  const write = (report: LazyReport) => report.otherTotal === undefined ? make(report) : undefined;
  const all = reports as unknown as LazyReport[];
  const text = ready.join(all, () => true, ({ place }) => `s${place}`, write, make).join("");
  ready.save();
  return { text: JSON.parse(`[${text}]`) as { readonly session: number; readonly total: number }[], made };
}

Deno.test("a text goes for as long as its row, and what its agent says that it cost, are the same", async (t) => {
  const plain: readonly Session[] = Array.from({ length: 40 }, (_, place) => place === 7 ? { otherTotal: 3 } : {});
  const change = (place: number, session: Session) => plain.with(place, session);
  const rows: [what: string, sessions: readonly Session[], seal: (place: number) => number, made: number[]][] = [
    ["nothing changed", plain, () => 1, []],
    ["another row", plain, (place) => place === 5 ? 2 : 1, [5]],
    ["another total", change(7, { otherTotal: 4 }), () => 1, [7]],
    ["a total that is none any more", change(7, {}), () => 1, [7]],
    ["a total that was none before", change(9, { otherTotal: 2 }), () => 1, [9]],
    ["a cache that may be warm", change(3, { isLongCold: false }), () => 1, [3]],
    ["a session that was deleted", change(39, { isDeleted: true }), () => 1, [39]],
  ];
  for (const [what, sessions, seal, made] of rows) {
    for (const isSaved of [true, false]) {
      await t.step(
        `${what}${isSaved ? "" : ", in what is not saved yet"}`,
        () =>
          withTemporaryDirectory((directory) => {
            const path = join(directory, "index");
            deepStrictEqual(answer(path, storeOf(40, () => 1), plain).made.length, 40);
            const again = answer(path, storeOf(40, seal), sessions, isSaved);
            deepStrictEqual(again.made, made);
            const expected = sessions.map(({ otherTotal = 0 }, session) => ({ session, total: otherTotal }));
            deepStrictEqual(again.text, expected);
          }),
      );
    }
  }
});
