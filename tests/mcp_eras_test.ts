/**
 * Both eras of the protocol, asked of the real process: the 29 rules that revision 2026-07-28 sets for a server of two eras
 * over standard input and output. Numbers are those of the rules as they were gathered; each has its section.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import {
  CallToolResultSchema,
  CompleteResultSchema,
  GetPromptResultSchema,
  InitializeResultSchema,
  ListPromptsResultSchema,
  ListResourcesResultSchema,
  ListResourceTemplatesResultSchema,
  ListToolsResultSchema,
  ReadResourceResultSchema,
} from "@modelcontextprotocol/sdk/types.js";
import { type Answer, INITIALIZE, type Json, type McpClient, startMcp } from "./support/mcp_client.ts";
import { withTemporaryDirectory } from "./support/run_agent.ts";
import { makeSmallHome, PI } from "./support/small_home.ts";
import { waitUntil } from "./support/wait_until.ts";

const VERSION = "2026-07-28";
const KEY = "io.modelcontextprotocol/";

/** What each request of the revision says of itself. */
const ENVELOPE: Json = {
  [`${KEY}protocolVersion`]: VERSION,
  [`${KEY}clientInfo`]: { name: "test", version: "0" },
  [`${KEY}clientCapabilities`]: {},
};

const withEnvelope = (params: Json = {}, meta: Json = {}): Json => ({ ...params, _meta: { ...ENVELOPE, ...meta } });

async function withServer(body: (client: McpClient) => Promise<void>): Promise<void> {
  await withTemporaryDirectory(async (home) => {
    await makeSmallHome(home);
    await using client = await startMcp({ home, initialize: false });
    await body(client);
    deepStrictEqual(client.noise, []);
    strictEqual(client.stderr, "");
  });
}

const ask = (client: McpClient, method: string, params?: Json) => client.request(method, withEnvelope(params));

function resultOf({ result, error }: Answer): Json {
  strictEqual(error, undefined, error?.message);
  return result as Json;
}

/** Every request that a client of the revision may send, with parameters that are right. */
const REQUESTS: readonly (readonly [method: string, params: Json])[] = [
  ["server/discover", {}],
  ["tools/list", {}],
  ["tools/call", { name: "list_sessions", arguments: { limit: 1 } }],
  ["prompts/list", {}],
  ["prompts/get", { name: "what_is_warm" }],
  ["resources/list", {}],
  ["resources/templates/list", {}],
  ["resources/read", { uri: `opper-agent://session/${PI}` }],
  [
    "completion/complete",
    { ref: { type: "ref/resource", uri: "opper-agent://session/{id}" }, argument: { name: "id", value: "01" } },
  ],
];

Deno.test("1, 10: server/discover says versions and what can be asked, as any message of a connection", async () => {
  await withServer(async (client) => {
    const first = resultOf(await ask(client, "server/discover"));
    deepStrictEqual((first["supportedVersions"] as string[]).slice(0, 2), [VERSION, "2025-11-25"]);
    const extensions = { [`${KEY}tasks`]: {}, [`${KEY}ui`]: {} };
    deepStrictEqual(first["capabilities"], { tools: {}, resources: {}, prompts: {}, completions: {}, extensions });
    match(String(first["instructions"]), /session_cost/);
    for (const [method, params] of REQUESTS) resultOf(await ask(client, method, params));
    deepStrictEqual(resultOf(await ask(client, "server/discover")), first);
  });
});

