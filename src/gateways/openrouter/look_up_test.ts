/** The pace of questions to OpenRouter, by a clock that is set by hand: no timer is waited for. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { GenerationEvidence } from "../../core/evidence.ts";
import { GatewayError } from "../request_json.ts";
import { AskingPace } from "./asking_pace.ts";
import { type LookUpOutcome, lookUpResponses } from "./look_up.ts";

const NOW = Date.UTC(2026, 10, 20, 12);
const MINUTE_MS = 60_000;

type Reply = GenerationEvidence | string | number;

/** Asks for these, each answered with its replies in turn (a number is a status), the last one for ever. */
async function lookUp(replies: Readonly<Record<string, readonly Reply[]>>, ageMs = 60 * MINUTE_MS) {
  let now = NOW;
  const waits: number[] = [];
  const asked = new Map<string, number>();
  const outcomes: Record<string, LookUpOutcome> = {};
  const result = await lookUpResponses(Object.keys(replies).map((id) => ({ id, at: NOW - ageMs })), {
    client: {
      readGeneration(id) {
        const count = asked.get(id) ?? 0;
        asked.set(id, count + 1);
        const reply = replies[id]![Math.min(count, replies[id]!.length - 1)]!;
        return typeof reply === "number"
          ? Promise.reject(new GatewayError("failed", "status", `It said ${reply}.`, { status: reply }))
          : Promise.resolve(reply);
      },
    },
    onOutcome: ({ id }, outcome) => outcomes[id] = outcome,
    now: () => now,
    // Not waited for while answers are under way, which are there at once.
    async sleep(ms, signal) {
      await new Promise((resolve) => setTimeout(resolve));
      if (signal.aborted) return;
      waits.push(Math.round(ms));
      now += ms;
    },
    random: () => 0,
  });
  return { result, outcomes, waits, asked: Object.fromEntries(asked) };
}

const found = (id: string): GenerationEvidence => ({ id, usd: 1 });

Deno.test("a young response that is not known yet is asked for after 2, 5 and 15 seconds, then left", async () => {
  const young = 9 * MINUTE_MS;
  const late = await lookUp({ a: [404, 404, found("a")] }, young);
  deepStrictEqual([late.result, late.asked, late.waits], [
    { end: "done", left: 0, problem: undefined },
    { a: 3 },
    [2000, 5000],
  ]);
  deepStrictEqual(late.outcomes, { a: { kind: "found", evidence: found("a") } });
  const never = await lookUp({ a: [404] }, young);
  deepStrictEqual([never.result.left, never.asked, never.waits, never.outcomes], [
    1,
    { a: 4 },
    [2000, 5000, 15_000],
    {},
  ]);
});

Deno.test("one that grows old meanwhile, or was old, is missing", async () => {
  const growing = await lookUp({ a: [404] }, 10 * MINUTE_MS - 3000);
  deepStrictEqual([growing.waits, growing.outcomes], [[2000, 5000], { a: { kind: "missing", status: 404 } }]);
  const old = await lookUp({ a: [404], b: [403] });
  deepStrictEqual([old.asked, old.result.left], [{ a: 1, b: 1 }, 0]);
  // Whatever its age: another account's.
  deepStrictEqual((await lookUp({ a: [403] }, 0)).outcomes, { a: { kind: "missing", status: 403 } });
});

Deno.test("nobody answers any more: the rest is not asked for", async () => {
  const ids = Array.from({ length: 100 }, (_, n) => `id${n}`);
  const { result, asked } = await lookUp(Object.fromEntries(ids.map((id) => [id, [503]])));
  deepStrictEqual([result.end, result.left, result.problem], ["unreachable", 100, "It said 503."]);
  strictEqual(Object.keys(asked).length < 50, true);
});

Deno.test("an answer that cannot be kept ends the run", async () => {
  let error: unknown;
  await lookUpResponses([{ id: "a", at: 0 }, { id: "b", at: 0 }], {
    client: { readGeneration: (id) => Promise.resolve(found(id)) },
    onOutcome: () => {
      throw new Error("the disk is full");
    },
  }).catch((thrown) => error = thrown);
  strictEqual((error as Error).message, "the disk is full");
});

Deno.test("AskingPace: halves, waits longer each time, gives up at the fifth round, and comes back", () => {
  const pace = new AskingPace(() => 0);
  strictEqual(pace.atOnce, 4);
  // Four were under way, and all are told the same: that is one round.
  for (let n = 0; n < 4; n++) strictEqual(pace.limited(0, NOW), "wait");
  deepStrictEqual([pace.atOnce, pace.pauseMs(NOW), pace.pauseMs(NOW + 1000)], [2, 1000, 0]);
  strictEqual(pace.limited(1, NOW, 90_000), "wait");
  deepStrictEqual([pace.atOnce, pace.pauseMs(NOW)], [1, 60_000]);
  for (let n = 0; n < 50; n++) pace.answered(2);
  strictEqual(pace.atOnce, 2);
  const rounds = [2, 3, 4, 5, 6].map((round) => [pace.limited(round, NOW + 90_000), pace.pauseMs(NOW + 90_000)]);
  deepStrictEqual(rounds, [["wait", 1000], ["wait", 2000], ["wait", 4000], ["wait", 8000], ["give up", 8000]]);
});
