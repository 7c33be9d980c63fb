/** However a server is told to end, and whatever it is doing then: it has ended within a second. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { makeLargeHome } from "./support/logs.ts";
import { INITIALIZE, type McpClient, startMcp } from "./support/mcp_client.ts";
import { withTemporaryDirectory } from "./support/run_agent.ts";
import { makeSmallHome } from "./support/small_home.ts";

/** How soon a server must have ended that was told to. */
const END_MS = 1000;

async function withSmallHome(body: (home: string) => Promise<void>): Promise<void> {
  await withTemporaryDirectory(async (home) => {
    await makeSmallHome(home);
    await body(home);
  });
}

/** Requests a first scan that takes seconds, and waits until it is under way. */
async function startLongCall(client: McpClient): Promise<number> {
  const id = client.nextId();
  await client.send({ jsonrpc: "2.0", id, method: "tools/call", params: { name: "list_sessions", arguments: {} } });
  await new Promise((resolve) => setTimeout(resolve, 400));
  ok(!client.hasAnswer(id), "the call is over before anything could happen to it");
  return id;
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
      strictEqual((await client.answer("ping", END_MS)).error, undefined);
      const page = await client.structured("list_sessions", { limit: 1 });
      strictEqual(page["total"], 1500);
      ok(!client.hasAnswer(id));
      strictEqual(client.stderr, "");
    });

    await t.step("the end of input ends the server", async () => {
      await using client = await start();
      await startLongCall(client);
      await client.closeInput();
      const { code, afterMs } = await client.ended();
      strictEqual(code, 0);
      ok(afterMs < END_MS, `${afterMs} ms`);
    });

    const signals: [Deno.Signal, number][] = [["SIGTERM", 143], ["SIGINT", 130], ["SIGHUP", 129]];
    for (const [signal, status] of signals) {
      await t.step(`${signal} ends the server`, async () => {
        await using client = await start();
        await startLongCall(client);
        client.child.kill(signal);
        const { code, afterMs } = await client.ended();
        strictEqual(code, status);
        ok(afterMs < END_MS, `${afterMs} ms`);
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
        const { code, afterMs } = await client.ended();
        strictEqual(code, status);
        ok(afterMs < END_MS, `${afterMs} ms`);
      });
    }
  });
});

Deno.test("a client that reads nothing cannot keep the server from hearing a signal", async () => {
  await withSmallHome(async (home) => {
    await using client = await startMcp({ home, initialize: false, read: false });
    await client.send({ jsonrpc: "2.0", id: 1, method: "initialize", params: INITIALIZE });
    // Each answer has some 30 KB, far beyond what a pipe holds.
    for (let id = 2; id < 40; id++) await client.send({ jsonrpc: "2.0", id, method: "tools/list" });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    client.child.kill("SIGTERM");
    const { code, afterMs } = await client.ended();
    strictEqual(code, 143);
    ok(afterMs < END_MS, `${afterMs} ms`);
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
