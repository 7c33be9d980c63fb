import { deepStrictEqual, ok } from "node:assert/strict";
import { seededRandom } from "../../../../tests/support/random.ts";
import { randomRecords } from "../../../../tests/support/random_turns.ts";
import type { RecordedTurn } from "../../../agents/source.ts";
import type { SessionFacts } from "../../../core/model.ts";
import { TurnTable } from "../../logs/turns/turn_table.ts";
import { Prices } from "../../prices/prices.ts";
import { addPricedTurns } from "./add_priced_turns.ts";
import { priceTurns } from "./digest_log.ts";
import { makeSession, mergeFacts, type PriceSource } from "./make_session.ts";
import { sessionOfRows } from "./session_of_rows.ts";
import { encodeSession } from "./stored_session.ts";
import { sumTable } from "./sum_table.ts";

const AT = Date.parse("2026-11-20T12:00:00Z");
const PATH = "/home/dev/log.jsonl";

/** All that a log may say of its session, or nothing. */
const FACTS: readonly Partial<SessionFacts>[] = [
  {},
  { startedAt: AT, lastActivityAt: AT + 1e8, cwd: "/work/a, b", title: 'A "title"', parentSessionId: "p" },
  { lastActivityAt: AT, toolTotal: { usd: 1e6 } },
  { startedAt: AT, toolTotal: { usd: 1e6 }, parentSessionId: "p", subagent: true },
  { startedAt: AT + 0.5 },
  { startedAt: AT, lastActivityAt: Infinity },
  { pending: { at: AT + 1e9, kind: "compacted" } },
];

function withoutRates(prices: Prices): PriceSource {
  return {
    bookFor: (models) => prices.bookFor(models),
    bookAtHand(models) {
      const book = prices.bookAtHand(models);
      return book && { ...book, ratesOf: undefined };
    },
  };
}

Deno.test("sessionOfRows() has what makeSession() makes of turns", async () => {
  const random = seededRandom(23);
  const oneOf = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const prices = new Prices("", undefined);
  const table = new TurnTable();
  let asked = 0;
  for (let round = 0; round < 1500; round++) {
    const records = randomRecords(random, { keys: Math.floor(random() * 20), odd: round % 5 === 0 });
    const [first] = records;
    // Most sessions have one model, and one chain.
    const isOne = random() < 0.7;
    const fill = (turn: RecordedTurn) => isOne ? { ...turn, model: first!.model, chain: first!.chain } : turn;
    table.begin();
    for (const record of records) table.add({ ...fill(record) });
    if (await sumTable(table, prices) === undefined) continue;
    const facts: SessionFacts = { sessionId: "s", ...oneOf(FACTS) };
    const isSmall = random() < 0.5;
    const own = { path: PATH, facts, isSmall };
    // Some that have looked nothing up yet, and some whose book says no rates.
    const used = round % 10 === 0 ? new Prices("", undefined) : oneOf([prices, withoutRates(prices)]);
    let found = sessionOfRows("pi", table, own, used);
    if ("provider" in found) {
      asked++;
      await used.bookFor([found]);
      found = sessionOfRows("pi", table, own, used);
    }
    const turns = await priceTurns(table.list().map((turn, seq) => ({ seq, turn })), "", prices);
    const added = (await addPricedTurns(undefined, turns, prices))!;
    const session = await makeSession("pi", mergeFacts([{ path: PATH, facts }]), added, prices, Infinity);
    deepStrictEqual(found, encodeSession(session, !isSmall), `round ${round}`);
  }
  ok(asked > 0);
});
