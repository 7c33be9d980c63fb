/**
 * The relay of a launch as a process, with a stand-in for the agent that waits while the tests ask in its place: what
 * passes as it is, what is refused, and what is left when somebody is killed.
 */
import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { connect } from "node:net";
import { join } from "node:path";
import { traceIdOfLaunch, traceIdOfSession } from "../src/core/trace_id.ts";
import { CANARY } from "./support/agent_stage.ts";
import { onRelayStage, outputOf, type RelayedLaunch } from "./support/relay_stage.ts";
import { isRunning } from "./support/process_secrets.ts";
import { waitUntil } from "./support/wait_until.ts";

const SESSION = "7f8e112e-b498-41d9-b827-0b78e508d66a";
const MESSAGES = "/v1/messages";

/** First line and body of the answer to a request as it is written here: fetch sets these headers itself. */
function askRaw(url: string, lines: readonly string[]): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(
      Number(port),
      hostname,
      () => socket.write([...lines, "Connection: close", "", ""].join("\r\n")),
    );
    socket.on("data", (data) => text += data).on("end", () => resolve(text)).on("error", reject);
  });
}

Deno.test("what the gateway says passes as it is", () =>
  onRelayStage(async ({ gateway, launch }) => {
    const launched = await launch();
    const fault = (name: string, init?: RequestInit) =>
      launched.ask(`${MESSAGES}?fault=${name}`, { method: "POST", body: "{}", ...init });
    for (const status of [400, 401, 402, 404, 413, 429, 500, 503, 529]) {
      const answer = await fault(String(status));
      const said = ["retry-after", "request-id", "x-should-retry"].map((name) => answer.headers.get(name));
      deepStrictEqual([answer.status, ...said], [status, "7", "req_of_nobody", "false"]);
      deepStrictEqual(await answer.json(), { error: { message: `Scripted ${status}`, code: status } });
    }
    const page = await fault("html");
    deepStrictEqual([page.status, page.headers.get("content-type")], [502, "text/html"]);
    match(await page.text(), /^<html>/);
    const away = await fault("redirect");
    deepStrictEqual([away.status, away.headers.get("location")], [302, "http://elsewhere.example/v3/compat/models"]);
    await away.body?.cancel();
    await rejects((await fault("cut")).text());
    const reset = await fault("reset");
    strictEqual(reset.status, 502);
    match((await reset.json()).error.message, /cannot be reached/);

    strictEqual((await (await fault("big")).arrayBuffer()).byteLength, 10 * 1_048_576);
    const bytes = 20 * 1_048_576;
    deepStrictEqual(await (await fault("size", { body: new Uint8Array(bytes) })).json(), { bytes });
    // Twenty events, 50 ms apart: the first is there long before the last.
    const reader = (await fault("drip")).body!.getReader();
    const begun = performance.now();
    strictEqual(new TextDecoder().decode((await reader.read()).value), "data: 0\n\n");
    while (!(await reader.read()).done);
    ok(performance.now() - begun > 500);

    for (const name of ["hang", "drip"]) {
      const giveUp = new AbortController();
      const asked = (await gateway.requests()).length;
      const answer = fault(name, { signal: giveUp.signal }).then((response) => response.text());
      await waitUntil("the request", async () => (await gateway.requests()).length > asked);
      giveUp.abort();
      await rejects(answer);
      await waitUntil("the gateway to hear of it", async () => (await gateway.requests()).at(-1)!.aborted);
    }
    strictEqual((await launched.end()).code, 0);
  }));

