/** Anthropic's messages, for the tests' gateway. */
import { inPieces, sendEvent, textOf } from "./fake_protocol.mjs";

export const messages = {
  route: "/messages",

  /** @returns what the model is asked; undefined for what is no such request */
  read({ model, system, messages, tools = [] }) {
    if (!Array.isArray(messages)) return undefined;
    return {
      model,
      prefix: [tools, system ?? null],
      // What the vendor runs itself has no schema.
      tools: tools.map(({ name, input_schema }) => ({ name, parameters: input_schema })),
      messages: messages.map((raw) => ({ role: roleOf(raw), text: textOf(raw.content), raw })),
    };
  },

  failure: ({ status, message }) => ({
    type: "error",
    error: { type: status === 429 ? "rate_limit_error" : "api_error", message },
  }),

  whole({ id, body, model, text, calls, usage }) {
    const content = contentOf(id, text, calls);
    const stop = { stop_reason: calls.length > 0 ? "tool_use" : "end_turn", stop_sequence: null };
    return { id, type: "message", role: "assistant", model, content, ...stop, usage: usageOf(body, usage) };
  },

  /** @returns false when it was cut */
  async stream(response, { id, body, model, text, calls, usage, dripMs, drops }) {
    const send = (type, fields) => sendEvent(response, { type, ...fields }, type);
    const said = usageOf(body, usage);
    const open = { stop_reason: null, stop_sequence: null, usage: { ...said, output_tokens: 1 } };
    await send("message_start", { message: { id, type: "message", role: "assistant", model, content: [], ...open } });
    for (const [index, block] of contentOf(id, text, calls).entries()) {
      const isText = block.type === "text";
      await send("content_block_start", {
        index,
        content_block: { ...block, ...(isText ? { text: "" } : { input: {} }) },
      });
      const deltas = isText
        ? async function* () {
          for await (const piece of inPieces(text, dripMs)) yield { type: "text_delta", text: piece };
        }
        : () => [{ type: "input_json_delta", partial_json: JSON.stringify(block.input) }];
      for await (const delta of deltas()) await send("content_block_delta", { index, delta });
      if (drops) return false;
      await send("content_block_stop", { index });
    }
    const delta = { stop_reason: calls.length > 0 ? "tool_use" : "end_turn", stop_sequence: null };
    await send("message_delta", { delta, usage: said });
    await send("message_stop", {});
    return true;
  },
};

/** What tools answered goes by the user's role. */
function roleOf({ role, content }) {
  const isAnswer = Array.isArray(content) && content.some(({ type }) => type === "tool_result");
  return isAnswer ? "tool" : role;
}

function contentOf(id, text, calls) {
  if (calls.length === 0) return [{ type: "text", text }];
  return calls.map(({ name, args }, index) => ({ type: "tool_use", id: `toolu_${id}_${index}`, name, input: args }));
}

/** Without a mark for caching in the request, nothing is written to a cache nor read from one. */
function usageOf(body, { prompt_tokens, completion_tokens, prompt_tokens_details }) {
  const json = JSON.stringify(body);
  if (!json.includes('"cache_control"')) return { input_tokens: prompt_tokens, output_tokens: completion_tokens };
  const read = prompt_tokens_details.cached_tokens;
  const fresh = prompt_tokens - read;
  const input = Math.min(20, fresh);
  const isLong = /"cache_control":\{[^}]*"ttl":"1h"/.test(json);
  const creation = { ephemeral_5m_input_tokens: fresh - input, ephemeral_1h_input_tokens: 0 };
  return {
    input_tokens: input,
    cache_creation_input_tokens: fresh - input,
    cache_read_input_tokens: read,
    cache_creation: isLong ? { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: fresh - input } : creation,
    output_tokens: completion_tokens,
    service_tier: "standard",
  };
}
