/** However a server is told to end, and whatever it is doing then: it ends at once, and finishes nothing first. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { makeLargeHome } from "./support/logs.ts";
import { cpuMsOfProcess } from "./support/cpu_time.ts";
import { INITIALIZE, type McpClient, startMcp } from "./support/mcp_client.ts";
import { pause, waitUntil } from "./support/wait_until.ts";
import { indexPath } from "../src/scan/index/tables/index_file.ts";
import { withTemporaryDirectory } from "./support/run_agent.ts";
import { makeSmallHome } from "./support/small_home.ts";

/** For how long a server may still work that was told to end. What it is doing then takes several times as long. */
const END_MS = 1000;

async function withSmallHome(body: (home: string) => Promise<void>): Promise<void> {
  await withTemporaryDirectory(async (home) => {
    await makeSmallHome(home);
    await body(home);
  });
}

/**
 * Requests a first scan, and waits until it is under way: until the server has worked for it. Where the system does not say
 * how long a process worked, some time has to do.
 *
 * @param workMs less than the scan takes
 */
async function startLongCall(client: McpClient, workMs = 300): Promise<number> {
  const id = client.nextId();
  const { pid } = client.child;
  const before = cpuMsOfProcess(pid);
  await client.send({ jsonrpc: "2.0", id, method: "tools/call", params: { name: "list_sessions", arguments: {} } });
  if (before === undefined) await pause(400);
  else await waitUntil("the scan to begin", () => client.hasAnswer(id) || cpuMsOfProcess(pid)! - before >= workMs);
  ok(!client.hasAnswer(id), "the call is over before anything could happen to it");
  return id;
}

/** Requests a scan that another process holds up for good: whenever it is looked at, it is under way. */
async function startHeldCall(client: McpClient): Promise<number> {
  const id = client.nextId();
  await client.send({ jsonrpc: "2.0", id, method: "tools/call", params: { name: "list_sessions", arguments: {} } });
  // Until it stands before the index; sooner, it is held up all the same.
  await pause(400);
  ok(!client.hasAnswer(id), "nothing holds up the call");
  return id;
}

/** Told to end, the server does. */
async function checkEnd(client: McpClient, status: number): Promise<void> {
  const { code, workedMs } = await client.ended();
  strictEqual(code, status);
  ok(workedMs < END_MS, `${workedMs} ms`);
}

Deno.test("in the middle of a call", async (t) => {
  await withTemporaryDirectory(async (home) => {
    await makeLargeHome(home, 1500, 60);
    let run = 0;
    const start = () => startMcp({ home, opperHome: join(home, `opper-${++run}`) });

    await t.step("a cancelled call is not answered, and the next one is", async () => {
      await using client = await start();
      const id = await startLongCall(client);
      await client.send({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: id } });
      await client.send({ jsonrpc: "2.0", id: "ping", method: "ping" });
      strictEqual((await client.answer("ping")).error, undefined);
      const page = await client.structured("list_sessions", { limit: 1 });
      strictEqual(page["total"], 1500);
      ok(!client.hasAnswer(id));
      strictEqual(client.stderr, "");
    });

    await t.step("the end of input ends the server", async () => {
      await using client = await start();
      await startLongCall(client);
      await client.closeInput();
      await checkEnd(client, 0);
    });

    const signals: [Deno.Signal, number][] = [["SIGTERM", 143], ["SIGINT", 130], ["SIGHUP", 129]];
    for (const [signal, status] of signals) {
      await t.step(`${signal} ends the server`, async () => {
        await using client = await start();
        await startLongCall(client);
        client.child.kill(signal);
        await checkEnd(client, status);
      });
      await t.step(`${signal} ends the server while a hundred calls wait`, async () => {
        await using client = await startMcp({ home, opperHome: join(home, "opper-1") });
        await client.structured("list_sessions", { limit: 1 });
        for (let call = 0; call < 100; call++) {
          await client.send({
            jsonrpc: "2.0",
            id: `c${call}`,
            method: "tools/call",
            params: { name: "list_sessions", arguments: {} },
          });
        }
        await client.answer("c0");
        client.child.kill(signal);
        await checkEnd(client, status);
      });
    }
  });
});

