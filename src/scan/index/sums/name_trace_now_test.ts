import { strictEqual } from "node:assert/strict";
import { randomRecords } from "../../../../tests/support/random_turns.ts";
import { seededRandom } from "../../../../tests/support/random.ts";
import { traceIdOver } from "../../../core/name_trace.ts";
import { TurnTable } from "../../logs/turns/turn_table.ts";
import { Prices } from "../../prices/prices.ts";
import { nameTraceNow } from "./name_trace_now.ts";
import { sumTable } from "./sum_table.ts";

Deno.test("nameTraceNow() names traces as traceIdOver() does", async () => {
  // Behind what was written of a log, and of all lengths around whole blocks.
  const table = new TurnTable();
  for (const turn of randomRecords(seededRandom(3), { keys: 20, odd: false })) table.add(turn);
  await sumTable(table, new Prices("", undefined));
  for (let length = 0; length < 300; length++) {
    const name = `${"/caf\u00e9".repeat(length)}${length}`.slice(-length);
    strictEqual(nameTraceNow(name), await traceIdOver(name), `${length} characters`);
  }
});
