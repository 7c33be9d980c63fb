/** The line by its parts: which session, whether what is known of it still holds, and how a template shows it. */
import { deepStrictEqual, match, ok, strictEqual, throws } from "node:assert/strict";
import { AgentError } from "../../core/errors.ts";
import {
  checkFormat,
  isDayOf,
  PLAIN_FORMAT,
  SESSION_FORMAT,
  showStatus,
  STATUS_FIELDS,
  statusOf,
} from "./status_line.ts";
import { KEPT_SESSIONS, type StatusRequest, type StatusSubject, whyNoSession } from "./status_subject.ts";
import type { StatusSession, StatusSnapshot } from "./status_snapshot.ts";

const NOW = Date.parse("2026-11-20T12:00:00Z");
const MINUTE = 60_000;

/** Its cache was written for five minutes, four minutes ago: one is left. Cold, the next request costs $0.19 more. */
const SESSION: StatusSession = {
  source: "pi",
  sessionId: "01a1fb64-0000-7000-8000-00000000000a",
  cwd: "/srv/app",
  lastActivityAt: NOW - 4 * MINUTE,
  turns: 7,
  cost: { usd: 0.123, basis: "reported", unpricedTurns: 0 },
  cacheHitRatio: 0.912,
  model: "claude-sonnet-4-6",
  cacheBasis: {
    anchor: {
      model: { provider: "anthropic", model: "claude-sonnet-4-6" },
      at: NOW - 4 * MINUTE,
      tokens: 50_000,
      oneHourTokens: 0,
    },
    resume: { warm: 0.015, cold: 0.205 },
  },
  logs: [{ path: "/logs/a.jsonl", size: 100, mtimeMs: 5 }, { path: "/logs/a/sub.jsonl", size: 20, mtimeMs: 6 }],
};

const OTHER: StatusSession = { ...SESSION, sessionId: "other", logs: [{ path: "/logs/b.jsonl", size: 1, mtimeMs: 1 }] };

const SNAPSHOT: StatusSnapshot = {
  version: 1,
  takenAt: NOW - 3000,
  tookMs: 100,
  zone: "UTC",
  today: { until: NOW + 720 * MINUTE, turns: 42, cost: { usd: 4.5, basis: "mixed", unpricedTurns: 1 } },
  lifetimes: [],
  sessions: [SESSION, OTHER],
  wanted: ["01a1fb64", "0", "gone"],
  // What the scan found among all sessions, of which a snapshot has a few.
  beginnings: { "01a1fb64": [SESSION.sessionId], "0": ["0a", "0b"] },
};

const BY_ID: StatusRequest = { subject: { kind: "named", id: SESSION.sessionId, files: [] } };
const stamps = new Map([["/logs/a.jsonl", { size: 100, mtimeMs: 5 }], ["/logs/a/sub.jsonl", { size: 20, mtimeMs: 6 }]]);
const FROM = { now: NOW, zone: "UTC", stampOf: (path: string) => stamps.get(path) };

Deno.test("statusOf() finds the session that is meant", async (t) => {
  const rows: [name: string, subject: StatusSubject, found: StatusSession | undefined][] = [
    ["by its id", BY_ID.subject, SESSION],
    ["by its log", { kind: "named", files: ["/x", "/logs/b.jsonl"] }, OTHER],
    ["by both, which do not fit", { kind: "named", id: SESSION.sessionId, files: ["/logs/b.jsonl"] }, undefined],
    ["a name is not replaced by another", { kind: "named", id: "gone", files: [] }, undefined],
    ["typed, as an id", { kind: "typed", id: "other", files: ["/srv/other"] }, OTHER],
    ["typed, as a log", { kind: "typed", id: "b.jsonl", files: ["/logs/b.jsonl"] }, OTHER],
    ["typed, as the beginning of an id", { kind: "typed", id: "01a1fb64", files: ["/srv/01a1fb64"] }, SESSION],
    ["typed, as the beginning of several", { kind: "typed", id: "0", files: ["/logs/b.jsonl"] }, undefined],
    ["typed, as a beginning that no scan has looked for", { kind: "typed", id: "01a1", files: [] }, undefined],
    ["a client's is a whole id", { kind: "named", id: "01a1fb64", files: [] }, undefined],
    ["the latest of all", { kind: "latest" }, SESSION],
    ["the latest of a directory", { kind: "here", directories: ["/x", "/srv/app"] }, SESSION],
    ["none of another", { kind: "here", directories: ["/srv"] }, undefined],
    ["not said", { kind: "unsaid" }, undefined],
    ["not asked for", { kind: "none" }, undefined],
  ];
  for (const [name, subject, found] of rows) {
    await t.step(name, () => strictEqual(statusOf(SNAPSHOT, { subject }, FROM).session, found));
  }
  await t.step("one that was asked for by name is not the latest of its directory", () => {
    const kept = Array.from({ length: KEPT_SESSIONS }, (_, index) => ({ ...OTHER, sessionId: `${index}`, cwd: "/y" }));
    const snapshot = { ...SNAPSHOT, sessions: [...kept, SESSION] };
    const here: StatusSubject = { kind: "here", directories: ["/srv/app"] };
    strictEqual(statusOf(snapshot, BY_ID, FROM).session, SESSION);
    strictEqual(statusOf(snapshot, { subject: here }, FROM).session, undefined);
  });
});

