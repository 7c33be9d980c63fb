/**
 * What fills a prompt of a conversation in Pi's entries: a tree by `parentId`, with a summary as an entry. An entry that
 * leads to no message has to be there as well, since others come after it.
 */
import { isRecord } from "../../../core/json/is_record.ts";
import type { PromptItem } from "../../../core/prompt/prompt_entry.ts";
import type { PromptLog } from "../../prompt_log.ts";
import { callOf, imageIn, itemOf, listIn, nameIn, recordIn, resultOf } from "../prompt_items.ts";

export const piPromptLog: PromptLog = {
  needles: ['"parentId"', '"message"'],
  namesCompactions: true,
  read(record) {
    if (!isRecord(record) || record.type === "session") return undefined;
    const { type, parentId } = record;
    const id = nameIn(record.id);
    // Entries of version 1 have neither: each goes on from the one before.
    const place = id === undefined ? {} : { id, parent: nameIn(parentId) ?? null };
    switch (type) {
      case "message":
        return { ...place, items: itemsOf(record.message) };
      case "custom_message":
        return { ...place, items: itemOf("attachment", record.content) };
      case "branch_summary":
        return { ...place, items: itemOf("summary", record.summary), isAside: true };
      case "compaction":
      case "reset":
        return { ...place, compacts: true, isAside: true };
      case "usage":
        // Warming sends the prompt once more, and adds nothing to it.
        return { ...place, isAside: true };
      default:
        return place;
    }
  },
};

function itemsOf(message: unknown): readonly PromptItem[] {
  const { role, content, toolCallId, toolName, command, output, sections } = recordIn(message);
  switch (role) {
    case "assistant":
      return blocksOf(content, "assistant");
    case "user":
      return blocksOf(content, "user");
    case "toolResult":
      return resultOf(toolCallId, toolName, content);
    case "bashExecution":
      // What somebody ran without the model.
      return itemOf("user", [command, output]);
    case "system":
      return itemOf("attachment", [content, sections]);
    default:
      return itemOf("attachment", content);
  }
}

function blocksOf(content: unknown, said: "assistant" | "user"): readonly PromptItem[] {
  if (typeof content === "string") return itemOf(said, content);
  return listIn(content).flatMap((block): readonly PromptItem[] => {
    const { type, text, thinking, id, name, arguments: input } = recordIn(block);
    if (type === "text") return itemOf(said, text);
    if (type === "thinking") return [{ kind: "thinking", length: itemOf("thinking", thinking)[0]?.length ?? 0 }];
    if (type === "toolCall") return [callOf(id, name, input)];
    return imageIn(block);
  });
}
