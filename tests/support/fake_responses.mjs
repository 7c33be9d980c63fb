/** OpenAI's responses, for the tests' gateway. */
import { inPieces, sendEvent, textOf } from "./fake_protocol.mjs";

export const responses = {
  route: "/responses",

  /** @returns what the model is asked; undefined for what is no such request */
  read({ model, instructions, input, tools = [] }) {
    if (typeof input !== "string" && !Array.isArray(input)) return undefined;
    const items = typeof input === "string" ? [{ role: "user", content: input }] : input;
    return {
      model,
      prefix: [tools, instructions ?? null],
      tools: tools.flatMap((tool) => tool.type === "namespace" ? tool.tools : [tool]).filter(({ name }) => name),
      messages: items.map((raw) => ({ role: roleOf(raw), text: textOf(raw.content), raw })),
    };
  },

  failure: ({ status, message }) => ({ error: { message, type: "scripted", code: String(status) } }),

  whole: ({ id, body, model, text, calls, usage }) =>
    responseOf({ id, model }, "completed", itemsOf(id, body, text, calls), usageOf(usage)),

  /** @returns false when it was cut */
  async stream(response, { id, body, model, text, calls, usage, dripMs, drops }) {
    let number = 0;
    const send = (type, fields) => sendEvent(response, { type, sequence_number: number++, ...fields }, type);
    const items = itemsOf(id, body, text, calls);
    await send("response.created", { response: responseOf({ id, model }, "in_progress", [], null) });
    for (const [output_index, item] of items.entries()) {
      const place = { item_id: item.id, output_index };
      const isText = item.type === "message";
      const begun = { ...item, status: "in_progress", ...(isText ? { content: [] } : { arguments: "" }) };
      await send("response.output_item.added", { output_index, item: begun });
      if (isText) {
        const part = { ...place, content_index: 0 };
        await send("response.content_part.added", { ...part, part: { ...item.content[0], text: "" } });
        for await (const delta of inPieces(text, dripMs)) await send("response.output_text.delta", { ...part, delta });
        if (drops) return false;
        await send("response.output_text.done", { ...part, text });
        await send("response.content_part.done", { ...part, part: item.content[0] });
      } else {
        await send("response.function_call_arguments.delta", { ...place, delta: item.arguments });
        await send("response.function_call_arguments.done", { ...place, arguments: item.arguments });
      }
      await send("response.output_item.done", { output_index, item });
    }
    if (drops) return false;
    await send("response.completed", { response: responseOf({ id, model }, "completed", items, usageOf(usage)) });
    return true;
  },
};

function roleOf({ type, role }) {
  if (/_call_output$/.test(type)) return "tool";
  return role ?? "assistant";
}

/** A tool of a namespace is called by both names. */
function itemsOf(id, { tools = [] }, text, calls) {
  if (calls.length === 0) {
    const content = [{ type: "output_text", text, annotations: [] }];
    return [{ type: "message", id: `msg_${id}`, role: "assistant", status: "completed", content }];
  }
  return calls.map(({ name, args }, index) => {
    const space = tools.find((tool) => tool.type === "namespace" && tool.tools.some((tool) => tool.name === name));
    return {
      type: "function_call",
      id: `fc_${id}_${index}`,
      call_id: `call_${id}_${index}`,
      ...(space === undefined ? {} : { namespace: space.name }),
      name,
      arguments: JSON.stringify(args),
      status: "completed",
    };
  });
}

function responseOf({ id, model }, status, output, usage) {
  return { id, object: "response", created_at: Math.floor(Date.now() / 1000), status, model, output, usage };
}

function usageOf({ prompt_tokens, completion_tokens, total_tokens, prompt_tokens_details, completion_tokens_details }) {
  return {
    input_tokens: prompt_tokens,
    input_tokens_details: prompt_tokens_details,
    output_tokens: completion_tokens,
    output_tokens_details: completion_tokens_details,
    total_tokens,
  };
}