Deno.test("what the gateway is told: the key and the trace, and no credential of anybody else's", () =>
  onRelayStage(async ({ gateway, launch, launches }) => {
    const launched = await launch();
    const say = async (headers: Record<string, string>, text = "SAY: hi") => {
      const body = JSON.stringify({ model: "one", messages: [{ role: "user", content: text }] });
      const answer = await launched.ask("/chat/completions", { method: "POST", body, headers });
      const { usage } = await answer.json();
      return { tokens: usage.total_tokens as number, asked: (await gateway.requests()).at(-1)! };
    };
    const foreign = {
      "x-api-key": "sk-ant-theirs",
      "api-key": "theirs",
      "x-goog-api-key": "theirs",
      "chatgpt-account-id": "theirs",
      "openai-organization": "org-1",
      "cookie": "a=theirs",
      "proxy-authorization": "Basic theirs",
      "anthropic-beta": "one,two",
    };
    // Tokens enough for a cost of some cents.
    const first = await say({ ...foreign, "x-claude-code-session-id": SESSION }, "PAD: 30000");
    const { headers } = first.asked;
    const trace = traceIdOfSession("claude", SESSION);
    strictEqual(headers["authorization"], `Bearer ${CANARY}`);
    ok(!/theirs/.test(JSON.stringify(headers)), JSON.stringify(headers));
    deepStrictEqual([headers["x-opper-trace-id"], headers["x-opper-parent-span-id"]], [trace, trace]);
    deepStrictEqual([headers["anthropic-beta"], headers["accept-encoding"]], ["one,two", "identity"]);
    strictEqual(headers["host"], new URL(gateway.url).host);

    const child = await say({ "x-claude-code-session-id": SESSION, "x-claude-code-agent-id": "a1" });
    strictEqual(child.asked.headers["x-opper-trace-id"], traceIdOfSession("claude", SESSION, "a1"));
    const kept = await say({ "x-opper-trace-id": "theirs", "x-claude-code-session-id": SESSION });
    strictEqual(kept.asked.headers["x-opper-trace-id"], "theirs");
    const unnamed = await say({});
    const launchId = launched.url.match(/sess_([0-9a-f-]{36})/)![1]!;
    strictEqual(unnamed.asked.headers["x-opper-trace-id"], traceIdOfLaunch(launchId));
    // By the key's other place, as Anthropic's own clients have it.
    const answer = await fetch(`${launched.url}/models`, { headers: { "x-api-key": launched.token } });
    strictEqual(answer.status, 200);
    await answer.body?.cancel();

    const again = await say({ "x-claude-code-session-id": SESSION });
    const { code, stderr } = await launched.end();
    strictEqual(code, 0);
    const [{ sessions, billed, exit }] = launches() as [ReturnType<typeof launches>[number]];
    deepStrictEqual(
      sessions.map(({ sessionId, subagentId, parentTraceId }) => [sessionId, subagentId, parentTraceId]),
      [[SESSION, undefined, undefined], [SESSION, "a1", trace], [launchId, undefined, undefined]],
    );
    strictEqual(exit?.status, 0);
    // A millionth of a dollar a token.
    const usd = (first.tokens + again.tokens) / 1e6;
    ok(Math.abs(billed.get(trace)!.usd - usd) < 1e-9, `${billed.get(trace)!.usd} is not ${usd}`);
    deepStrictEqual([billed.get(trace)!.requests, billed.get(trace)!.billedRequests], [2, 2]);
    match(stderr, new RegExp(`^  trace ${trace}  .*; Opper billed \\$0\\.03\\d*$`, "m"));
  }));

Deno.test("an answer that says no cost is not free", () =>
  onRelayStage(async ({ launch, launches }) => {
    const launched = await launch();
    const body = JSON.stringify({ model: "one", messages: [{ role: "user", content: "SAY: hi" }] });
    const headers = { "x-claude-code-session-id": SESSION };
    await (await launched.ask("/chat/completions", { method: "POST", body, headers })).json();
    const { stderr } = await launched.end();
    ok(!/billed/.test(stderr), stderr);
    strictEqual(launches()[0]!.billed.size, 0);
  }, { noCost: true }));

