/** Logs of Qwen Code, the slow, obvious way. */
import { basename, join } from "node:path";
import {
  type Json,
  readReferenceLines,
  type ReferenceFound,
  type ReferenceLog,
  type ReferenceResponse,
  type ReferenceSums,
} from "./found.ts";

export function readQwenReference(home: string): ReferenceFound {
  // What lies in `subagents` stands in the session's log as well.
  const logs = readReferenceLines(join(home, ".qwen/projects")).filter(({ path }) => /[/\\]chats[/\\]/.test(path));
  return { sessions: logs.map(qwenSession), responses: readQwen(logs) };
}

/** Its name is that of its file. */
function qwenSession({ path }: ReferenceLog): string {
  return basename(path, ".jsonl");
}

/** Telemetry has all responses, answers only those of the conversation. A fork marks the lines that it was given. */
function readQwen(logs: readonly ReferenceLog[]): ReferenceResponse[] {
  return logs.flatMap((log) =>
    log.lines.filter((line) => line.systemPayload?.uiEvent?.["event.name"] === "qwen-code.api_response")
      .map(({ forkedFrom, systemPayload: { uiEvent: event } }) => ({
        key: `${event.response_id} ${event["event.timestamp"]}`,
        session: qwenSession(log),
        isCopy: forkedFrom !== undefined,
        sums: qwenSums(event),
      }))
  );
}

/** Cached tokens are inside the input. Thoughts are beside the output where the total says so. */
function qwenSums(event: Json): ReferenceSums {
  const { input_token_count: input, output_token_count: output, thoughts_token_count: thoughts } = event;
  const isBeside = event.total_token_count === input + output + thoughts;
  return {
    turns: 1,
    input: input - event.cached_content_token_count,
    cacheRead: event.cached_content_token_count,
    cacheWrite: 0,
    cacheWrite1h: 0,
    output: isBeside ? output + thoughts : output,
    usd: 0,
  };
}
