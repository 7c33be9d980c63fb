/** Logs of Claude Code, the slow, obvious way. */
import { basename, join } from "node:path";
import { readReferenceLines, type ReferenceFound, type ReferenceLog, type ReferenceResponse } from "./found.ts";

export function readClaudeReference(home: string): ReferenceFound {
  const logs = readReferenceLines(join(home, ".claude/projects"));
  return { sessions: logs.filter((log) => !isClaudeAgent(log)).map(claudeSession), responses: readClaude(logs) };
}

function isClaudeAgent({ path }: ReferenceLog): boolean {
  return basename(path).startsWith("agent-");
}

/** The file's name; a sub-agent's lines name the session that started it. */
function claudeSession(log: ReferenceLog): string {
  return isClaudeAgent(log) ? log.lines.find((line) => line.sessionId).sessionId : basename(log.path, ".jsonl");
}

/** A line for each block of a response, all with its usage, of which the early ones may be short of output. */
function readClaude(logs: readonly ReferenceLog[]): ReferenceResponse[] {
  return logs.flatMap((log) =>
    log.lines.filter(({ type, message }) => type === "assistant" && message.usage).map((line): ReferenceResponse => {
      const { usage } = line.message;
      const hour = usage.cache_creation?.ephemeral_1h_input_tokens ?? 0;
      return {
        key: `${line.message.id} ${line.requestId}`,
        session: claudeSession(log),
        isCopy: line.forkedFrom !== undefined ||
          (line.requestSessionId !== undefined && line.requestSessionId !== line.sessionId),
        sums: {
          turns: 1,
          input: usage.input_tokens,
          cacheRead: usage.cache_read_input_tokens,
          cacheWrite: usage.cache_creation_input_tokens - hour,
          cacheWrite1h: hour,
          output: usage.output_tokens,
          usd: 0,
        },
      };
    })
  );
}