Deno.test("whyNoSession()", async (t) => {
  const typed = (id: string): StatusSubject => ({ kind: "typed", id, files: [`/srv/${id}`] });
  const rows: [name: string, subject: StatusSubject, why: string | undefined][] = [
    ["it is shown", typed("01a1fb64"), undefined],
    ["none was named", { kind: "latest" }, undefined],
    ["there is none", typed("gone"), 'No session "gone".'],
    ["nor one that a client names", { kind: "named", id: "gone", files: [] }, 'No session "gone".'],
    ["there are several", typed("0"), '"0" is the start of several session ids: type more of it.'],
    ["a client's beginning is none", { kind: "named", id: "0", files: [] }, 'No session "0".'],
    ["not looked for", typed("new"), 'No session "new" is known yet: the scan in the background looks for it.'],
    [
      "of every object",
      typed("constructor"),
      'No session "constructor" is known yet: the scan in the background looks for it.',
    ],
  ];
  for (const [name, subject, why] of rows) {
    await t.step(name, () => strictEqual(whyNoSession(SNAPSHOT, { subject }), why));
  }
  await t.step("without a scan", () => {
    match(whyNoSession(undefined, { subject: typed("gone") })!, /^No session "gone" is known yet/);
  });
});

Deno.test("fields", async (t) => {
  const expected: Record<string, string> = {
    session_cost: "$0.123",
    session_turns: "7",
    hit: "91.2%",
    cache: "warm 1m 00s",
    cache_state: "warm",
    cache_left: "1m 00s",
    // 0.205 - 0.015
    cache_loss: "$0.190",
    model: "claude-sonnet-4-6",
    session: "01a1fb64",
    source: "pi",
    cost_today: "$4.50+",
    turns_today: "42",
    limit_5h: "42.4%",
    limit_week: "61.2%",
    limit_reset: "2h 26m",
  };
  deepStrictEqual(Object.keys(expected), Object.keys(STATUS_FIELDS));
  const show = (name: string, status: ReturnType<typeof statusOf>) => showStatus(status, true, `{${name}}`);
  const limits = (state: "current" | "stale" | "reset", resetsAt = NOW + 146 * MINUTE) => ({
    fiveHours: { state, usedPercent: 42.4, resetsAt },
    week: { state, usedPercent: 61.2, resetsAt: NOW + 9000 * MINUTE },
  });
  const current = { ...statusOf(SNAPSHOT, BY_ID, FROM), limits: limits("current") };
  const unknown = statusOf(undefined, BY_ID, FROM);
  const behind = {
    ...statusOf(SNAPSHOT, BY_ID, { ...FROM, now: NOW + 30_000, stampOf: () => undefined }),
    limits: limits("stale"),
  };
  const late = { ...current, limits: limits("reset", NOW) };
  for (const [name, text] of Object.entries(expected)) {
    await t.step(name, () => {
      strictEqual(show(name, late), name.startsWith("limit_") ? "-" : text);
      strictEqual(show(name, current), text);
      strictEqual(show(name, unknown), "?");
      const later = text.replace("1m 00s", "30s").replace("2h 26m", "2h 25m");
      const never = ["model", "session", "source", "cost_today", "turns_today"].includes(name);
      strictEqual(show(name, behind), never ? later : `~${later}`);
    });
  }
});

Deno.test("a session that is known as sums alone has no count of turns, and no state of a cache", () => {
  const cacheBasis = { resume: {}, totals: { count: 1 } };
  const show = (turns: number) =>
    showStatus(
      statusOf({ ...SNAPSHOT, sessions: [{ ...SESSION, turns, cacheBasis }] }, BY_ID, FROM),
      true,
      "{session_turns} {cache}",
    );
  deepStrictEqual([show(0), show(2)], ["- unknown", "2 unknown"]);
});

Deno.test("amounts have as many decimals as are set", () => {
  const status = statusOf({ ...SNAPSHOT, digits: 1 }, BY_ID, FROM);
  strictEqual(showStatus(status, true, "{session_cost} {cache_loss} {cost_today}"), "$0.1 $0.2 $4.5+");
});

Deno.test("a session is current while none of its logs changed", async (t) => {
  const changes: [name: string, path: string, stamp: { size: number; mtimeMs: number } | undefined][] = [
    ["one grew", "/logs/a/sub.jsonl", { size: 21, mtimeMs: 6 }],
    ["one was written to", "/logs/a.jsonl", { size: 100, mtimeMs: 5.5 }],
    ["one is gone", "/logs/a.jsonl", undefined],
  ];
  strictEqual(statusOf(SNAPSHOT, BY_ID, FROM).isSessionCurrent, true);
  for (const [name, changed, stamp] of changes) {
    await t.step(name, () => {
      const stampOf = (path: string) => path === changed ? stamp : stamps.get(path);
      strictEqual(statusOf(SNAPSHOT, BY_ID, { ...FROM, stampOf }).isSessionCurrent, false);
    });
  }
  await t.step("one of which nobody knows whether all of it was read", () => {
    const snapshot = { ...SNAPSHOT, sessions: [{ ...SESSION, logs: [{ path: "/logs/a.jsonl" }] }] };
    strictEqual(statusOf(snapshot, BY_ID, FROM).isSessionCurrent, false);
  });
});