Deno.test("who may not use it", async (t) => {
  await onRelayStage(async ({ gateway, launch }) => {
    const launched = await launch();
    const { host, pathname } = new URL(launched.url);
    const bearer = `Authorization: Bearer ${launched.token}`;
    const before = (await gateway.requests()).length;
    const rows: [what: string, lines: string[], status: number][] = [
      ["no token", [`POST ${pathname}/x HTTP/1.1`, `Host: ${host}`], 401],
      ["another token", [`POST ${pathname}/x HTTP/1.1`, `Host: ${host}`, `${bearer}x`], 401],
      ["a shorter one", [`POST ${pathname}/x HTTP/1.1`, `Host: ${host}`, bearer.slice(0, -1)], 401],
      ["the key itself", [`POST ${pathname}/x HTTP/1.1`, `Host: ${host}`, `Authorization: Bearer ${CANARY}`], 401],
      ["a page", [`POST ${pathname}/x HTTP/1.1`, `Host: ${host}`, bearer, "Origin: http://evil.example"], 403],
      ["a page of this host", [`POST ${pathname}/x HTTP/1.1`, `Host: ${host}`, bearer, `Origin: http://${host}`], 403],
      [
        "a page that asks first",
        [`OPTIONS ${pathname}/x HTTP/1.1`, `Host: ${host}`, "Origin: null", "Access-Control-Request-Method: POST"],
        403,
      ],
      ["another name of this host", [`POST ${pathname}/x HTTP/1.1`, "Host: evil.example", bearer], 403],
      ["another port", [`POST ${pathname}/x HTTP/1.1`, "Host: 127.0.0.1:80", bearer], 403],
      ["no route", ["GET /etc/passwd HTTP/1.1", `Host: ${host}`, bearer], 404],
      ["a route by climbing", [`GET ${pathname}/../../../../admin HTTP/1.1`, `Host: ${host}`, bearer], 404],
      [
        "a websocket",
        [
          `GET ${pathname}/responses HTTP/1.1`,
          `Host: ${host}`,
          bearer,
          "Upgrade: websocket",
          "Sec-WebSocket-Version: 13",
        ],
        426,
      ],
      ["who looks whether anybody is there", ["HEAD /api/hello HTTP/1.1", `Host: ${host}`], 200],
    ];
    for (const [what, lines, status] of rows) {
      await t.step(what, async () => {
        const answer = await askRaw(launched.url, lines);
        match(answer, new RegExp(`^HTTP/1\\.1 ${status} `));
        ok(!/access-control-allow/i.test(answer), answer);
        ok(!answer.includes(CANARY) && !answer.includes(launched.token), answer);
      });
    }
    strictEqual((await gateway.requests()).length, before);
    await launched.end();
    await rejects(launched.ask("/models"));
  });
});

Deno.test("a gateway that goes away while the agent runs", () =>
  onRelayStage(async ({ gateway, launch }) => {
    const launched = await launch();
    await gateway.close();
    const answer = await launched.ask(MESSAGES, { method: "POST", body: "{}" });
    strictEqual(answer.status, 502);
    const { type, error } = await answer.json();
    strictEqual(type, "error");
    match(error.message, /^http:\/\/127\.0\.0\.1:\d+ cannot be reached: .*\.$/);
    const { code, stderr } = await launched.end();
    strictEqual(code, 0, stderr);
  }));

