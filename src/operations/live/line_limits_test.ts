/** Whose limits a line shows, and from where it knows them. */
import { deepStrictEqual } from "node:assert/strict";
import type { LimitRecord } from "../../core/limits/limit_record.ts";
import { limitsOfSession, lineLimits } from "./line_limits.ts";
import type { HeldLimit } from "./status_snapshot.ts";

const NOW = Date.parse("2026-11-25T10:00:00Z");
const MINUTE = 60_000;
const RESET = NOW + 120 * MINUTE;

const textOf = ({ fiveHours, week }: ReturnType<typeof lineLimits>) =>
  [fiveHours, week].map((limit) => limit && `${limit.state} ${limit.usedPercent ?? "-"}`);

Deno.test("lineLimits()", async (t) => {
  const kept = (minutesAgo: number, usedPercent: number, windowMinutes = 300, limit = "plan"): LimitRecord => ({
    source: "claude",
    account: "/h/.claude",
    limit,
    at: NOW - minutesAgo * MINUTE,
    via: "statusline",
    windows: [{ windowMinutes, usedPercent, resetsAt: RESET }],
    isWhole: false,
    turn: `t${minutesAgo}`,
  });
  const said = (used_percentage: unknown, resets_at = RESET / 1000) => ({ five_hour: { used_percentage, resets_at } });
  type Row = [
    name: string,
    said: Record<string, unknown> | undefined,
    kept: readonly LimitRecord[],
    shown: readonly (string | undefined)[],
  ];
  const rows: Row[] = [
    ["nothing", undefined, [], [undefined, undefined]],
    ["what is said", said(40), [], ["current 40", undefined]],
    ["and what was kept of the week", said(40), [kept(30, 7, 10_080)], ["current 40", "stale 7"]],
    ["another terminal's, who read more of the same minutes", said(40), [kept(3, 58)], ["current 58", undefined]],
    ["what is said later goes down", said(40), [kept(12, 58)], ["current 40", undefined]],
    ["what is said as text, and was kept", said("40"), [kept(3, 58)], ["current 58", undefined]],
    ["one that has ended", said(40, NOW / 1000 - 60), [], ["reset -", undefined]],
    ["a gateway's budget is no plan", undefined, [kept(3, 58, 10_080, "spend")], [undefined, undefined]],
  ];
  for (const [name, limits, records, shown] of rows) {
    await t.step(name, () => {
      const client = limits && { source: "claude", root: "/h/.claude", said: limits, turn: "own" };
      deepStrictEqual(textOf(lineLimits(client, records, NOW)), shown);
    });
  }
});

Deno.test("limitsOfSession() takes those of the account that its log lies in", async (t) => {
  const held = (more: Partial<HeldLimit> = {}): HeldLimit => ({
    source: "codex",
    account: "/h/.codex",
    windowMinutes: 10_080,
    state: "current",
    usedPercent: 81,
    resetsAt: RESET,
    observedAt: NOW - MINUTE,
    ...more,
  });
  const rows: [name: string, limits: readonly HeldLimit[], shown: readonly (string | undefined)[]][] = [
    ["its own", [held()], [undefined, "current 81"]],
    ["of another agent", [held({ source: "claude" })], [undefined, undefined]],
    ["of another account", [held({ account: "/h/.codex2" })], [undefined, undefined]],
    ["of one whose name begins so", [held({ account: "/h/.cod" })], [undefined, undefined]],
    ["read a while ago by now", [held({ observedAt: NOW - 16 * MINUTE })], [undefined, "stale 81"]],
    ["reset by now", [held({ resetsAt: NOW })], [undefined, "reset 81"]],
    ["gone", [held({ state: "gone" }), held({ windowMinutes: 300 })], ["current 81", "gone 81"]],
  ];
  for (const [name, limits, shown] of rows) {
    await t.step(name, () => {
      const session = { source: "codex", logs: [{ path: "/h/.codex/sessions/2026/11/25/rollout.jsonl" }] };
      deepStrictEqual(textOf(limitsOfSession(session, limits, NOW)), shown);
    });
  }
});
