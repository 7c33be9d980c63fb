/** Sizes of the blocks of messages in the form of Anthropic's API. */
import type { PromptItem } from "../../core/prompt/prompt_entry.ts";
import { callOf, charactersOf, imageIn, itemOf, listIn, recordIn, resultOf } from "./prompt_items.ts";

/** @param message With `role` and `content`, which is a text or a list of blocks */
export function itemsOfMessage(message: unknown): readonly PromptItem[] {
  const { role, content } = recordIn(message);
  const said = role === "assistant" ? "assistant" : "user";
  if (typeof content === "string") return itemOf(said, content);
  return listIn(content).flatMap((block) => itemsOfBlock(block, said));
}

function itemsOfBlock(block: unknown, said: "assistant" | "user"): readonly PromptItem[] {
  const { type, id, name, input, text, thinking, data, tool_use_id: callId, content } = recordIn(block);
  switch (type) {
    case "text":
      return itemOf(said, text);
    case "thinking":
    case "redacted_thinking":
      return [{ kind: "thinking", length: charactersOf(thinking ?? data) }];
    case "tool_use":
    case "server_tool_use":
      return [callOf(id, name, input)];
    case "tool_result":
      return resultOf(callId, name, content);
    case "image":
      return imageIn(block);
    case "document":
      return itemOf("attachment", block);
    default:
      // What the provider's own tools answered is within the response.
      return [];
  }
}
