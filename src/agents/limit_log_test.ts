/** That whatever a record holds, it gives a reading that can be one, or none. */
import { deepStrictEqual, ok } from "node:assert/strict";
import { HOSTILE_VALUES, memberPaths, replaceMember } from "../../tests/support/hostile_values.ts";
import { parseKeptRecords } from "../core/limits/kept_records.ts";
import { reportLimits } from "../core/limits/report_limits.ts";
import { makeMachine } from "../host/environment.ts";
import { AGENTS } from "./agents.ts";
import type { LimitFinding } from "./limit_log.ts";

const AT = Date.parse("2026-11-25T12:00:00Z");
const NOW = AT + 60_000;

const slot = (minutes: number) => ({ used_percent: 37.5, window_minutes: minutes, resets_at: AT / 1000 + 9000 });

/** One of each kind that has something to say, by agent. */
const RECORDS: Readonly<Record<string, readonly object[]>> = {
  codex: [
    {
      timestamp: "2026-11-25T11:00:00.000Z",
      type: "session_meta",
      payload: {
        id: "01a20000-0000-7000-8000-00000000000a",
        source: { subagent: { thread_spawn: { parent_thread_id: "x" } } },
      },
    },
    {
      timestamp: "2026-11-25T11:00:00.000Z",
      type: "turn_context",
      payload: { turn_id: "01a20000-1000-7000-8000-00000000000a" },
    },
    {
      timestamp: "2026-11-25T12:00:00.000Z",
      type: "event_msg",
      payload: {
        type: "token_count",
        rate_limits: { limit_id: "codex", limit_name: "main", primary: slot(300), secondary: slot(10080) },
      },
    },
    {
      timestamp: "2026-11-25T12:00:00.000Z",
      type: "event_msg",
      payload: {
        type: "token_count",
        rate_limits: { primary: { used_percent: 9, window_minutes: 300, resets_in_seconds: 1000 }, secondary: null },
      },
    },
  ],
  claude: [{
    timestamp: "2026-11-25T12:00:00.000Z",
    type: "assistant",
    quotaLimits: { status: "rejected", rateLimitType: "five_hour", resetsAt: AT / 1000 + 9000 },
  }],
};

const STATE = {
  cachedUsageUtilization: {
    fetchedAtMs: AT,
    utilization: {
      five_hour: { utilization: 42, resets_at: "2026-11-25T14:00:00Z" },
      seven_day_opus: { utilization: 7, resets_at: "2026-11-28T14:00:00Z" },
      limits: [{
        kind: "weekly",
        percent: 7,
        resets_at: "2026-11-28T14:00:00Z",
        scope: { model: { display_name: "Opus" } },
      }],
    },
  },
};

const KEPT = {
  at: "2026-11-25T12:00:00.000Z",
  source: "claude",
  root: "/h/.claude",
  turn: "t",
  limits: {
    five_hour: { used_percentage: 42.4, resets_at: AT / 1000 + 9000 },
    spend_limit: { used_percentage: 42.4, resets_at: AT / 1000 + 9000, period: "daily" },
  },
};

function* hostile(record: object): Generator<string> {
  for (const path of memberPaths(record)) for (const value of HOSTILE_VALUES) yield replaceMember(record, path, value);
}

/** What is reported of it can be drawn and written. */
function check({ records = [], refusal, faults = [] }: LimitFinding): void {
  for (const limit of reportLimits(records, refusal === undefined ? [] : [refusal], NOW)) {
    const { usedPercent = 0, usedBefore = 0, resetsAt, observedAt, windowMinutes } = limit;
    for (const percent of [usedPercent, usedBefore]) ok(percent >= 0 && percent <= 1000);
    ok(observedAt <= NOW && new Date(observedAt).toISOString() !== "");
    ok(resetsAt > observedAt && resetsAt - observedAt <= 2 * windowMinutes * 60_000 + 86_400_000);
    ok(windowMinutes >= 1 && windowMinutes <= 366 * 24 * 60);
  }
  ok(refusal === undefined || Number.isFinite(refusal.at));
  // Nothing of the file.
  for (const fault of faults) ok(/^[A-Z][\w',. ]+: left out\.$/.test(fault), fault);
}

Deno.test("logs: whatever a record holds", async () => {
  let read = 0;
  const found = new Set<string>();
  for (const { id, limitLog } of AGENTS) {
    if (limitLog === undefined) continue;
    found.add(id);
    const log = await limitLog();
    const path = id === "codex" ? "/h/.codex/sessions/2026/11/25/rollout-x.jsonl" : "/h/.claude/projects/-x/a.jsonl";
    for (const [index, record] of RECORDS[id]!.entries()) {
      for (const text of hostile(record)) {
        const take = log.start({ path });
        // As it stands, and behind those before it.
        for (const before of RECORDS[id]!.slice(0, index)) take(before);
        const finding = take(parsed(text)) ?? {};
        check(finding);
        read += finding.records?.length ?? 0;
      }
    }
  }
  deepStrictEqual([...found].sort(), Object.keys(RECORDS).sort());
  ok(read > 100, `only ${read} were readings`);
});

Deno.test("settings: whatever they hold", async () => {
  const machine = makeMachine({ env: { HOME: "/h" }, home: "/h", cwd: "/" });
  let read = 0;
  for (const { limitFiles } of AGENTS) {
    for (const file of await limitFiles?.(machine) ?? []) {
      for (const text of hostile(STATE)) {
        const finding = file.read(text, NOW);
        check(finding);
        read += finding.records?.length ?? 0;
      }
    }
  }
  ok(read > 100, `only ${read} were readings`);
});

Deno.test("what was kept: whatever a line holds", () => {
  let read = 0;
  for (const text of hostile(KEPT)) {
    const { records, problems } = parseKeptRecords(
      `${text}\n`,
      (source) => source === "claude" ? "/h/.claude" : undefined,
    );
    check({ records, faults: problems.map(({ message }) => message) });
    read += records.length;
  }
  ok(read > 100, `only ${read} were readings`);
});

/** Some are no JSON: those no reader ever hands over. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
