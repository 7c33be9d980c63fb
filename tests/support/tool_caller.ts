/**
 * A model on the loopback address for agents that are to call one tool: it asks for the tool, and when it has been told
 * what the tool said, it is done. Speaks as much of Anthropic's Messages API and of OpenAI's Responses API, streamed, as
 * Claude Code 2.1.332 and Codex 0.169.0 need.
 */
import type { Json } from "./mcp_client.ts";

export interface ToolCallerOptions {
  /** As the agent offers it. */
  readonly tool: string;
  /** Codex groups the tools of a server. */
  readonly namespace?: string;
  readonly args: Json;
}

export interface ToolCaller extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** What it was told that the tool said, once for each time. */
  readonly heard: string[];
}

export function startToolCaller(options: ToolCallerOptions): ToolCaller {
  const heard: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    const body = request.method === "POST" ? await request.json() as Json : {};
    const isAnthropic = pathname.endsWith("/messages");
    if (!isAnthropic && !pathname.endsWith("/responses")) return Response.json({ data: [] });
    const said = isAnthropic ? toolResults(body["messages"]) : toolOutputs(body["input"]);
    heard.push(...said);
    // An agent asks for other things beside, such as a title, and offers no tools then.
    const calls = said.length === 0 && Array.isArray(body["tools"]) && body["tools"].length > 0;
    const events = (isAnthropic ? messageEvents : responseEvents)(calls ? options : undefined, String(body["model"]));
    const text = events.map((event) => `event: ${event["type"]}\ndata: ${JSON.stringify(event)}\n\n`).join("");
    return new Response(text, { headers: { "content-type": "text/event-stream" } });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    heard,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function messageEvents(call: ToolCallerOptions | undefined, model: string): readonly Json[] {
  const usage = { input_tokens: 20, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 5 };
  const id = crypto.randomUUID();
  const message = { id: `msg_${id}`, type: "message", role: "assistant", model, content: [], stop_reason: null, usage };
  const [block, delta] = call === undefined
    ? [{ type: "text", text: "" }, { type: "text_delta", text: "Done." }]
    : [{ type: "tool_use", id: `toolu_${id}`, name: call.tool, input: {} }, {
      type: "input_json_delta",
      partial_json: JSON.stringify(call.args),
    }];
  const reason = call === undefined ? "end_turn" : "tool_use";
  return [
    { type: "message_start", message },
    { type: "content_block_start", index: 0, content_block: block },
    { type: "content_block_delta", index: 0, delta },
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason: reason, stop_sequence: null }, usage },
    { type: "message_stop" },
  ];
}

function responseEvents(call: ToolCallerOptions | undefined, model: string): readonly Json[] {
  const id = crypto.randomUUID();
  const item = call === undefined
    ? { type: "message", id: `msg_${id}`, role: "assistant", content: [{ type: "output_text", text: "Done." }] }
    : {
      type: "function_call",
      id: `fc_${id}`,
      call_id: `call_${id}`,
      name: call.tool,
      namespace: call.namespace,
      arguments: JSON.stringify(call.args),
    };
  const response = { id: `resp_${id}`, object: "response", model, output: [item] };
  const usage = {
    input_tokens: 20,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 5,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 25,
  };
  return [
    { type: "response.created", response: { ...response, status: "in_progress", output: [] } },
    { type: "response.output_item.done", output_index: 0, item: { ...item, status: "completed" } },
    { type: "response.completed", response: { ...response, status: "completed", usage } },
  ];
}

function toolResults(messages: unknown): readonly string[] {
  const last = (messages as readonly { readonly content: unknown }[]).at(-1)!.content;
  const blocks = Array.isArray(last) ? last as readonly Json[] : [];
  return blocks.filter(({ type }) => type === "tool_result").map(({ content }) => textOf(content));
}

function toolOutputs(input: unknown): readonly string[] {
  return (input as readonly Json[]).filter(({ type }) => type === "function_call_output")
    .map(({ output }) => textOf(output));
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  return (content as readonly { readonly text?: string }[]).map(({ text }) => text ?? "").join("\n");
}
