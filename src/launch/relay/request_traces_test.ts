/** Which trace requests get, one after the other, and which sessions become known. */
import { deepStrictEqual } from "node:assert/strict";
import type { HeaderReader, WireSession } from "../../agents/wire_session.ts";
import { traceIdOfLaunch, traceIdOfSession } from "../../core/trace_id.ts";
import { RequestTraces, type SeenSession } from "./request_traces.ts";

const LAUNCH = "11111111-2222-4333-8444-555555555555";

/** An agent of the test's own: `session`, `sub`, `from` and `aside`. */
function sessionOf(header: HeaderReader): WireSession | undefined {
  const sessionId = header("session");
  if (sessionId === undefined) return undefined;
  return {
    source: "made-up",
    sessionId,
    subagentId: header("sub"),
    parentSessionId: header("from"),
    isAside: header("aside") !== undefined,
  };
}

function tracesOf(session?: { readonly source: string; readonly sessionId: string }) {
  const seen: SeenSession[] = [];
  const traces = new RequestTraces({
    launchId: LAUNCH,
    sessionsOf: [() => undefined, sessionOf],
    session: () => session,
    onSession: (session) => seen.push(session),
  });
  const ask = (headers: Record<string, string>, method = "POST", path = "/v3/compat/chat/completions") =>
    traces.traceOf(new Headers(headers), method, path);
  return { ask, seen };
}

const named = (sessionId: string, subagentId?: string) => ({
  traceId: traceIdOfSession("made-up", sessionId, subagentId),
  isGiven: false,
});

Deno.test("each session has its trace from its first request on, and is told once", () => {
  const { ask, seen } = tracesOf();
  deepStrictEqual(ask({ session: "a" }), named("a"));
  deepStrictEqual(ask({ session: "b" }), named("b"));
  deepStrictEqual(ask({ session: "a" }), named("a"));
  deepStrictEqual(seen.map(({ sessionId }) => sessionId), ["a", "b"]);
});

Deno.test("a sub-agent is a trace of its own, below its session's", () => {
  const { ask, seen } = tracesOf();
  deepStrictEqual(ask({ session: "a", sub: "x" }), named("a", "x"));
  deepStrictEqual(seen, [{
    traceId: named("a", "x").traceId,
    sessionId: "a",
    source: "made-up",
    subagentId: "x",
    parentSessionId: "a",
    parentTraceId: named("a").traceId,
  }]);
});

Deno.test("a session says which one it comes from", () => {
  const { ask, seen } = tracesOf();
  ask({ session: "b", from: "a" });
  deepStrictEqual([seen[0]!.parentSessionId, seen[0]!.parentTraceId], ["a", named("a").traceId]);
});

Deno.test("what asks aside belongs to the session that was named last, and never to a sub-agent", () => {
  const { ask, seen } = tracesOf();
  // Nothing was named yet: it stays by itself.
  deepStrictEqual(ask({ session: "t0", aside: "1" }), named("t0"));
  ask({ session: "a" });
  ask({ session: "a", sub: "x" });
  deepStrictEqual(ask({ session: "t1", aside: "1" }), named("a"));
  ask({ session: "b" });
  deepStrictEqual(ask({ session: "t2", aside: "1" }), named("b"));
  deepStrictEqual(seen.map(({ traceId }) => traceId), [
    named("t0").traceId,
    named("a").traceId,
    named("a", "x").traceId,
    named("b").traceId,
  ]);
});

Deno.test("a trace that is there stays, and its session is told by who gave it", () => {
  const { ask, seen } = tracesOf();
  deepStrictEqual(ask({ session: "a", "x-opper-trace-id": "t" }), { traceId: "t", isGiven: true });
  deepStrictEqual(ask({ "x-opper-parent-span-id": "s" }), { traceId: "s", isGiven: true });
  deepStrictEqual(seen, []);
});

Deno.test("what names no session is of the launch, or of the session that its plan names", () => {
  const launched = tracesOf();
  deepStrictEqual(launched.ask({}), { traceId: traceIdOfLaunch(LAUNCH), isGiven: false });
  deepStrictEqual(launched.seen, [{ traceId: traceIdOfLaunch(LAUNCH), sessionId: LAUNCH }]);
  const planned = tracesOf({ source: "made-up", sessionId: "p" });
  deepStrictEqual(planned.ask({}), named("p"));
  deepStrictEqual(planned.seen, [{ traceId: named("p").traceId, sessionId: "p", source: "made-up" }]);
});

Deno.test("asking what a server is makes no session of the launch", () => {
  const { ask, seen } = tracesOf();
  for (const path of ["/v3/session/sess_1/api/show", "/v3/session/sess_1/responses/x", "/v3/messages_of"]) {
    deepStrictEqual(ask({}, "POST", path).traceId, traceIdOfLaunch(LAUNCH));
  }
  deepStrictEqual(seen, []);
  ask({}, "POST", "/v3/session/sess_1/v1/messages");
  deepStrictEqual(seen.map(({ traceId }) => traceId), [traceIdOfLaunch(LAUNCH)]);
});

Deno.test("asking for a list of models makes no session", () => {
  const { ask, seen } = tracesOf();
  ask({ session: "a" }, "GET");
  ask({}, "GET");
  deepStrictEqual(seen, []);
});
