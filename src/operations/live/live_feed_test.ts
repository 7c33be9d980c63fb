import { rejects, strictEqual } from "node:assert/strict";
import { LiveFeed } from "./live_feed.ts";

const FOUND = { sessions: [{ files: ["/logs/a/b.jsonl"] }], timezone: "UTC" };

/** With a machine whose files and clocks are set by hand. */
function makeFeed() {
  const machine = {
    now: Date.parse("2026-11-20T12:00:00Z"),
    elapsed: 0,
    worked: 0,
    sizes: new Map([["/logs/a/b.jsonl", 10]]),
    asked: new Set<string>(),
  };
  const feed = new LiveFeed({
    now: () => machine.now,
    elapsed: () => machine.elapsed,
    worked: () => machine.worked,
    readStamp(path) {
      machine.asked.add(path);
      const size = machine.sizes.get(path);
      return size === undefined ? undefined : { size, mtimeMs: 1 };
    },
  });
  const look = (ms: number, workedMs = ms) =>
    feed.look(() => {
      machine.elapsed += ms;
      machine.worked += workedMs;
      return Promise.resolve(FOUND);
    });
  return { feed, machine, look };
}

Deno.test("a scan is due at first, when a log changed, and when a day began", async (t) => {
  const { feed, machine, look } = makeFeed();
  strictEqual(feed.isDue(), true);
  await look(0);
  await t.step("not while nothing changes", () => strictEqual(feed.isDue(), false));
  await t.step("for which logs and the directories above are looked at", () => {
    strictEqual([...machine.asked].sort().join(" "), "/logs /logs/a /logs/a/b.jsonl");
  });
  await t.step("a log grew", async () => {
    machine.sizes.set("/logs/a/b.jsonl", 11);
    strictEqual(feed.isDue(), true);
    await look(0);
    strictEqual(feed.isDue(), false);
  });
  await t.step("a file appeared beside it", async () => {
    machine.sizes.set("/logs/a", 1);
    strictEqual(feed.isDue(), true);
    await look(0);
  });
  await t.step("midnight", async () => {
    machine.now = Date.parse("2026-11-20T23:59:59Z");
    strictEqual(feed.isDue(), false);
    machine.now = Date.parse("2026-11-21T00:00:00Z");
    strictEqual(feed.isDue(), true);
    await look(0);
    strictEqual(feed.isDue(), false);
  });
});

Deno.test("the slower a scan, the longer the rest", async (t) => {
  // A scan of 40 ms: 200 times that is 8 s, and a log that grew waits for 10 times that.
  const rows: [ms: number, busyRest: number, rest: number][] = [[0, 0, 5000], [40, 240, 8000], [1000, 6000, 60_000]];
  for (const [ms, busyRest, rest] of rows) {
    await t.step(`${ms} ms`, async () => {
      const { feed, machine, look } = makeFeed();
      await look(ms);
      machine.sizes.clear();
      machine.elapsed = ms + busyRest - 1;
      strictEqual(feed.isDue(), false);
      machine.elapsed = ms + busyRest;
      strictEqual(feed.isDue(), true);
      machine.sizes.set("/logs/a/b.jsonl", 10);
      strictEqual(feed.isDue(), false);
      machine.elapsed = ms + rest;
      strictEqual(feed.isDue(), true);
    });
  }
});

Deno.test("what a scan waited for on a busy machine is no reason for a longer rest", async () => {
  const { feed, machine, look } = makeFeed();
  await look(1000, 40);
  machine.sizes.clear();
  machine.elapsed = 1000 + 239;
  strictEqual(feed.isDue(), false);
  machine.elapsed = 1000 + 240;
  strictEqual(feed.isDue(), true);
});

Deno.test("a scan that failed is not tried again at once", async () => {
  const { feed, machine, look } = makeFeed();
  await look(0);
  machine.sizes.clear();
  await rejects(feed.look(() => Promise.reject(new Error("no"))), /^Error: no$/);
  strictEqual(feed.isDue(), false);
  machine.elapsed += 5000;
  strictEqual(feed.isDue(), true);
});
