/** Sizes of the parts of messages in the form of Google's API. */
import type { PromptItem } from "../../core/prompt/prompt_entry.ts";
import { callOf, charactersOf, itemOf, listIn, recordIn, resultOf } from "./prompt_items.ts";

/** @param content A text, a part, or a list of parts */
export function partsOfGoogle(content: unknown, said: "assistant" | "user"): readonly PromptItem[] {
  if (typeof content === "string") return itemOf(said, content);
  const parts = Array.isArray(content) ? listIn(content) : content === undefined ? [] : [content];
  return parts.flatMap((part): readonly PromptItem[] => {
    const { text, thought, functionCall, functionResponse, inlineData } = recordIn(part);
    if (functionCall !== undefined) {
      const { id, name, args } = recordIn(functionCall);
      return [callOf(id, name, args)];
    }
    if (functionResponse !== undefined) return resultOfGoogle(functionResponse);
    if (inlineData !== undefined) return [{ kind: "image", length: charactersOf(recordIn(inlineData).data) }];
    return thought === true ? [{ kind: "thinking", length: charactersOf(text) }] : itemOf(said, text);
  });
}

function resultOfGoogle(response: unknown): readonly PromptItem[] {
  const { id, name, response: answer, parts } = recordIn(response);
  return [...resultOf(id, name, answer), ...partsOfGoogle(parts, "user").filter(({ kind }) => kind === "image")];
}
