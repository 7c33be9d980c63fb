/** What passes the relay, header by header. */
import { deepStrictEqual } from "node:assert/strict";
import { answerHeaders, forwardHeaders } from "./relayed_headers.ts";

const KEY = "op-key";

Deno.test("the gateway gets our key and nobody else's, and what the agent said", () => {
  const headers = forwardHeaders(
    new Headers({
      host: "127.0.0.1:1",
      authorization: "Bearer op-launch-1",
      "x-api-key": "sk-ant-theirs",
      "api-key": "azure-theirs",
      "x-goog-api-key": "google-theirs",
      "chatgpt-account-id": "account-theirs",
      cookie: "session=theirs",
      connection: "keep-alive, X-Hop",
      "x-hop": "1",
      "keep-alive": "timeout=5",
      "proxy-authorization": "Basic theirs",
      "transfer-encoding": "chunked",
      te: "trailers",
      "content-length": "12",
      "content-type": "application/json",
      "accept-encoding": "gzip, br",
      "anthropic-beta": "a,b",
      "user-agent": "agent/1",
      "x-claude-code-session-id": "s1",
    }),
    KEY,
    "t1",
  );
  deepStrictEqual(Object.fromEntries(headers), {
    "accept-encoding": "identity",
    "anthropic-beta": "a,b",
    authorization: `Bearer ${KEY}`,
    "content-type": "application/json",
    "user-agent": "agent/1",
    "x-claude-code-session-id": "s1",
    "x-opper-parent-span-id": "t1",
    "x-opper-trace-id": "t1",
  });
});

Deno.test("a trace that somebody gave stays, with its own span", () => {
  const given = { "x-opper-trace-id": "t0", "x-opper-parent-span-id": "s0" };
  const { "accept-encoding": _, authorization: __, ...kept } = Object.fromEntries(
    forwardHeaders(new Headers(given), KEY, undefined),
  );
  deepStrictEqual(kept, given);
});

Deno.test("the agent gets the answer as it is", () => {
  const answered = new Headers({
    connection: "close, x-hop, not a name",
    "x-hop": "1",
    "transfer-encoding": "chunked",
    "content-encoding": "br",
    "content-length": "3",
    "retry-after": "7",
    "x-should-retry": "true",
    "request-id": "r1",
    "x-opper-cost": "0.25",
  });
  answered.append("set-cookie", "a=1");
  answered.append("set-cookie", "b=2");
  deepStrictEqual([...answerHeaders(answered)], [
    ["content-encoding", "br"],
    ["content-length", "3"],
    ["request-id", "r1"],
    ["retry-after", "7"],
    ["set-cookie", "a=1"],
    ["set-cookie", "b=2"],
    ["x-opper-cost", "0.25"],
    ["x-should-retry", "true"],
  ]);
});
