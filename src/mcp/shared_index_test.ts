import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { SharedIndex } from "./shared_index.ts";

/** Counts what is opened and closed. Each scan ends when it is let. */
function harness() {
  const events: string[] = [];
  const gates: (() => void)[] = [];
  let count = 0;
  const scans = new SharedIndex(async (pause) => {
    const name = `scan ${++count}`;
    events.push(`open ${name}`);
    await new Promise<void>((resolve) => gates.push(resolve));
    await pause();
    return { name, close: () => void events.push(`close ${name}`) };
  });
  const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
  return { scans, events, gates, settle };
}

Deno.test("calls that come together share one scan, which the last one closes", async () => {
  const { scans, events, gates, settle } = harness();
  const [first, second] = [scans.acquire(), scans.acquire()];
  await settle();
  gates[0]!();
  deepStrictEqual([(await first.scan).name, (await second.scan).name], ["scan 1", "scan 1"]);
  first.release();
  first.release();
  await settle();
  deepStrictEqual(events, ["open scan 1"]);
  second.release();
  await settle();
  deepStrictEqual(events, ["open scan 1", "close scan 1"]);
});

Deno.test("a call never gets a scan that began before it came, and scans do not overlap", async () => {
  const { scans, events, gates, settle } = harness();
  const first = scans.acquire();
  await settle();
  const second = scans.acquire();
  const third = scans.acquire();
  await settle();
  deepStrictEqual(events, ["open scan 1"]);
  gates[0]!();
  strictEqual((await first.scan).name, "scan 1");
  await settle();
  gates[1]!();
  deepStrictEqual([(await second.scan).name, (await third.scan).name], ["scan 2", "scan 2"]);
  for (const use of [first, second, third]) use.release();
  await settle();
  deepStrictEqual(events, ["open scan 1", "open scan 2", "close scan 1", "close scan 2"]);
});

Deno.test("what is given back before it is there is closed when it comes", async () => {
  const { scans, events, gates, settle } = harness();
  const use = scans.acquire();
  await settle();
  use.release();
  gates[0]!();
  await settle();
  deepStrictEqual(events, ["open scan 1", "close scan 1"]);
});

Deno.test("a long scan that nobody waits for any more is given up", async () => {
  let pause!: () => Promise<void>;
  const scans = new SharedIndex<{ close(): void }>(async (it) => {
    pause = it;
    // Longer than a scan may go on without a breath.
    for (const until = performance.now() + 60; performance.now() < until;);
    await pause();
    return { close() {} };
  });
  const use = scans.acquire();
  use.release();
  await rejects(use.scan, /given up/);
});

Deno.test("a scan that fails does not stop the next one", async () => {
  let count = 0;
  const scans = new SharedIndex(() => {
    count++;
    return count === 1 ? Promise.reject(new Error("no disk")) : Promise.resolve({ count, close() {} });
  });
  const first = scans.acquire();
  await rejects(first.scan, /no disk/);
  first.release();
  const second = scans.acquire();
  strictEqual((await second.scan).count, 2);
  second.release();
});
