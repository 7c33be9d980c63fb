import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { LiveFeed } from "../operations/live/live_feed.ts";
import { KeptIndex, type Scan } from "./kept_index.ts";

/** Scans that are numbered, in a machine whose one log and clock are set by hand. */
function makeKept() {
  const machine = { elapsed: 0, size: 1, isWatched: false, fails: false, opened: 0, closed: [] as number[] };
  const feed = new LiveFeed({
    now: () => Date.parse("2026-11-20T12:00:00Z"),
    elapsed: () => machine.elapsed,
    readStamp: () => ({ size: machine.size, mtimeMs: 1 }),
  });
  const kept = new KeptIndex({
    feed,
    open() {
      if (machine.fails) return Promise.reject(new Error("no scan"));
      const name = ++machine.opened;
      return Promise.resolve({ close: () => machine.closed.push(name), distrust: () => true } as unknown as Scan);
    },
    describe: () =>
      Promise.resolve({ sessions: [{ files: ["/a.jsonl"] }], timezone: "UTC", mark: String(machine.size) }),
    isWatched: () => machine.isWatched,
  });
  return { kept, machine };
}

Deno.test("one scan for all requests, until a log changes", async () => {
  const { kept, machine } = makeKept();
  const [first, second] = await Promise.all([kept.acquire(), kept.acquire()]);
  deepStrictEqual([first!.scan === second!.scan, machine.opened, first!.number], [true, 1, 1]);
  first!.release();
  first!.release();
  machine.size = 2;
  const third = await kept.acquire();
  deepStrictEqual([machine.opened, third.number], [2, 2]);
  // Who still has the old one keeps it.
  deepStrictEqual(machine.closed, []);
  second!.release();
  deepStrictEqual(machine.closed, [1]);
  third.release();
  await kept.close();
  deepStrictEqual(machine.closed, [1, 2]);
});

Deno.test("a scan that found nothing new has the number of the last", async () => {
  const { kept, machine } = makeKept();
  (await kept.acquire()).release();
  machine.elapsed = 5000;
  const use = await kept.acquire();
  deepStrictEqual([machine.opened, use.number], [2, 1]);
  use.release();
  await kept.close();
});

Deno.test("while a page listens, requests take what its loop found", async () => {
  const { kept, machine } = makeKept();
  machine.isWatched = true;
  (await kept.acquire()).release();
  machine.size = 2;
  machine.elapsed = 60_000;
  (await kept.acquire()).release();
  strictEqual(machine.opened, 1);
  await kept.renew();
  strictEqual(machine.opened, 2);
  await kept.close();
});

Deno.test("a scan that fails is said to who waits for it, and keeps nobody from the next", async () => {
  const { kept, machine } = makeKept();
  machine.fails = true;
  await rejects(kept.acquire(), /no scan/);
  machine.fails = false;
  const use = await kept.acquire();
  strictEqual(use.number, 1);
  strictEqual(kept.distrust(use), true);
  use.release();
  deepStrictEqual(machine.closed, [1]);
  const again = await kept.acquire();
  strictEqual(machine.opened, 2);
  again.release();
  await kept.close();
});
