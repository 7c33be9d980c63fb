/** The tests' gateway speaks what real agents speak, and fails as real gateways do: what tests prove with it rests on that. */
import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { startGateway } from "./support/gateway.ts";

const tools = {
  messages: [{ name: "Bash", input_schema: { properties: { command: { type: "string" } }, required: ["command"] } }],
  responses: [{
    type: "namespace",
    name: "own",
    tools: [{ name: "exec_command", parameters: { properties: { cmd: {} } } }],
  }],
};

/** `data` of the events, in their order. */
async function eventsOf(response: Response): Promise<readonly Record<string, unknown>[]> {
  const lines = (await response.text()).split("\n").filter((line) => line.startsWith("data: {"));
  return lines.map((line) => JSON.parse(line.slice("data: ".length)));
}

Deno.test("the gateway for tests, by protocol", async (t) => {
  await using gateway = await startGateway({ noCredit: ["op-poor"] });
  const post = (path: string, body: object, key = "op-key") =>
    fetch(`${gateway.url}/v3/session/sess_1${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}` },
      body: JSON.stringify({ model: "acme/one", ...body }),
    });
  const ask = async (path: string, body: object) => await (await post(path, body)).json();

  await t.step("messages: text, and what is cached where the request marks it", async () => {
    const marked = [{
      role: "user",
      content: [{ type: "text", text: "SAY: hello", cache_control: { type: "ephemeral" } }],
    }];
    const first = await post("/v1/messages", { messages: marked });
    const cost = Number(first.headers.get("x-opper-cost"));
    const { content, usage } = await first.json();
    deepStrictEqual(content, [{ type: "text", text: "hello" }]);
    const total = usage.input_tokens + usage.cache_creation_input_tokens + usage.output_tokens;
    deepStrictEqual([usage.cache_read_input_tokens, cost], [0, total / 1e6]);
    const again = (await ask("/v1/messages", { messages: marked })).usage;
    strictEqual(again.cache_read_input_tokens + again.input_tokens, total - usage.output_tokens);
    const plain = await ask("/v1/messages", { messages: [{ role: "user", content: "SAY: x" }] });
    deepStrictEqual(Object.keys(plain.usage), ["input_tokens", "output_tokens"]);
  });

  await t.step("messages: a stream, a tool of the agent's own name, and its answer", async () => {
    const said = { role: "user", content: "RUN: true" };
    const body = { stream: true, messages: [said], tools: tools.messages };
    const events = await eventsOf(await post("/v1/messages", body));
    deepStrictEqual(events.map(({ type }) => type), [
      "message_start",
      "content_block_start",
      "content_block_delta",
      "content_block_stop",
      "message_delta",
      "message_stop",
    ]);
    match(JSON.stringify(events[2]), /"input_json_delta","partial_json":"{\\"command\\":\\"true\\"}"/);
    const answered = { role: "user", content: [{ type: "tool_result", tool_use_id: "x", content: "" }] };
    const { content } = await ask("/v1/messages", { ...body, stream: false, messages: [said, answered] });
    strictEqual(content[0].text, "Done after 1 tool result(s).");
    const titled = await ask("/v1/messages", { messages: [said] });
    strictEqual(titled.content[0].text, "Echo: RUN: true");
  });

  await t.step("responses: a stream, and a tool of a namespace", async () => {
    const input = [{ type: "message", role: "user", content: [{ type: "input_text", text: "RUN: true" }] }];
    const events = await eventsOf(await post("/responses", { stream: true, input, tools: tools.responses }));
    const [{ response }] = events.slice(-1) as [{ response: Record<string, unknown> }];
    const [call] = response["output"] as [Record<string, unknown>];
    deepStrictEqual([call["namespace"], call["name"], call["arguments"]], ["own", "exec_command", '{"cmd":"true"}']);
    const answered = [...input, call, { type: "function_call_output", call_id: call["call_id"], output: "" }];
    const { output, usage } = await ask("/responses", { input: answered, tools: tools.responses });
    strictEqual(output[0].content[0].text, "Done after 1 tool result(s).");
    ok(usage.input_tokens > usage.input_tokens_details.cached_tokens);
    const plain = await eventsOf(await post("/responses", { stream: true, input: "SAY: hi" }));
    deepStrictEqual(plain.map(({ type }) => type), [
      "response.created",
      "response.output_item.added",
      "response.content_part.added",
      "response.output_text.delta",
      "response.output_text.done",
      "response.content_part.done",
      "response.output_item.done",
      "response.completed",
    ]);
  });

  await t.step("several tools are called one a turn", async () => {
    const said = { role: "user", content: 'TOOL: first {"a":1}\nTOOL: second {"b":2}' };
    const body = { tools: tools.messages };
    const names = [];
    for (const answers of [0, 1, 2]) {
      const answered = { role: "user", content: [{ type: "tool_result", tool_use_id: "x", content: "" }] };
      const { content } = await ask("/v1/messages", { ...body, messages: [said, ...Array(answers).fill(answered)] });
      names.push(content[0].name ?? content[0].text);
    }
    deepStrictEqual(names, ["first", "second", "Done after 2 tool result(s)."]);
  });

  await t.step("what goes wrong", async () => {
    const fault = (name: string, init: RequestInit = {}) =>
      fetch(`${gateway.url}/v3/compat/models?fault=${name}`, { redirect: "manual", ...init });
    const limited = await fault("429");
    deepStrictEqual([limited.status, limited.headers.get("retry-after")], [429, "7"]);
    await limited.body?.cancel();
    const page = await fault("html");
    deepStrictEqual([page.status, page.headers.get("content-type")], [502, "text/html"]);
    match(await page.text(), /^<html>/);
    const away = await fault("redirect");
    strictEqual(away.status, 302);
    await away.body?.cancel();
    await rejects(fault("reset"));
    await rejects((await fault("cut")).text());
    strictEqual((await (await fault("big")).arrayBuffer()).byteLength, 10 * 1_048_576);
    const bytes = 20 * 1_048_576;
    const sized = await fault("size", { method: "POST", body: new Uint8Array(bytes) });
    deepStrictEqual(await sized.json(), { bytes });
    const before = performance.now();
    await (await fault("drip")).text();
    ok(performance.now() - before >= 900);
    await rejects(fault("hang", { signal: AbortSignal.timeout(200) }));
    strictEqual((await gateway.requests()).at(-1)!.aborted, true);
    for (const [text, status] of [["HTML: 503", 503], ["ERROR: 429", 429]] as const) {
      const response = await post("/chat/completions", { messages: [{ role: "user", content: text }] });
      deepStrictEqual([response.status, response.headers.get("retry-after")], [status, status === 429 ? "1" : null]);
      await response.body?.cancel();
    }
    const poor = await post("/chat/completions", { messages: [] }, "op-poor");
    strictEqual(poor.status, 402);
    await poor.body?.cancel();
  });
});
