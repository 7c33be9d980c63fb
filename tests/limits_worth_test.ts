/** What a point of a limit was worth: readings and turns of the same windows, in a home whose sums are worked out here. */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import type { LimitsOutput } from "../src/operations/limits/limits_output.ts";
import { responseLine, SESSION } from "./support/claude_lines.ts";
import { writeLog } from "./support/logs.ts";
import { runAgent, withTemporaryDirectory } from "./support/run_agent.ts";

const NOW = Date.parse("2026-11-25T12:00:00Z");
const at = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString();

const shown = (minutes: number, used: number, resetsAt: number) => ({
  at: at(minutes),
  source: "claude",
  limits: { five_hour: { used_percentage: used, resets_at: NOW / 1000 + resetsAt * 60 } },
});

/** 100,000 tokens of plain input to Sonnet at $3 a million: $0.30. */
function turn(minutes: number, tokens = 100_000) {
  const id = `msg_0001${String(1000 + minutes).padStart(18, "0")}`;
  return responseLine(
    { timestamp: at(minutes), uuid: `u${minutes}`, requestId: `req_${id}` },
    {
      input_tokens: tokens,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: 0,
      cache_creation: { ephemeral_1h_input_tokens: 0, ephemeral_5m_input_tokens: 0 },
    },
    { id },
  );
}

Deno.test("a point was worth at least what was spent here meanwhile", () =>
  withTemporaryDirectory(async (home) => {
    await writeLog(join(home, ".opper/agent/limits.jsonl"), [
      // Ten points and $0.60: $0.06 each. The turn before the first reading is not of them.
      shown(-600, 10, -400),
      shown(-560, 20, -400),
      // Twenty points and $0.60: $0.03 each.
      shown(-100, 10, 100),
      shown(-40, 30, 100),
    ]);
    const log = join(home, `.claude/projects/-srv-work/${SESSION}.jsonl`);
    const turns = [-610, -590, -580, -90, -50];
    await writeLog(log, [...turns, -30, -20].map((minutes) => turn(minutes)));
    const run = await runAgent(["limits", "--json", "--as-of", at(0)], { home });
    const { limits: [limit] } = JSON.parse(run.stdout) as LimitsOutput;
    const { usd, leastUsd, mostUsd, windows } = limit!.pointWorth!;
    const cents = [usd, leastUsd, mostUsd].map((value) => Math.round(value * 1e6) / 1e6);
    // 1.20 / 30.
    deepStrictEqual([...cents, windows], [0.04, 0.03, 0.06, 2]);
    // $0.60 since, of $0.04 each.
    deepStrictEqual([limit!.usedPercent, limit!.turnsSince, limit!.pointsSince], [30, 2, 15]);
    const { stdout } = await runAgent(["limits", "--as-of", at(0)], { home });
    match(stdout, /at least 30%.*40m ago, 2 turns since, about 15 points more/);
    match(stdout, /a point was worth at least \$0\.040 at list prices, in 2 windows, from \$0\.030 to \$0\.060/);

    // Without a price nothing is said of its window.
    const unpriced = turn(-85) as { message: { model: string } };
    unpriced.message.model = "somebody-s-model";
    await writeLog(log, [...turns.map((minutes) => turn(minutes)), unpriced]);
    const again = await runAgent(["limits", "--json", "--as-of", at(0)], { home });
    const { limits: [other] } = JSON.parse(again.stdout) as LimitsOutput;
    strictEqual(other!.pointWorth!.windows, 1);
    strictEqual(other!.pointsSince, undefined);
  }));