Deno.test("3, 4: what a request must say of itself", async (t) => {
  const { [`${KEY}clientInfo`]: _, ...noInfo } = ENVELOPE;
  const without = (key: string) => Object.fromEntries(Object.entries(ENVELOPE).filter(([name]) => name !== KEY + key));
  const other = (key: string, value: unknown) => ({ ...ENVELOPE, [KEY + key]: value });
  const rows: [what: string, meta: unknown, code: number | undefined][] = [
    ["all of it", ENVELOPE, undefined],
    ["no name of the client", noInfo, undefined],
    ["fields that nobody knows", { ...ENVELOPE, "com.example/x": [1], traceparent: "00-1-2-01" }, undefined],
    ["no version", without("protocolVersion"), -32602],
    ["no capabilities", without("clientCapabilities"), -32602],
    ["a version that is a number", other("protocolVersion", 20260728), -32602],
    ["a version that is null", other("protocolVersion", null), -32602],
    ["capabilities that are a list", other("clientCapabilities", []), -32602],
    ["capabilities that are text", other("clientCapabilities", "{}"), -32602],
    ["capabilities that are null", other("clientCapabilities", null), -32602],
    ["a name of the client that is text", other("clientInfo", "me"), -32602],
    ["a version of the future", other("protocolVersion", "2099-12-31"), -32022],
    ["an old version", other("protocolVersion", "2025-11-25"), -32022],
    ["no version at all, but text", other("protocolVersion", ""), -32022],
  ];
  await withServer(async (client) => {
    for (const [what, meta, code] of rows) {
      for (const [method, params] of REQUESTS) {
        await t.step(`${method}, ${what}`, async () => {
          const { error, result } = await client.request(method, { ...params, _meta: meta as Json });
          strictEqual(error?.code, code, error?.message);
          strictEqual(result === undefined, code !== undefined);
          if (code !== -32022) return;
          const { data } = error as unknown as { data: { supported: string[]; requested: unknown } };
          strictEqual(data.requested, (meta as Json)[`${KEY}protocolVersion`]);
          ok(data.supported.includes(VERSION));
        });
      }
    }
    for (const method of ["server/discover", "subscriptions/listen"]) {
      await t.step(`${method} with notes that are none`, async () => {
        for (const meta of [5, "x", [], true]) {
          strictEqual((await client.request(method, { _meta: meta })).error?.code, -32602);
        }
      });
      await t.step(`${method} with a token of progress that is none`, async () => {
        for (const progressToken of [{}, [], true, 1.5]) {
          const { error } = await client.request(method, withEnvelope({}, { progressToken }));
          strictEqual(error?.code, -32602);
        }
      });
      await t.step(`${method} without any of it`, async () => {
        strictEqual((await client.request(method)).error?.code, -32602);
        strictEqual((await client.request(method, { _meta: {} })).error?.code, -32602);
      });
    }
  });
});

Deno.test("5, 6, 7: every result is complete, signed, and says how long it may be kept", async (t) => {
  const hints: Readonly<Record<string, Json>> = {
    "server/discover": { ttlMs: 300_000, cacheScope: "public" },
    "tools/list": { ttlMs: 300_000, cacheScope: "public" },
    "prompts/list": { ttlMs: 300_000, cacheScope: "public" },
    "resources/templates/list": { ttlMs: 300_000, cacheScope: "public" },
    "resources/list": { ttlMs: 0, cacheScope: "private" },
    "resources/read": { ttlMs: 0, cacheScope: "private" },
  };
  const requests: readonly (readonly [string, Json])[] = [
    ...REQUESTS,
    ["tools/call", { name: "session_cost", arguments: { session: "nobody" } }],
  ];
  await withServer(async (client) => {
    for (const [method, params] of requests) {
      await t.step(`${method} ${JSON.stringify(params)}`, async () => {
        const result = resultOf(await ask(client, method, params));
        strictEqual(result["resultType"], "complete");
        const { name, title, version } = (result["_meta"] as Record<string, Json>)[`${KEY}serverInfo`]!;
        deepStrictEqual([name, title, typeof version], ["opper-agent", "opper-agent", "string"]);
        const { ttlMs, cacheScope } = result;
        deepStrictEqual({ ttlMs, cacheScope }, hints[method] ?? { ttlMs: undefined, cacheScope: undefined });
      });
    }
    strictEqual(
      resultOf(await ask(client, "tools/call", { name: "session_cost", arguments: { session: "nobody" } }))["isError"],
      true,
    );
  });
});