Deno.test("today", async (t) => {
  const at = (now: number, zone = "UTC") =>
    showStatus(statusOf(SNAPSHOT, BY_ID, { ...FROM, now, zone }), true, "{cost_today}");
  const { until } = SNAPSHOT.today!;
  const rows: [name: string, shown: string, wanted: string][] = [
    ["just now", at(NOW), "$4.50+"],
    ["a minute ago", at(SNAPSHOT.takenAt + MINUTE), "~$4.50+"],
    ["to the end of the day", at(until - 1), "~$4.50+"],
    ["and not beyond", at(until), "?"],
    ["nor in another zone, where it is another day", at(NOW, "Asia/Tokyo"), "?"],
    ["with a clock that was set back", at(SNAPSHOT.takenAt - MINUTE), "~$4.50+"],
  ];
  for (const [name, shown, wanted] of rows) await t.step(name, () => strictEqual(shown, wanted));
});

Deno.test("where no zone is known, nor is the day", () => {
  const snapshot = { ...SNAPSHOT, today: undefined };
  strictEqual(showStatus(statusOf(snapshot, BY_ID, FROM), true, "{cost_today} {turns_today}"), "? ?");
  // It will not be known of the next scan: none is begun for it.
  ok(isDayOf(snapshot, FROM));
  ok(!isDayOf(snapshot, { ...FROM, zone: "Asia/Tokyo" }));
});

Deno.test("the state of the cache", async (t) => {
  const show = (changes: Partial<StatusRequest>, now = NOW, stampOf = FROM.stampOf) =>
    showStatus(
      statusOf(SNAPSHOT, { ...BY_ID, ...changes }, { ...FROM, now, stampOf }),
      true,
      "{cache}, {cache_state}, {cache_left}",
    );
  const gone = () => undefined;
  const rows: [name: string, shown: string, wanted: string][] = [
    ["counts down by the clock alone", show({}, NOW + MINUTE - 1), "warm 1s, warm, 1s"],
    ["and is cold then", show({}, NOW + MINUTE), "cold, cold, -"],
    ["what the client says goes before", show({ cacheExpiresAt: NOW + 90_000 }), "warm 1m 30s, warm, 1m 30s"],
    ["also when it is gone", show({ cacheExpiresAt: NOW }), "cold, cold, -"],
    ["and is of now, however old the log", show({ cacheExpiresAt: NOW + 1000 }, NOW, gone), "warm 1s, warm, 1s"],
    [
      "even of a session that nobody knows",
      show({ subject: { kind: "unsaid" }, cacheExpiresAt: NOW + 1000 }),
      "warm 1s, warm, 1s",
    ],
  ];
  for (const [name, shown, wanted] of rows) await t.step(name, () => strictEqual(shown, wanted));
});

Deno.test("templates", async (t) => {
  const status = statusOf(SNAPSHOT, BY_ID, FROM);
  const rows: [format: string, shown: string][] = [
    ["{session_cost} of {cost_today}", "$0.123 of $4.50+"],
    ["{{session_cost}} {{{hit}}}", "{session_cost} {91.2%}"],
    ["{ hit } {} {1} 100%", "{ hit } {} {1} 100%"],
    ["", ""],
  ];
  for (const [format, shown] of rows) {
    await t.step(JSON.stringify(format), () => {
      checkFormat(format, () => undefined);
      strictEqual(showStatus(status, true, format), shown);
    });
  }
  await t.step("by default", () => {
    strictEqual(showStatus(status, true), "$0.123 | hit 91.2% | cache warm 1m 00s | today $4.50+");
    strictEqual(showStatus({ ...status, session: undefined }, false), "today $4.50+");
    strictEqual(showStatus({ ...status, session: undefined }, true), "? | hit ? | cache ? | today $4.50+");
    for (const format of [SESSION_FORMAT, PLAIN_FORMAT]) checkFormat(format, () => undefined);
  });
  await t.step("a field that does not exist", () => {
    const refuse = (format: string, meant?: string) => {
      let message = "";
      throws(() => checkFormat(format, () => meant), (error) => {
        ok(error instanceof AgentError && error.code === "usage");
        message = `${error.message} ${error.hint}`;
        return true;
      });
      return message;
    };
    strictEqual(
      refuse("{hit} {cots_today}", "cost_today"),
      'Unknown field "{cots_today}" in --format. Did you mean {cost_today}?',
    );
    match(refuse("{constructor}"), /Expected one of: session_cost, .*limit_reset\.$/);
  });
});
