/**
 * What fills a prompt of a Codex thread: its `response_item` lines are the items of the requests. A response's usage stands
 * behind what it says, in older versions behind what its tools answered too.
 */
import { isRecord } from "../../core/json/is_record.ts";
import type { PromptEntry, PromptItem } from "../../core/prompt/prompt_entry.ts";
import { isTokenCount } from "../../core/plausible.ts";
import { callOf, charactersOf, imageIn, itemOf, listIn, nameIn, recordIn, resultOf } from "../formats/prompt_items.ts";
import type { PromptLog } from "../prompt_log.ts";

export const codexPromptLog: PromptLog = {
  needles: ['"response_item"'],
  keepsThoughts: true,
  read(record) {
    if (!isRecord(record)) return undefined;
    const { type, payload } = record;
    if (type === "response_item") return { items: itemsOf(recordIn(payload)) };
    return type === "event_msg" ? readWindow(recordIn(payload)) : {};
  },
};

function readWindow({ info, model_context_window: window }: Readonly<Record<string, unknown>>): PromptEntry {
  const said = recordIn(info).model_context_window ?? window;
  return isTokenCount(said) && said > 0 ? { window: said } : {};
}

function itemsOf(item: Readonly<Record<string, unknown>>): readonly PromptItem[] {
  const { type, role, content, call_id: callId, name, summary, encrypted_content: encrypted } = item;
  switch (type) {
    case "message":
      return messageOf(role, content);
    case "reasoning":
      return [{ kind: "thinking", length: charactersOf(encrypted ?? summary) }];
    case "function_call":
    case "custom_tool_call":
      return [callOf(callId, name, item.arguments ?? item.input)];
    case "local_shell_call":
      return [callOf(callId ?? item.id, "local_shell", item.action)];
    case "tool_search_call":
    case "web_search_call":
      return [callOf(callId ?? item.id, nameIn(type)!.replace(/_call$/, ""), item.action ?? item.arguments)];
    case "function_call_output":
    case "custom_tool_call_output":
    case "local_shell_call_output":
      return resultOf(callId, undefined, outputOf(item.output));
    case "tool_search_output":
      return resultOf(callId, "tool_search", charactersOf(item.tools) > 0 ? [{ text: item.tools }] : "");
    default:
      return [];
  }
}

function messageOf(role: unknown, content: unknown): readonly PromptItem[] {
  const said = role === "assistant" ? "assistant" : role === "user" ? "user" : "attachment";
  if (typeof content === "string") return itemOf(said, content);
  return listIn(content).flatMap((block) => {
    const images = imageIn(block);
    return images.length > 0 ? images : itemOf(said, recordIn(block).text);
  });
}

/** A text or a list of blocks; older versions have it in an object. */
function outputOf(output: unknown): unknown {
  return isRecord(output) ? output.content ?? output.output ?? output : output;
}
