import { strictEqual } from "node:assert/strict";
import type { OptionReplay, RowReplay } from "./advice_ledger.ts";
import { type DoubtReason, judgeRow } from "./give_advice.ts";
import type { AdviceOption } from "./lifetimes.ts";

interface Case {
  readonly option: AdviceOption;
  readonly recordedUsd: number;
  readonly usd: number;
  readonly highUsd?: number;
  readonly returns?: number;
  readonly turns?: number;
  readonly largestUsd?: number;
  readonly hasNoSetting?: true;
  readonly isPlan?: true;
}

function rowOf(
  { option, recordedUsd, usd, highUsd = usd, returns = 5, turns = 20, largestUsd = 0.5 }: Case,
): RowReplay {
  const sum = { lowUsd: 0, pings: 0, pingsUsd: 0, returns, largestUsd };
  const options: OptionReplay[] = [
    { id: option, isRecorded: false, usd, highUsd, ...sum },
    {
      id: option === "cache_1h" ? "cache_5m" : "cache_1h",
      isRecorded: true,
      usd: recordedUsd,
      highUsd: recordedUsd,
      ...sum,
    },
    {
      id: "keep_alive_5m",
      isRecorded: false,
      usd: 0,
      highUsd: 0,
      ...sum,
      keepAlive: { everyMs: 1, count: 1, stopAfter: 1 },
    },
  ];
  return {
    project: "/p",
    source: "pi",
    role: "main",
    providers: new Set(["anthropic"]),
    turns,
    recordedUsd,
    options,
    per1000AlwaysLoadedUsd: 0,
    returnsUnder: () => [],
  };
}

Deno.test("advice: what is said only of large, sure and settable savings that rest on several turns", async (t) => {
  const good = { option: "cache_1h", recordedUsd: 100, usd: 90 } as const;
  const cases: readonly [name: string, row: Case, doubt: DoubtReason | undefined][] = [
    ["sure", good, undefined],
    ["exactly two of a hundred", { ...good, usd: 98 }, undefined],
    ["less than two of a hundred", { ...good, usd: 98.01 }, "too_small"],
    ["exactly a dollar", { ...good, recordedUsd: 10, usd: 9 }, undefined],
    ["less than a dollar", { ...good, recordedUsd: 10, usd: 9.01 }, "too_small"],
    ["not so sure", { ...good, highUsd: 98.01 }, "too_uncertain"],
    ["four returns", { ...good, returns: 4 }, "too_few"],
    ["an hour needs no twenty turns", { ...good, turns: 10 }, undefined],
    ["towards five minutes none returns", { ...good, option: "cache_5m", returns: 0 }, undefined],
    ["nineteen turns", { ...good, option: "cache_5m", turns: 19 }, "too_few"],
    ["owed to one return", { ...good, largestUsd: 10 }, "one_return"],
    ["nearly", { ...good, largestUsd: 9.99 }, undefined],
    ["a plan", { ...good, isPlan: true }, "plan"],
    ["no setting", { ...good, hasNoSetting: true }, "no_setting"],
    ["it costs more", { ...good, usd: 110 }, undefined],
  ];
  for (const [name, row, doubt] of cases) {
    await t.step(name, () => {
      const verdict = judgeRow(rowOf(row), () => row.hasNoSetting === undefined, row.isPlan === true);
      strictEqual(verdict.doubt, doubt);
      strictEqual(verdict.best?.id, row.option);
      strictEqual(verdict.savesUsd, row.recordedUsd - row.usd);
    });
  }
});

Deno.test("advice: pings are never advised, and what is recorded is no advice", () => {
  const row = rowOf({ option: "cache_1h", recordedUsd: 1, usd: 1 });
  strictEqual(judgeRow({ ...row, options: row.options.slice(1) }, () => true, false).best, undefined);
});
