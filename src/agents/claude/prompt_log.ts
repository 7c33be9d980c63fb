/**
 * What fills a prompt of Claude Code's main conversation. Its lines are a tree by `parentUuid`: what was rewound stays behind
 * as a branch. Attachments say what became of them in the prompt in `rendered` (2.1.329); of versions before that nothing
 * does, and their own length stands for it.
 */
import { isRecord } from "../../core/json/is_record.ts";
import type { PromptEntry, PromptItem } from "../../core/prompt/prompt_entry.ts";
import { itemsOfMessage } from "../formats/anthropic_blocks.ts";
import { itemOf, listIn, nameIn, recordIn } from "../formats/prompt_items.ts";
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
    const items = type === "attachment" ? attachmentOf(record) : isSaid(record) ? itemsOfMessage(message) : [];
    return { id, parent, items } satisfies PromptEntry;
  },
};

/** Errors that the tool words itself are no part of a prompt. */
function isSaid({ type, isApiErrorMessage, message }: Readonly<Record<string, unknown>>): boolean {
  if (type === "user") return true;
  return type === "assistant" && isApiErrorMessage !== true && recordIn(message).model !== "<synthetic>";
}

/** For the log alone. */
const UNSENT: ReadonlySet<unknown> = new Set(["prompt_snapshot"]);

function attachmentOf({ attachment, rendered }: Readonly<Record<string, unknown>>): readonly PromptItem[] {
  if (rendered !== undefined) {
    return itemOf("attachment", listIn(rendered).map((part) => recordIn(part).content));
  }
  return UNSENT.has(recordIn(attachment).type) ? [] : itemOf("attachment", attachment);
}
