/**
 * What fills a prompt of Cline's main conversation: its messages are those of the requests, in the form of Anthropic's API.
 * Tasks of older extensions keep what was said apart from what was spent, so that nothing is known of theirs.
 */
import { isRecord } from "../../core/json/is_record.ts";
import { itemsOfMessage } from "../formats/anthropic_blocks.ts";
import { nameIn, recordIn } from "../formats/prompt_items.ts";
import type { PromptLog } from "../prompt_log.ts";

export const clinePromptLog: PromptLog = {
  needles: [],
  read(record) {
    if (!isRecord(record) || record.message === undefined) return undefined;
    const { agent, message } = record;
    if (agent !== undefined && agent !== "lead") return undefined;
    const id = nameIn(recordIn(message).id);
    return id === undefined ? { items: itemsOfMessage(message) } : { id, items: itemsOfMessage(message) };
  },
};
