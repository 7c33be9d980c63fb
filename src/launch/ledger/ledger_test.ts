/** Ledgers in a real directory: what is written comes back, and damage costs only the damaged lines. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { appendRecord, ledgerPath, listLaunches, readLedger, tracesOf } from "./ledger.ts";
import type { BilledRecord, ExitRecord, LaunchRecord, SessionRecord } from "./records.ts";

const launch: LaunchRecord = {
  type: "launch",
  launchId: "a",
  launcher: "pi",
  at: 1000,
  cwd: "/srv/app",
  pid: 1,
  host: "https://api.opper.ai",
  tags: { team: "core" },
};
const session: SessionRecord = {
  type: "session",
  at: 1001,
  traceId: "t1",
  sessionId: "s1",
  sessionFile: "/home/u/s1.jsonl",
  pid: 2,
  reason: "startup",
  cwd: "/srv/app",
};
const exit: ExitRecord = { type: "exit", at: 1002, status: 0 };

async function withState(body: (state: string) => Promise<void>): Promise<void> {
  const state = await Deno.makeTempDir();
  try {
    await body(state);
  } finally {
    await Deno.remove(state, { recursive: true });
  }
}

Deno.test("records come back, in a file that only its owner reads", () =>
  withState(async (state) => {
    const path = ledgerPath(state, "a");
    for (const record of [launch, session, exit]) appendRecord(path, record);
    deepStrictEqual(readLedger(path), { launch, sessions: [session], billed: new Map(), exit, brokenLines: 0 });
    strictEqual((await Deno.stat(path)).mode! & 0o777, 0o600);
    strictEqual((await Deno.stat(join(path, ".."))).mode! & 0o777, 0o700);
  }));

Deno.test("damage costs only the damaged lines", async (t) => {
  const good = [launch, session, exit].map((record) => JSON.stringify(record));
  const rows: [name: string, text: string, brokenLines: number][] = [
    ["torn last line", `${good.join("\n")}\n{"type":"sess`, 1],
    ["garbage between", `${good[0]}\n\u0000\u0000\n${good[1]}\nnull\n[]\n"x"\n${good[2]}\n`, 4],
    ["unknown type", `${good.join("\n")}\n{"type":"later","at":1}\n`, 1],
    ["wrong fields", `${good.join("\n")}\n${JSON.stringify({ ...session, traceId: 7 })}\n`, 1],
    ["no time", `${good.join("\n")}\n${JSON.stringify({ ...session, at: null })}\n`, 1],
    ["a file that is no text", `${good.join("\n")}\n${JSON.stringify({ ...session, sessionFile: 1 })}\n`, 1],
    ["empty lines", `\n${good.join("\n\n")}\n\n`, 0],
    ["carriage returns", `${good.join("\r\n")}\r\n`, 0],
  ];
  for (const [name, text, brokenLines] of rows) {
    await t.step(name, () =>
      withState(async (state) => {
        const path = join(state, "ledger.jsonl");
        await Deno.writeTextFile(path, text);
        deepStrictEqual(readLedger(path), { launch, sessions: [session], billed: new Map(), exit, brokenLines });
      }));
  }
  await t.step("no launch record: not a ledger", () =>
    withState(async (state) => {
      const path = join(state, "ledger.jsonl");
      await Deno.writeTextFile(path, `${good[1]}\n`);
      strictEqual(readLedger(path), undefined);
      strictEqual(readLedger(join(state, "missing")), undefined);
    }));
});

Deno.test("launches are listed newest first", () =>
  withState(async (state) => {
    strictEqual(listLaunches(state).length, 0);
    for (const [launchId, at] of [["a", 1000], ["b", 3000], ["c", 2000]] as const) {
      appendRecord(ledgerPath(state, launchId), { ...launch, launchId, at });
    }
    await Deno.mkdir(join(state, "launches/empty"));
    await Deno.writeTextFile(join(state, "launches/stray"), "");
    deepStrictEqual(listLaunches(state).map(({ launch }) => launch.launchId), ["b", "c", "a"]);
  }));

Deno.test("a session that began again is one trace", () => {
  const again: SessionRecord = { ...session, at: 2000, reason: "resume" };
  const other: SessionRecord = { ...session, traceId: "t2" };
  deepStrictEqual(tracesOf({ sessions: [session, other, again] }), [session, other]);
});

Deno.test("the latest that was billed for a trace counts", () =>
  withState((state) => {
    const path = ledgerPath(state, "a");
    const billed: BilledRecord = { type: "billed", at: 1, traceId: "t1", requests: 1, billedRequests: 1, usd: 0.25 };
    const later = { ...billed, at: 3, requests: 3, billedRequests: 2, usd: 0.5 };
    const other = { ...billed, traceId: "t2" };
    for (const record of [launch, billed, other, later]) appendRecord(path, record);
    deepStrictEqual(readLedger(path)!.billed, new Map([["t1", later], ["t2", other]]));
    return Promise.resolve();
  }));
