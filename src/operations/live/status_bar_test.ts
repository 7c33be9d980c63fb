/** What each bar is given to show, to the character: the bars themselves are not here to be asked. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { type Bar, showBar } from "./status_bar.ts";
import type { HeldCache } from "./status_snapshot.ts";

const NOW = Date.parse("2026-11-20T12:00:00Z");
const MINUTE = 60_000;

/** Written for five minutes, so many minutes ago. Cold, the next request costs 0.205 - 0.015 = $0.190 more. */
function held(minutesAgo: number, changes: Partial<HeldCache> = {}): HeldCache {
  const at = NOW - minutesAgo * MINUTE;
  return {
    source: "pi",
    sessionId: "01a1fb64-0000-7000-8000-00000000000a",
    lastActivityAt: at,
    project: "src/api",
    cacheBasis: {
      anchor: { model: { provider: "anthropic", model: "claude-sonnet-4-6" }, at, tokens: 50_000, oneHourTokens: 0 },
      resume: { warm: 0.015, cold: 0.205 },
    },
    ...changes,
  };
}

const BAR: Bar = {
  now: NOW,
  today: { until: NOW + 720 * MINUTE, turns: 42, cost: { usd: 4.5, basis: "mixed", unpricedTurns: 1 } },
  isTodayCurrent: true,
  snapshot: { takenAt: NOW - 3000, lifetimes: [], held: [held(1), held(3, { project: undefined, sessionId: "b" })] },
  page: "http://127.0.0.1:4756/",
  serve: ["/usr/local/bin/opper-agent", "dashboard"],
};

/** With these caches instead. */
const withHeld = (...caches: HeldCache[]): Bar => ({ ...BAR, snapshot: { ...BAR.snapshot!, held: caches } });

Deno.test("xbar: a title, and a menu whose lines open the page", () => {
  // Two caches of $0.190 each.
  strictEqual(
    showBar(BAR, "xbar"),
    `2 warm 2m 00s $0.380 | emojize=false symbolize=false
---
2 caches warm, $0.380 at stake in their next requests; the next goes cold in 2m 00s. | href=http://127.0.0.1:4756/#/now emojize=false symbolize=false
2m 00s  ?  claude-sonnet-4-6  pi  $0.190 at stake | href=http://127.0.0.1:4756/#/session/pi/b emojize=false symbolize=false
4m 00s  src/api  claude-sonnet-4-6  pi  $0.190 at stake | href=http://127.0.0.1:4756/#/session/pi/01a1fb64-0000-7000-8000-00000000000a emojize=false symbolize=false
---
Today $4.50+ | href=http://127.0.0.1:4756/#/cost emojize=false symbolize=false
Open the dashboard | href=http://127.0.0.1:4756/#/now emojize=false symbolize=false`,
  );
});

Deno.test("limits stand above today, where one has been read", () => {
  const limit = {
    source: "codex",
    account: "/h/.codex",
    windowMinutes: 300,
    state: "current",
    usedPercent: 42.4,
    resetsAt: NOW + 146 * MINUTE,
    observedAt: NOW,
  } as const;
  const limits = [limit, { ...limit, windowMinutes: 10_080, observedAt: NOW - 16 * MINUTE }];
  const bar = { ...BAR, snapshot: { ...BAR.snapshot!, limits } };
  const shown = ["codex 5 hours 42.4%, reset in 2h 26m", "codex week ~42.4%, reset in 2h 26m"];
  const open = "| href=http://127.0.0.1:4756/#/now emojize=false symbolize=false";
  deepStrictEqual(showBar(bar, "xbar").split("\n").slice(-4, -2), shown.map((text) => `${text} ${open}`));
  deepStrictEqual(JSON.parse(showBar(bar, "waybar")).tooltip.split("\n").slice(-4, -2), shown);
  const other = { ...limit, account: "/h/work" };
  match(
    showBar({ ...BAR, snapshot: { ...BAR.snapshot!, limits: [limit, other] } }, "xbar"),
    /^codex \/h\/\.codex 5 hours .*\ncodex \/h\/work 5 hours /m,
  );
  const over = [{ ...limit, resetsAt: NOW }, { ...limit, state: "gone" } as const];
  strictEqual(showBar({ ...BAR, snapshot: { ...BAR.snapshot!, limits: over } }, "xbar"), showBar(BAR, "xbar"));
});

Deno.test("xbar: where no page is served, a click serves one", () => {
  const serve = ["/Users/kim/My Programs/opper-agent", "dashboard"];
  const lines = showBar({ ...BAR, page: undefined, serve }, "xbar").split("\n");
  strictEqual(
    lines.at(-1),
    'Start the dashboard | bash="/Users/kim/My Programs/opper-agent" param1=dashboard terminal=true ' +
      "emojize=false symbolize=false",
  );
  ok(!lines.some((line) => line.includes("href=")));
});

