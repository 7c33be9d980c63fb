import { deepStrictEqual, ok } from "node:assert/strict";
import { seededRandom } from "../../../../tests/support/random.ts";
import { addsTotal, SessionNeighbours } from "../../../core/cost/tool_total.ts";
import { addTurns, type SessionTurn } from "../../../core/rollup.ts";
import type { Session } from "../../../core/session.ts";
import { Prices } from "../../prices/prices.ts";
import { makeSession, mergeFacts } from "../sums/make_session.ts";
import { encodeSession } from "../sums/stored_session.ts";
import { readAddedTotals } from "../tables/added_totals.ts";
import { readHeads } from "../tables/session_heads.ts";
import { IndexStore } from "../tables/store.ts";
import { weighTotals } from "./weigh_totals.ts";

const prices = new Prices("/prices.json", undefined);

/** In one of a few directories, of one of a few processes, and with a total that is less, more, or none. */
async function anySession(random: () => number, number: number): Promise<Session> {
  const any = <T>(...values: readonly T[]) => values[Math.floor(random() * values.length)]!;
  const startedAt = 1000 + Math.floor(random() * 50);
  const totals = { usd: any(0.5, 1, 1.5, 2), ...any({}, { countedSince: any(990, 1010, 1030) }) };
  const turn: SessionTurn = {
    key: `turn-${number}`,
    at: startedAt + 5,
    model: { provider: "anthropic", model: "claude-sonnet-4-5" },
    usage: { input: 1, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 1 },
    chain: "main",
    usd: any(0.5, 1),
    basis: "computed",
    counted: true,
  };
  const facts = {
    ...{
      sessionId: `session-${number}`,
      cwd: any("/a", "/b", "", undefined),
      startedAt,
      lastActivityAt: startedAt + 9,
    },
    ...any({}, { toolTotal: totals }, { toolTotal: { ...totals, guessed: true } }),
    ...any({}, {}, {}, { parentSessionId: "session-0" }),
  };
  const state = addTurns(undefined, [turn])!;
  return await makeSession(any("claude", "pi"), mergeFacts([{ path: `/${number}`, facts }]), state, prices, Infinity);
}

Deno.test("a total is weighed as if all sessions had been looked at", async () => {
  const random = seededRandom(21);
  let [added, doubted] = [0, 0];
  for (let round = 0; round < 60; round++) {
    const sessions: Session[] = [];
    const count = 1 + 20 * random();
    for (let number = 0; number < count; number++) sessions.push(await anySession(random, number));
    const store = new IndexStore(":memory:");
    store.begin();
    for (const session of sessions) {
      const { cwd, figures, body } = encodeSession(session, true);
      store.insertSession([session.source, session.sessionId, "", null, cwd, figures, body]);
    }
    weighTotals(store, readHeads(store), () => []);
    const neighbours = new SessionNeighbours(sessions);
    const expected = sessions.flatMap((session, place) =>
      addsTotal(session, neighbours) ? [[place + 1, session.toolTotal!.usd]] : []
    );
    deepStrictEqual(readAddedTotals(store), expected);
    added += expected.length;
    doubted += sessions.filter((session) => addsTotal(session, new SessionNeighbours([session]))).length;
    store.close();
  }
  ok(added > 50 && doubted > added + 20, `${added} of ${doubted}`);
});
