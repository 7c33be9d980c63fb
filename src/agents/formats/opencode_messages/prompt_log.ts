/**
 * What fills a prompt of OpenCode's main conversation. An answer has its calls with their results in itself; where it was made
 * in several steps, all but the last are part of its own last prompt. Documents of versions before 1.2 keep what was said in
 * other files, so that of theirs the answers alone are known.
 */
import { isRecord } from "../../../core/json/is_record.ts";
import { isTokenCount } from "../../../core/plausible.ts";
import type { PromptEntry, PromptItem } from "../../../core/prompt/prompt_entry.ts";
import type { PromptLog } from "../../prompt_log.ts";
import { callOf, charactersOf, itemOf, listIn, recordIn, resultOf } from "../prompt_items.ts";

export const messagePromptLog: PromptLog = {
  needles: [],
  read(record): PromptEntry | undefined {
    if (!isRecord(record)) return undefined;
    const { kind, type, data, content } = record;
    switch (kind) {
      case "steps":
        return { isAside: true };
      case "message":
        return { items: itemsOf(recordIn(data), recordIn(data).role, listIn(content)) };
      case "row":
        return { items: itemsOf(recordIn(data), type, listIn(recordIn(data).content)) };
      default:
        return undefined;
    }
  },
};

/** @param who The role of a message, or the type of a row */
function itemsOf(
  data: Readonly<Record<string, unknown>>,
  who: unknown,
  parts: readonly unknown[],
): readonly PromptItem[] {
  switch (who) {
    case "assistant":
      return [...answerIn(parts), ...thoughtsIn(data)];
    case "user":
      return [...itemOf("user", data.text), ...listIn(data.files).flatMap(fileIn), ...parts.flatMap(saidIn)];
    case "synthetic":
    case "system":
      return itemOf("attachment", data.text);
    case "shell":
      // What somebody ran without the model.
      return itemOf("user", [data.command, data.output]);
    default:
      return [];
  }
}

function saidIn(part: unknown): readonly PromptItem[] {
  const { type, text, synthetic, ignored } = recordIn(part);
  if (ignored === true) return [];
  if (type === "text") return itemOf(synthetic === true ? "attachment" : "user", text);
  return type === "file" ? fileIn(part) : [];
}

function fileIn(file: unknown): readonly PromptItem[] {
  const { mime, url, uri, data } = recordIn(file);
  const content = url ?? uri ?? data;
  // The text of a file that was named is a part of its own.
  return typeof mime === "string" && mime.startsWith("image/") ? itemOf("image", content) : [];
}

function answerIn(parts: readonly unknown[]): readonly PromptItem[] {
  const steps: PromptItem[][] = [[]];
  for (const part of parts) {
    if (recordIn(part).type === "step-start" && steps.at(-1)!.length > 0) steps.push([]);
    steps.at(-1)!.push(...itemsOfPart(recordIn(part)));
  }
  const last = steps.pop()!;
  return [...steps.flat().map((item) => ({ ...item, isEarlier: true as const })), ...last];
}

function itemsOfPart(part: Readonly<Record<string, unknown>>): readonly PromptItem[] {
  const { type, text, tool, name, callID, id, state } = part;
  if (type === "text") return itemOf("assistant", text);
  if (type === "reasoning") return [{ kind: "thinking", length: charactersOf(text) }];
  if (type !== "tool") return [];
  const { input, output, error, content, attachments } = recordIn(state);
  const callId = callID ?? id;
  const answer = output ?? content ?? (isRecord(error) ? error.message : error);
  return [
    callOf(callId, tool ?? name, input),
    ...(answer === undefined ? [] : resultOf(callId, tool ?? name, answer)),
    ...listIn(attachments).flatMap(fileIn),
  ];
}

function thoughtsIn({ tokens }: Readonly<Record<string, unknown>>): readonly PromptItem[] {
  const { reasoning } = recordIn(tokens);
  return isTokenCount(reasoning) && reasoning > 0 ? [{ kind: "thinking", length: 0, tokens: reasoning }] : [];
}
