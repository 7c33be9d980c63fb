/**
 * What fills a prompt of Copilot CLI's main conversation. A response's usage stands before what it says. Records of sub-agents
 * name them, and are left out.
 */
import { isRecord } from "../../core/json/is_record.ts";
import { isTokenCount } from "../../core/plausible.ts";
import type { PromptEntry, PromptItem } from "../../core/prompt/prompt_entry.ts";
import { callOf, charactersOf, imageIn, itemOf, listIn, recordIn, resultOf } from "../formats/prompt_items.ts";
import type { PromptLog } from "../prompt_log.ts";

export const copilotPromptLog: PromptLog = {
  needles: ['"user.message"', '"assistant.message"', '"tool.execution_complete"'],
  hasUsageFirst: true,
  read(record): PromptEntry | undefined {
    if (!isRecord(record) || record.agentId !== undefined) return undefined;
    const data = recordIn(record.data);
    switch (record.type) {
      case "session.usage_record": {
        const { maxPromptTokens: window } = recordIn(data.usage);
        return isTokenCount(window) && window > 0 ? { window } : {};
      }
      case "user.message":
        // With what is added to what was typed.
        return { items: [...itemOf("user", data.transformedContent ?? data.content), ...attachmentsIn(data)] };
      case "assistant.message":
        return { items: answerIn(data) };
      case "tool.execution_complete":
        return { items: resultOf(data.toolCallId, undefined, resultIn(data)) };
      default:
        return {};
    }
  },
};

function attachmentsIn({ attachments }: Readonly<Record<string, unknown>>): readonly PromptItem[] {
  return listIn(attachments).flatMap((file) => {
    const images = imageIn(file);
    return images.length > 0 ? images : itemOf("attachment", file);
  });
}

function answerIn(data: Readonly<Record<string, unknown>>): readonly PromptItem[] {
  const { content, toolRequests, reasoningText, reasoningOpaque } = data;
  const length = charactersOf(reasoningText ?? reasoningOpaque);
  return [
    ...(length > 0 ? [{ kind: "thinking", length } as const] : []),
    ...itemOf("assistant", content),
    ...listIn(toolRequests).map(recordIn).map(({ toolCallId, name, arguments: input }) =>
      callOf(toolCallId, name, input)
    ),
  ];
}

/** Of a result that failed what was wrong. */
function resultIn({ result, error }: Readonly<Record<string, unknown>>): unknown {
  return recordIn(result).content ?? recordIn(error).message ?? "";
}