Deno.test("2, 9, 26: eras may be mixed, and no request changes what another is told", async () => {
  await withServer(async (client) => {
    // Refused first, as a client that tries versions would be.
    strictEqual(
      (await client.request("server/discover", { _meta: { ...ENVELOPE, [`${KEY}protocolVersion`]: "2099-01-01" } }))
        .error?.code,
      -32022,
    );
    const before = resultOf(await ask(client, "tools/list"));
    const bare = resultOf(await client.request("tools/list"));
    const { protocolVersion, ...handshake } = resultOf(await client.request("initialize", INITIALIZE));
    strictEqual(protocolVersion, "2025-11-25");
    deepStrictEqual(Object.keys(handshake).sort(), ["capabilities", "instructions", "serverInfo"]);
    await client.send({ jsonrpc: "2.0", method: "notifications/initialized" });
    const legacy = resultOf(await client.request("tools/list"));
    deepStrictEqual(resultOf(await ask(client, "tools/list")), before);
    // Old results have no new fields, and the same tools in the same order, byte for byte.
    deepStrictEqual(Object.keys(legacy), ["tools"]);
    strictEqual(JSON.stringify(legacy), JSON.stringify(bare));
    strictEqual(JSON.stringify(legacy["tools"]), JSON.stringify(before["tools"]));
  });
});

/** As the SDK's own client of the old era reads them. */
const OLD_SCHEMAS = {
  "tools/list": ListToolsResultSchema,
  "tools/call": CallToolResultSchema,
  "prompts/list": ListPromptsResultSchema,
  "prompts/get": GetPromptResultSchema,
  "resources/list": ListResourcesResultSchema,
  "resources/templates/list": ListResourceTemplatesResultSchema,
  "resources/read": ReadResourceResultSchema,
  "completion/complete": CompleteResultSchema,
} as const;

Deno.test("26: answers of the old era are what the SDK's schemas of it ask for", async (t) => {
  await withServer(async (client) => {
    InitializeResultSchema.parse(resultOf(await client.request("initialize", INITIALIZE)));
    await client.send({ jsonrpc: "2.0", method: "notifications/initialized" });
    const requests = REQUESTS.filter(([method]) => method !== "server/discover");
    deepStrictEqual(requests.map(([method]) => method).sort(), Object.keys(OLD_SCHEMAS).sort());
    for (const [method, params] of requests) {
      await t.step(method, async () => {
        const schema = OLD_SCHEMAS[method as keyof typeof OLD_SCHEMAS];
        const result = resultOf(await client.request(method, params));
        // What it does not know it would take out.
        deepStrictEqual(schema.parse(result) as Json, result);
      });
    }
  });
});

Deno.test("27: a handshake never agrees on the revision that has none", async () => {
  await withServer(async (client) => {
    const { protocolVersion } = resultOf(
      await client.request("initialize", { ...INITIALIZE, protocolVersion: VERSION }),
    );
    strictEqual(protocolVersion, "2025-11-25");
  });
});

Deno.test("11 to 14: codes of the revision, and old ones for old clients", async (t) => {
  const rows: [what: string, method: string, params: Json, modern: number, legacy: number | undefined][] = [
    ["a resource of another server", "resources/read", { uri: "file:///etc/passwd" }, -32602, -32002],
    ["a session that is not there", "resources/read", { uri: "opper-agent://session/nope" }, -32602, -32002],
    ["no address", "resources/read", {}, -32602, -32602],
    ["an unknown tool", "tools/call", { name: "rm" }, -32602, -32602],
    ["no tool", "tools/call", {}, -32602, -32602],
    ["an unknown prompt", "prompts/get", { name: "poem" }, -32602, -32602],
    ["a cursor of nowhere", "tools/list", { cursor: "x" }, -32602, -32602],
    ["an unknown method", "tools/run", {}, -32601, -32601],
    ["ping", "ping", {}, -32601, undefined],
    ["initialize", "initialize", INITIALIZE, -32601, undefined],
    ["logging/setLevel", "logging/setLevel", { level: "debug" }, -32601, -32601],
    ["resources/subscribe", "resources/subscribe", { uri: "x" }, -32601, -32601],
    ["resources/unsubscribe", "resources/unsubscribe", { uri: "x" }, -32601, -32601],
    ["tasks/list", "tasks/list", {}, -32601, -32601],
    ["tasks/result", "tasks/result", { taskId: "x" }, -32601, -32601],
  ];
  await withServer(async (client) => {
    for (const [what, method, params, modern, legacy] of rows) {
      await t.step(what, async () => {
        strictEqual((await ask(client, method, params)).error?.code, modern);
        strictEqual((await client.request(method, params)).error?.code, legacy);
      });
    }
    await t.step("arguments that the schema refuses are a result that is an error", async () => {
      const result = resultOf(
        await ask(client, "tools/call", { name: "list_sessions", arguments: { limit: "many" } }),
      );
      strictEqual(result["isError"], true);
      strictEqual(result["resultType"], "complete");
    });
  });
});