/** One session of Pi whose log takes seconds to read: the same responses, written again and again. */
async function makeHugeLog(home: string, bytes: number): Promise<void> {
  const directory = join(home, ".pi/agent/sessions/--srv-app--");
  await Deno.mkdir(directory, { recursive: true });
  const lines = Array.from({ length: 1000 }, (_, turn) =>
    JSON.stringify({
      type: "message",
      id: turn.toString(16).padStart(8, "0"),
      timestamp: new Date(Date.parse("2026-11-20T10:00:00Z") + turn * 1000).toISOString(),
      message: {
        role: "assistant",
        provider: "anthropic",
        model: "claude-sonnet-4-5",
        timestamp: Date.parse("2026-11-20T10:00:00Z") + turn * 1000 - 500,
        content: [{ type: "text", text: "x".repeat(100) }],
        usage: { input: 10, output: 20, cacheRead: 1000, cacheWrite: 100 },
      },
    }));
  const chunk = new TextEncoder().encode(`${lines.join("\n")}\n`);
  const id = "01a1fb64-0000-7000-8000-00000000beef";
  const path = join(directory, `2026-11-20T09-59-59-000Z_${id}.jsonl`);
  const header = { type: "session", version: 3, id, timestamp: "2026-11-20T09:59:59.000Z", cwd: "/srv/app" };
  await Deno.writeTextFile(path, `${JSON.stringify(header)}\n`);
  using file = await Deno.open(path, { append: true });
  for (let written = 0; written < bytes; written += chunk.length) await file.write(chunk);
}

Deno.test("in the middle of one huge log", async (t) => {
  await withTemporaryDirectory(async (home) => {
    await makeHugeLog(home, 250e6);
    for (const [how, status] of [["SIGTERM", 143], ["the end of input", 0]] as const) {
      await t.step(how, async () => {
        await using client = await startMcp({ home, opperHome: join(home, `opper-${status}`) });
        await startLongCall(client);
        if (how === "SIGTERM") client.child.kill(how);
        else await client.closeInput();
        await checkEnd(client, status);
      });
    }
  });
});

Deno.test("while another process writes the index", async (t) => {
  await withSmallHome(async (home) => {
    const opperHome = join(home, "opper");
    {
      await using client = await startMcp({ home, opperHome });
      await client.structured("list_sessions", { limit: 1 });
    }
    // Something to write, and nobody else may.
    await makeHugeLog(home, 1e6);
    const other = new DatabaseSync(indexPath(join(opperHome, "agent")));
    try {
      other.exec("BEGIN IMMEDIATE");
      await t.step("a signal is heard", async () => {
        await using client = await startMcp({ home, opperHome });
        await startHeldCall(client);
        client.child.kill("SIGTERM");
        await checkEnd(client, 143);
      });
      await t.step("another request is answered, and the call once the index is free", async () => {
        await using client = await startMcp({ home, opperHome });
        const id = await startHeldCall(client);
        await client.send({ jsonrpc: "2.0", id: "ping", method: "ping" });
        strictEqual((await client.answer("ping")).error, undefined);
        ok(!client.hasAnswer(id));
        other.exec("ROLLBACK");
        strictEqual((await client.answer(id)).error, undefined);
        strictEqual(client.stderr, "");
      });
    } finally {
      other.close();
    }
  });
});

Deno.test("a client that reads nothing cannot keep the server from hearing a signal", async () => {
  await withSmallHome(async (home) => {
    await using client = await startMcp({ home, initialize: false, read: false });
    await client.send({ jsonrpc: "2.0", id: 1, method: "initialize", params: INITIALIZE });
    // Each answer has some 30 KB, far beyond what a pipe holds.
    for (let id = 2; id < 40; id++) await client.send({ jsonrpc: "2.0", id, method: "tools/list" });
    // Until it writes and nobody reads; sooner, it is a signal like any other.
    await pause(1000);
    client.child.kill("SIGTERM");
    await checkEnd(client, 143);
  });
});

Deno.test("a reader that goes away ends the server", async () => {
  await withSmallHome(async (home) => {
    await using client = await startMcp({ home, initialize: false, read: false });
    await client.child.stdout.cancel();
    await client.send({ jsonrpc: "2.0", id: 1, method: "ping" });
    const { code } = await client.ended();
    strictEqual(code, 0);
  });
});

Deno.test("calls that were made before the end of input are answered", async () => {
  await withSmallHome(async (home) => {
    await using client = await startMcp({ home });
    await client.structured("list_sessions", { limit: 1 });
    const id = client.nextId();
    await client.send({ jsonrpc: "2.0", id, method: "tools/list" });
    await client.closeInput();
    strictEqual((await client.answer(id)).error, undefined);
    strictEqual((await client.ended()).code, 0);
    deepStrictEqual(client.noise, []);
  });
});
