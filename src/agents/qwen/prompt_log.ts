/**
 * What fills a prompt of Qwen Code's main conversation: a tree by `parentUuid`, in the form of Google's API. The event with a
 * response's usage stands before what the response says. Sub-agents say nothing here.
 */
import { isRecord } from "../../core/json/is_record.ts";
import { isTokenCount } from "../../core/plausible.ts";
import type { PromptEntry, PromptItem } from "../../core/prompt/prompt_entry.ts";
import { partsOfGoogle } from "../formats/google_parts.ts";
import { nameIn, recordIn } from "../formats/prompt_items.ts";
import type { PromptLog } from "../prompt_log.ts";

export const qwenPromptLog: PromptLog = {
  needles: ['"parentUuid"'],
  hasUsageFirst: true,
  read(record): PromptEntry | undefined {
    if (!isRecord(record)) return undefined;
    const { type, uuid, parentUuid, message, contextWindowSize, usageMetadata } = record;
    const id = nameIn(uuid);
    if (id === undefined) return undefined;
    const place = { id, parent: nameIn(parentUuid) ?? null };
    const { parts } = recordIn(message);
    if (type === "user" || type === "tool_result") return { ...place, items: partsOfGoogle(parts, "user") };
    if (type !== "assistant") return place;
    const window = isTokenCount(contextWindowSize) && contextWindowSize > 0 ? contextWindowSize : undefined;
    return { ...place, window, items: [...partsOfGoogle(parts, "assistant"), ...thoughtsIn(usageMetadata)] };
  },
};

function thoughtsIn(usage: unknown): readonly PromptItem[] {
  const { thoughtsTokenCount: tokens } = recordIn(usage);
  return isTokenCount(tokens) && tokens > 0 ? [{ kind: "thinking", length: 0, tokens }] : [];
}