Deno.test("8, 25, 28: nothing is asked of a client, and nothing that it claims to have been given is believed", async () => {
  await withServer(async (client) => {
    const forged = {
      inputResponses: { x: { action: "accept", content: { admin: true } } },
      requestState: "eyJhIjoxfQ",
    };
    const call = { name: "list_sessions", arguments: { limit: 1 } };
    const plain = resultOf(await ask(client, "tools/call", call));
    const answered = resultOf(await ask(client, "tools/call", { ...call, ...forged }));
    strictEqual(answered["resultType"], "complete");
    deepStrictEqual(Object.keys(answered).sort(), Object.keys(plain).sort());
    deepStrictEqual(client.unasked, []);
  });
});

Deno.test("15, 16: a subscription is acknowledged with what it gets, and stays open", async (t) => {
  await withServer(async (client) => {
    const asked = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true };
    for (const id of ["listen:0", 7]) {
      await t.step(String(id), async () => {
        await client.send({
          jsonrpc: "2.0",
          id,
          method: "subscriptions/listen",
          params: withEnvelope({ notifications: asked }),
        });
        deepStrictEqual(await client.nextUnasked(), {
          jsonrpc: "2.0",
          method: "notifications/subscriptions/acknowledged",
          params: { _meta: { [`${KEY}subscriptionId`]: id }, notifications: {} },
        });
        resultOf(await ask(client, "tools/list"));
        strictEqual(client.hasAnswer(id), false);
      });
    }
    for (const notifications of [undefined, 5, [], "toolsListChanged"]) {
      const params = withEnvelope(notifications === undefined ? {} : { notifications });
      strictEqual((await client.request("subscriptions/listen", params)).error?.code, -32602);
    }
    deepStrictEqual(client.unasked, []);
  });
});

Deno.test("25: tasks are for clients that say in the request that they know them", async (t) => {
  const rows: [method: string, params: Json][] = [
    ["tasks/get", { taskId: "nobody" }],
    ["tasks/update", { taskId: "nobody", inputResponses: {} }],
    ["tasks/cancel", { taskId: "nobody" }],
    ["subscriptions/listen", { notifications: { taskIds: ["nobody"] } }],
  ];
  const declared = { [`${KEY}clientCapabilities`]: { extensions: { [`${KEY}tasks`]: {} } } };
  await withServer(async (client) => {
    for (const [method, params] of rows) {
      await t.step(method, async () => {
        const { error } = await ask(client, method, params);
        strictEqual(error?.code, -32021);
        const { data } = error as unknown as { data: Json };
        deepStrictEqual(data, { requiredCapabilities: { extensions: { [`${KEY}tasks`]: {} } } });
        if (method === "subscriptions/listen") return;
        strictEqual((await client.request(method, params)).error?.code, -32601);
        for (const wrong of [params, {}, { taskId: 5 }]) {
          strictEqual((await client.request(method, withEnvelope(wrong, declared))).error?.code, -32602);
        }
      });
    }
  });
});

