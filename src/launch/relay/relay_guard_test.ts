/** Who is let through, request by request. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { refuseRelayed } from "./relay_guard.ts";

const HOST = "127.0.0.1:4711";
const TOKEN = "op-launch-0123456789";
const BEARER = { host: HOST, authorization: `Bearer ${TOKEN}` };

Deno.test("the token opens the gateway's routes, and nothing else is let through", async (t) => {
  const rows: [
    name: string,
    method: string,
    path: string,
    headers: Record<string, string>,
    status: number | undefined,
  ][] = [
    ["the token", "POST", "/v3/session/sess_1/v1/messages", BEARER, undefined],
    ["the token as a key", "POST", "/v3/compat/v1/messages", { host: HOST, "x-api-key": TOKEN }, undefined],
    ["beside somebody's own key", "POST", "/v3/x", { ...BEARER, "x-api-key": "sk-ant-1" }, undefined],
    ["beside somebody's own token", "POST", "/v3/x", {
      host: HOST,
      authorization: "Bearer sk-1",
      "x-api-key": TOKEN,
    }, undefined],
    ["usage", "GET", "/v2/analytics/usage", BEARER, undefined],
    ["no token", "POST", "/v3/x", { host: HOST }, 401],
    ["an empty one", "POST", "/v3/x", { host: HOST, authorization: "Bearer ", "x-api-key": "" }, 401],
    ["one of another launch", "POST", "/v3/x", { host: HOST, authorization: `Bearer ${TOKEN}1` }, 401],
    ["the token as a password", "POST", "/v3/x", { host: HOST, authorization: `Basic ${TOKEN}` }, 401],
    ["a page", "POST", "/v3/x", { ...BEARER, origin: "http://evil.example" }, 403],
    ["a page of the relay's own", "POST", "/v3/x", { ...BEARER, origin: `http://${HOST}` }, 403],
    ["a page that asks whether it may", "OPTIONS", "/v3/x", { host: HOST, origin: "null" }, 403],
    ["another name", "POST", "/v3/x", { ...BEARER, host: "evil.example:4711" }, 403],
    ["another name for this machine", "POST", "/v3/x", { ...BEARER, host: "localhost:4711" }, 403],
    ["another port", "POST", "/v3/x", { ...BEARER, host: "127.0.0.1:80" }, 403],
    ["no name", "POST", "/v3/x", { authorization: `Bearer ${TOKEN}` }, 403],
    ["whether anybody is there", "HEAD", "/api/hello", { host: HOST }, 200],
    ["a websocket", "GET", "/v3/x", { ...BEARER, upgrade: "websocket", connection: "Upgrade" }, 426],
    ["another route", "GET", "/admin", BEARER, 404],
    ["no route", "GET", "/", BEARER, 404],
    ["a route that only begins alike", "GET", "/v3", BEARER, 404],
  ];
  for (const [name, method, path, headers, status] of rows) {
    await t.step(name, async () => {
      const refused = refuseRelayed({ method, path, headers: new Headers(headers) }, { host: HOST, token: TOKEN });
      strictEqual(refused?.status, status);
      if (refused === undefined || status === 200) return;
      deepStrictEqual([...refused.headers.keys()].filter((header) => header.startsWith("access-control")), []);
      const { error } = await refused.json();
      ok(!JSON.stringify(error).includes(TOKEN), "the token was told");
      ok(error.message.endsWith("."), error.message);
    });
  }
});