/** A disk of its own for a directory. @returns undefined for who may mount none */
async function smallDisk(path: string): Promise<AsyncDisposable | undefined> {
  await Deno.mkdir(path);
  const run = async (...command: readonly [string, ...string[]]) =>
    (await new Deno.Command(command[0], { args: command.slice(1), stderr: "null" }).output()).success;
  if (Deno.uid() !== 0 || !await run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", path)) return undefined;
  return { [Symbol.asyncDispose]: async () => ok(await run("umount", path)) };
}

/** Until nothing more goes onto the disk; where it is no disk of its own, the ledger alone can no longer be written. */
async function fillUp(path: string, isDisk: boolean): Promise<void> {
  if (!isDisk) {
    const [launch] = [...Deno.readDirSync(join(path, "agent/launches"))];
    const ledger = join(path, "agent/launches", launch!.name, "ledger.jsonl");
    await Deno.remove(ledger);
    return await Deno.mkdir(ledger);
  }
  using file = await Deno.open(join(path, "filler"), { create: true, append: true });
  for (const size of [4096, 1]) {
    try {
      while (true) file.writeSync(new Uint8Array(size));
    } catch (error) {
      ok(error instanceof Error && /No space left/.test(error.message), String(error));
    }
  }
}

Deno.test("a disk without room costs the record, and neither the answer nor the agent's status", () =>
  onRelayStage(async ({ home, launch }) => {
    const OPPER_HOME = join(home, "../opper");
    await using disk = await smallDisk(OPPER_HOME);
    const launched = await launch({ OPPER_HOME });
    await fillUp(OPPER_HOME, disk !== undefined);
    const body = JSON.stringify({ model: "one", messages: [{ role: "user", content: "SAY: hi" }] });
    // More than what is left of a page of the disk.
    for (let index = 0; index < 30; index++) {
      const headers = { "x-claude-code-session-id": `${index}-${"x".repeat(200)}` };
      const answer = await launched.ask("/chat/completions", { method: "POST", body, headers });
      const text = await answer.text();
      ok(text.includes('"content":"hi"'), text);
    }
    const { code, stderr } = await launched.end();
    strictEqual(code, 0, stderr);
    strictEqual(stderr.match(/^warning: A session of this launch could not be recorded: /gm)?.length, 1, stderr);
  }));

/** Within the time that people wait, whatever the machine has to do besides. */
async function waitForEnd(launched: RelayedLaunch): Promise<void> {
  await waitUntil("the agent to end", async () => !await isRunning(launched.agentPid));
}

Deno.test("the launch is killed", async (t) => {
  for (const [what, env] of [["an agent", {}], ["an agent that hears no SIGTERM", { STUB_DEAF: "1" }]] as const) {
    await t.step(what, () =>
      onRelayStage(async ({ home, launch, run }) => {
        const launched = await launch(env);
        const began = performance.now();
        launched.process.kill("SIGKILL");
        await waitForEnd(launched);
        // Five seconds are the agent's; the rest is for a machine that is busy.
        ok(performance.now() - began < 60_000);
        await launched.process.stdin.close().catch(() => undefined);
        const { stderr } = await outputOf(launched.process);
        match(stderr, /opper-agent was killed, and Claude Code ended with it\./);
        // The next launch sees what is left.
        const next = await launch();
        strictEqual((await next.end()).code, 0);
        const { code, stdout } = await run(["traces", "--json"]);
        deepStrictEqual([code, JSON.parse(stdout).traces], [0, []]);
        deepStrictEqual([...Deno.readDirSync(home)].map(({ name }) => name), [".opper"]);
      }));
  }
});

Deno.test("the launch is killed at any step of its start, and the next one finds nothing in its way", () =>
  onRelayStage(async ({ home, start, launch, run }) => {
    // From source a launch takes half a second to its agent, compiled a tenth of it.
    for (const ms of [20, 60, 120, 200, 300, 450, 700]) {
      const process = start();
      await new Promise((resolve) => setTimeout(resolve, ms));
      process.kill("SIGKILL");
      await process.stdin.close().catch(() => undefined);
      await outputOf(process);
    }
    strictEqual((await (await launch()).end()).code, 0);
    strictEqual((await run(["traces"])).code, 0);
    deepStrictEqual([...Deno.readDirSync(home)].map(({ name }) => name), [".opper"]);
  }));

Deno.test("the agent is killed", () =>
  onRelayStage(async ({ launch, launches }) => {
    const launched = await launch();
    const headers = { "x-claude-code-session-id": SESSION };
    const hanging = rejects(launched.ask(`${MESSAGES}?fault=hang`, { method: "POST", body: "{}", headers }));
    await waitUntil("the session", () => launches()[0]!.sessions.length === 1);
    Deno.kill(launched.agentPid, "SIGKILL");
    const { code, stderr } = await outputOf(launched.process);
    strictEqual(code, 137, stderr);
    match(stderr, new RegExp(`^  trace ${traceIdOfSession("claude", SESSION)}  `, "m"));
    ok(!/^error|Uncaught/m.test(stderr), stderr);
    await hanging;
    strictEqual(launches()[0]!.exit?.status, 137);
    await launched.process.stdin.close().catch(() => undefined);
  }));