Deno.test("17, 23: ending, it tells those who listen, and is gone within a second", async (t) => {
  const ends: [what: string, end: (client: McpClient) => Promise<void>, code: number][] = [
    ["the end of its input", (client) => client.closeInput(), 0],
    ["SIGTERM", (client) => Promise.resolve(client.child.kill("SIGTERM")), 143],
    ["SIGINT", (client) => Promise.resolve(client.child.kill("SIGINT")), 130],
  ];
  for (const [what, end, code] of ends) {
    await t.step(what, async () => {
      await withTemporaryDirectory(async (home) => {
        await using client = await startMcp({ home, initialize: false });
        for (const id of ["kept", "taken back"]) {
          await client.send({
            jsonrpc: "2.0",
            id,
            method: "subscriptions/listen",
            params: withEnvelope({ notifications: {} }),
          });
          await client.nextUnasked();
        }
        await client.send({
          jsonrpc: "2.0",
          method: "notifications/cancelled",
          params: { requestId: "taken back" },
        });
        // Heard before it is ended.
        resultOf(await ask(client, "prompts/list"));
        await end(client);
        strictEqual((await client.ended()).code, code);
        const result = resultOf(await client.answer("kept"));
        strictEqual(result["resultType"], "complete");
        strictEqual((result["_meta"] as Json)[`${KEY}subscriptionId`], "kept");
        strictEqual(client.hasAnswer("taken back"), false);
        deepStrictEqual(client.noise, []);
      });
    });
  }
});

Deno.test("18, 19: what was cancelled is not answered, and a cancellation that means nothing is passed over", async () => {
  await withServer(async (client) => {
    await client.send({
      jsonrpc: "2.0",
      id: "slow",
      method: "tools/call",
      params: withEnvelope({ name: "list_sessions", arguments: {} }),
    });
    await client.send({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: "slow" } });
    for (const params of [{}, { requestId: {} }, { requestId: "nobody" }, { requestId: null }]) {
      await client.send({ jsonrpc: "2.0", method: "notifications/cancelled", params });
    }
    resultOf(await ask(client, "tools/call", { name: "list_sessions", arguments: {} }));
    strictEqual(client.hasAnswer("slow"), false);
    deepStrictEqual(client.unasked, []);
  });
});

Deno.test("24: ids come back as they were", async () => {
  await withServer(async (client) => {
    for (const id of ["1", 1, 0, -5, "", 'a"b\\\n\u2028', Number.MAX_SAFE_INTEGER]) {
      await client.send({ jsonrpc: "2.0", id, method: "prompts/list", params: withEnvelope() });
      strictEqual((await client.answer(id)).id, id);
    }
  });
});

Deno.test("29: a hundred calls of both eras at once are each answered in their own", async () => {
  await withServer(async (client) => {
    const calls = Array.from({ length: 100 }, (_, place) => {
      const params = { name: "list_sessions", arguments: { limit: 1 + place % 4 } };
      return client.request("tools/call", place % 2 === 0 ? withEnvelope(params) : params);
    });
    for (const [place, answer] of (await Promise.all(calls)).entries()) {
      const result = resultOf(answer);
      strictEqual(result["resultType"], place % 2 === 0 ? "complete" : undefined);
      const { sessions } = result["structuredContent"] as { sessions: unknown[] };
      strictEqual(sessions.length, 1 + place % 4);
    }
  });
});

Deno.test("21: nothing is logged to a client, whatever level it asks for", async () => {
  await withServer(async (client) => {
    const params = withEnvelope({ name: "list_sessions", arguments: {} }, { [`${KEY}logLevel`]: "debug" });
    resultOf(await client.request("tools/call", params));
    deepStrictEqual(client.unasked, []);
  });
});

Deno.test("whatever is sent before the end of the input, it ends cleanly", async (t) => {
  const whole = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "server/discover", params: withEnvelope() });
  const listen = JSON.stringify({
    jsonrpc: "2.0",
    id: 2,
    method: "subscriptions/listen",
    params: withEnvelope({ notifications: {} }),
  });
  for (
    const text of ["", whole.slice(0, 40), whole, `${whole}\n${whole.slice(0, 90)}`, `${listen}\n`, `${listen}\n{`]
  ) {
    await t.step(text.slice(0, 60), async () => {
      await withTemporaryDirectory(async (home) => {
        await using client = await startMcp({ home, initialize: false });
        await client.write(text);
        await client.closeInput();
        strictEqual((await client.ended()).code, 0);
        await waitUntil("all that was said", () => !text.startsWith(whole) || client.hasAnswer(1) || undefined);
        if (text.startsWith(listen)) strictEqual(resultOf(await client.answer(2))["resultType"], "complete");
        deepStrictEqual(client.noise, []);
      });
    });
  }
});
