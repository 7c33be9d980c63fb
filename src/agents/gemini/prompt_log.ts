/**
 * What fills a prompt of Gemini CLI's main conversation. An answer is written again with the results of its tools; since 0.44
 * those are records of their own as well, and count once. What is restated as a whole was there before.
 */
import { isTokenCount } from "../../core/plausible.ts";
import { isRecord } from "../../core/json/is_record.ts";
import type { PromptEntry, PromptItem } from "../../core/prompt/prompt_entry.ts";
import { partsOfGoogle } from "../formats/google_parts.ts";
import { callOf, charactersOf, listIn, nameIn, recordIn } from "../formats/prompt_items.ts";
import type { PromptLog } from "../prompt_log.ts";

export const geminiPromptLog: PromptLog = {
  // The source's have them all.
  needles: [],
  read(record): PromptEntry | undefined {
    if (!isRecord(record)) return undefined;
    const { type, $rewindTo } = record;
    const rewindTo = nameIn($rewindTo);
    if (rewindTo !== undefined) return { rewindTo };
    const id = nameIn(record.id);
    if (type === "user") return { id, items: partsOfGoogle(record.content, "user") };
    return type === "gemini" ? { id, items: answerIn(record) } : undefined;
  },
};

function answerIn(record: Readonly<Record<string, unknown>>): readonly PromptItem[] {
  const { content, thoughts, tokens, toolCalls, documentCalls } = record;
  const { thoughts: counted } = recordIn(tokens);
  const length = charactersOf(thoughts);
  const thinking: readonly PromptItem[] = isTokenCount(counted) && counted > 0
    ? [{ kind: "thinking", length, tokens: counted }]
    : length > 0
    ? [{ kind: "thinking", length }]
    : [];
  const calls = listIn(toolCalls ?? documentCalls).map(recordIn);
  return [
    ...partsOfGoogle(content, "assistant"),
    ...thinking,
    ...calls.map(({ id, name, args }) => callOf(id, name, args)),
    ...calls.flatMap(({ result }) => partsOfGoogle(result, "user")),
  ];
}
