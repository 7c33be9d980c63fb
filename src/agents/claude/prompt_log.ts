/**
 * What fills a prompt of Claude Code's main conversation. Its lines are a tree by `parentUuid`: what was rewound stays behind
 * as a branch. Attachments say what became of them in the prompt in `rendered` (2.1.329); of versions before that nothing
 * does, and their own length stands for it.
 */
import { isRecord } from "../../core/json/is_record.ts";
import type { PromptEntry, PromptItem } from "../../core/prompt/prompt_entry.ts";
import { callOf, imageIn, itemOf, listIn, membersOf, nameIn, resultOf } from "../formats/prompt_items.ts";
import type { PromptLog } from "../prompt_log.ts";

export const claudePromptLog: PromptLog = {
  // Each line of the tree has it, and its own quotes are escaped in whatever is said.
  needles: ['"parentUuid"'],

  read(record) {
    if (!isRecord(record) || record.isSidechain === true) return undefined;
    const { type, uuid, parentUuid, message } = record;
    const id = nameIn(uuid);
    if (id === undefined) return undefined;
    const parent = nameIn(parentUuid) ?? null;
    const items = type === "attachment" ? attachmentOf(record) : isSaid(record) ? itemsOf(message) : [];
    return { id, parent, items } satisfies PromptEntry;
  },
};

/** Errors that the tool words itself are no part of a prompt. */
function isSaid({ type, isApiErrorMessage, message }: Readonly<Record<string, unknown>>): boolean {
  if (type === "user") return true;
  return type === "assistant" && isApiErrorMessage !== true && membersOf(message).model !== "<synthetic>";
}

function itemsOf(message: unknown): readonly PromptItem[] {
  const { role, content } = membersOf(message);
  const said = role === "assistant" ? "assistant" : "user";
  if (typeof content === "string") return itemOf(said, content);
  return listIn(content).flatMap((block): readonly PromptItem[] => {
    const { type, id, name, input, text, thinking, data, tool_use_id: callId, content } = membersOf(block);
    switch (type) {
      case "text":
        return itemOf(said, text);
      case "thinking":
      case "redacted_thinking":
        return [{ kind: "thinking", length: itemOf("thinking", thinking ?? data)[0]?.length ?? 0 }];
      case "tool_use":
      case "server_tool_use":
        return [callOf(id, name, input)];
      case "tool_result":
        return resultOf(callId, undefined, content);
      case "image":
        return imageIn(block);
      case "document":
        return itemOf("attachment", block);
      default:
        // What the provider's own tools answered, which is within the response.
        return [];
    }
  });
}

/** For the log alone. */
const UNSENT: ReadonlySet<unknown> = new Set(["prompt_snapshot"]);

function attachmentOf({ attachment, rendered }: Readonly<Record<string, unknown>>): readonly PromptItem[] {
  if (rendered !== undefined) {
    return itemOf("attachment", listIn(rendered).map((part) => membersOf(part).content));
  }
  return UNSENT.has(membersOf(attachment).type) ? [] : itemOf("attachment", attachment);
}
