/** OpenAI's chat completions, for the tests' gateway. */
import { inPieces, sendEvent, textOf } from "./fake_protocol.mjs";

export const chat = {
  route: "/chat/completions",

  /** @returns what the model is asked; undefined for what is no such request */
  read({ model, messages, tools = [] }) {
    if (!Array.isArray(messages)) return undefined;
    return {
      model,
      prefix: tools,
      tools: tools.map((tool) => tool.function ?? tool),
      messages: messages.map((raw) => ({ role: raw.role, text: textOf(raw.content), raw })),
    };
  },

  failure: ({ status, message }) => ({ error: { message, code: status } }),

  whole({ id, model, text, calls, usage }) {
    const message = {
      role: "assistant",
      content: text,
      ...(calls.length > 0 ? { tool_calls: toolCalls(id, calls) } : {}),
    };
    const choices = [{ index: 0, message, finish_reason: calls.length > 0 ? "tool_calls" : "stop" }];
    return { id, object: "chat.completion", model, choices, usage };
  },

  /** @returns false when it was cut */
  async stream(response, { id, model, text, calls, usage, dripMs, drops }) {
    const sendChunk = (fields) =>
      sendEvent(response, { id, object: "chat.completion.chunk", model, choices: [], ...fields });
    const sendDelta = (delta, reason = null) => sendChunk({ choices: [{ index: 0, delta, finish_reason: reason }] });
    await sendDelta({ role: "assistant", content: "" });
    if (calls.length > 0) await sendDelta({ tool_calls: toolCalls(id, calls) });
    else for await (const piece of inPieces(text, dripMs)) await sendDelta({ content: piece });
    if (drops) return false;
    await sendDelta({}, calls.length > 0 ? "tool_calls" : "stop");
    await sendChunk({ usage });
    response.write("data: [DONE]\n\n");
    return true;
  },
};

function toolCalls(id, calls) {
  return calls.map(({ name, args }, index) => ({
    index,
    id: `call_${id}_${index}`,
    type: "function",
    function: { name, arguments: JSON.stringify(args) },
  }));
}