Deno.test("xbar: no name becomes a line, a parameter or an order of its own", () => {
  const bar = withHeld(
    held(1, { project: "a | bash=/bin/rm\n--b | href=x\r\u2028c", source: "pi", sessionId: 'x" bash=y |\n#?' }),
  );
  const lines = showBar(bar, "xbar").split("\n");
  strictEqual(lines.length, 7);
  strictEqual(
    lines[3],
    "4m 00s  a ¦ bash=/bin/rm --b ¦ href=x c  claude-sonnet-4-6  pi  $0.190 at stake | " +
      "href=http://127.0.0.1:4756/#/session/pi/x%22%20bash%3Dy%20%7C%0A%23%3F emojize=false symbolize=false",
  );
});

Deno.test("waybar: one object, with what is markup escaped", () => {
  const text = showBar(withHeld(held(1, { project: "<b>a&b</b>" })), "waybar");
  ok(!text.includes("\n"));
  deepStrictEqual(JSON.parse(text), {
    text: "1 warm 4m 00s $0.190",
    alt: "warm",
    tooltip: `1 cache warm, $0.190 at stake in its next request; it goes cold in 4m 00s.
4m 00s  &lt;b&gt;a&amp;b&lt;/b&gt;  claude-sonnet-4-6  pi  $0.190 at stake
Today $4.50+
Dashboard: http://127.0.0.1:4756/`,
    class: "warm",
  });
});

Deno.test("tmux: a short text with its colour, and `#` is a character", () => {
  strictEqual(showBar(BAR, "tmux"), "#[fg=green]2 warm 2m 00s $0.380#[default] | today $4.50+");
});

Deno.test("states", async (t) => {
  const soon = held(4.5);
  const unpriced = held(1, { cacheBasis: { ...held(1).cacheBasis, resume: {} } });
  const learned = held(1, {
    cacheBasis: {
      anchor: { model: { provider: "x-ai", model: "grok-4" }, at: NOW - 5 * MINUTE, tokens: 9, oneHourTokens: 0 },
      resume: {},
    },
  });
  // Of ten pauses all up to four minutes were survived and none from twenty on: after five it may be warm.
  const fit = { warmUntilMs: 4 * MINUTE, coldFromMs: 20 * MINUTE, ttlMs: 10 * MINUTE };
  const lifetimes = [{ pool: "provider" as const, provider: "x-ai", samples: 10, survivals: 5, drops: 5, fit }];
  const rows: [name: string, bar: Bar, state: string, tmux: string][] = [
    [
      "less than a minute is left",
      withHeld(soon),
      "soon",
      "#[fg=yellow]1 warm soon 30s $0.190#[default] | today $4.50+",
    ],
    ["no price is known", withHeld(unpriced), "warm", "#[fg=green]1 warm 4m 00s ?#[default] | today $4.50+"],
    [
      "one has no price",
      withHeld(soon, unpriced),
      "soon",
      "#[fg=yellow]2 warm soon 30s $0.190+#[default] | today $4.50+",
    ],
    ["all went cold since the scan", withHeld(held(6)), "cold", "#[fg=default]no cache warm#[default] | today $4.50+"],
    ["nothing is there", withHeld(), "cold", "#[fg=default]no cache warm#[default] | today $4.50+"],
    [
      "one may be warm",
      { ...BAR, snapshot: { ...BAR.snapshot!, held: [learned], lifetimes } },
      "maybe",
      "#[fg=yellow]1 maybe warm#[default] | today $4.50+",
    ],
    [
      "the scan was a minute ago",
      { ...BAR, isTodayCurrent: false, snapshot: { ...BAR.snapshot!, takenAt: NOW - MINUTE } },
      "warm",
      "#[fg=green]~2 warm 2m 00s $0.380#[default] | today ~$4.50+",
    ],
    [
      "no scan yet",
      { ...BAR, snapshot: undefined, today: undefined },
      "unknown",
      "#[fg=default]?#[default] | today ?",
    ],
  ];
  for (const [name, bar, state, tmux] of rows) {
    await t.step(name, () => {
      strictEqual(JSON.parse(showBar(bar, "waybar")).class, state);
      strictEqual(showBar(bar, "tmux"), tmux);
    });
  }
});

Deno.test("where nothing is warm, the title is what was spent today, and the menu says since when", () => {
  const bar: Bar = { ...BAR, snapshot: { ...BAR.snapshot!, held: [], lastColdAt: NOW - 14 * MINUTE } };
  const [title, , sentence] = showBar(bar, "xbar").split("\n");
  match(title!, /^today \$4\.50\+ \|/);
  match(sentence!, /^No cache is warm\. The last one went cold 14m ago\. \|/);
});

Deno.test("a menu has twenty caches at most, and says how many more there are", () => {
  const lines = showBar(withHeld(...Array.from({ length: 23 }, () => held(1))), "xbar").split("\n");
  strictEqual(lines.filter((line) => line.startsWith("4m 00s")).length, 20);
  ok(lines.some((line) => line.startsWith("and 3 more caches |")));
});
