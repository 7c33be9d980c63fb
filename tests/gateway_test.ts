/** The tests' own gateway answers as Opper does: what other tests prove with it rests on that. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { startGateway } from "./support/gateway.ts";

const TRACE = "6eb33a8d-dd62-599e-a019-b784c9293560";

Deno.test("the gateway for tests", async (t) => {
  await using gateway = await startGateway({ refuse: ["op-refused"] });
  const ask = async (path: string, key = "op-key", body?: object, headers: Record<string, string> = {}) => {
    const response = await fetch(`${gateway.url}${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${key}`, ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  };
  const say = (content: string, headers?: Record<string, string>) =>
    ask("/v3/session/sess_1/tag:x/chat/completions", "op-key", {
      model: "acme/one",
      messages: [{ role: "user", content }],
    }, headers);

  await t.step("refuses a key", async () => {
    const { status, body } = await ask("/v3/compat/models", "op-refused");
    deepStrictEqual({ status, body }, { status: 401, body: { error: { message: "Invalid API key" } } });
  });

  await t.step("lists models", async () => {
    const { body } = await ask("/v3/compat/models");
    deepStrictEqual(body.data.map(({ id }: { id: string }) => id), [
      "anthropic/claude-sonnet-4.6",
      "openai/gpt-5.5",
      "acme/no-tools",
    ]);
  });

  await t.step("answers as it is told, and counts what it has seen as cached", async () => {
    const headers = { "X-Opper-Trace-Id": TRACE, "X-Opper-Parent-Span-Id": TRACE };
    const [first, second] = [await say("SAY: hello", headers), await say("SAY: hello", headers)];
    strictEqual(first.body.choices[0].message.content, "hello");
    strictEqual(first.body.usage.prompt_tokens_details.cached_tokens, 0);
    strictEqual(second.body.usage.prompt_tokens_details.cached_tokens, second.body.usage.prompt_tokens - 1);
    strictEqual((await say("ERROR: 500 no luck")).status, 500);
  });

  await t.step("makes a trace of the calls that name one", async () => {
    const { body: list } = await ask("/v3/traces?limit=1&offset=0");
    strictEqual(list.meta.total_count, 1);
    strictEqual(list.data[0].id, TRACE);
    ok(!("spans" in list.data[0]));
    const { body: { data } } = await ask(`/v3/traces/${TRACE}`);
    deepStrictEqual(
      data.spans.map(({ name, parent_id }: { name: string; parent_id: string | null }) => [name, parent_id]),
      [["session", null], ["acme/one", TRACE], ["acme/one", TRACE]],
    );
    strictEqual(data.span_count, 3);
    // What a span cost is in no document: the program looks for it in `meta`, among other places.
    const [session, ...models] = data.spans;
    deepStrictEqual(session.meta, {});
    for (const { meta } of models) {
      deepStrictEqual(Object.keys(meta).slice(0, 4), ["model", "provider", "cost", "usage"]);
    }
    strictEqual((await ask("/v3/traces/00000000-0000-4000-8000-000000000000")).status, 404);
  });

  await t.step("adds up the usage of a launch", async () => {
    const calls = (await gateway.requests()).filter(({ method, status }) => method === "POST" && status === 200);
    strictEqual(calls.length, 2);
    const { body } = await ask("/v2/analytics/usage?session_id=sess_1&granularity=minute&group_by=model");
    const sum = (field: string) =>
      body.reduce((total: number, row: Record<string, string>) => total + Number(row[field]), 0);
    strictEqual(sum("count"), 2);
    ok(sum("total_tokens") > 0);
    deepStrictEqual((await ask("/v2/analytics/usage?session_id=sess_2")).body, []);
    const { body: all } = await ask(
      "/management/v1/usage?from=2026-01-01T00:00:00Z&to=2999-01-01T00:00:00Z&group_by=model",
    );
    deepStrictEqual(all.data.map(({ group, count }: Record<string, unknown>) => [group, count]), [["acme/one", 2]]);
    deepStrictEqual((await ask("/management/v1/usage?from=2026-01-01&to=2026-01-02")).body.data, []);
  });
});
