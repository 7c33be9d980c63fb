/** What the prompt of a session's last turn is made of, as `session` says it. */
import { agentWithLogs } from "../../agents/agents.ts";
import { isoTime } from "../../core/iso_time.ts";
import { type EpochMs, MAIN_CHAIN, type Tokens } from "../../core/model.ts";
import { plainText } from "../../core/plain_text.ts";
import type { PromptPart } from "../../core/prompt/prompt_parts.ts";
import { isKnownAsTotals } from "../../core/known_as_totals.ts";
import type { SessionReport } from "../../core/session_report.ts";
import type { AsOf } from "../../scan/index/as_of.ts";
import type { UsageIndex } from "../../scan/index/usage_index.ts";
import type { ContextOutput } from "./context_output.ts";

/** Names of tools are text of others: no tool needs a longer one. */
const MOST_NAME_BYTES = 80;
/** Some sessions have hundreds of tools. Those that fill least are put together. */
const MOST_TOOLS = 20;

/**
 * @param turns Those of the session that can be listed
 * @throws {UnreadableLogError} when its log cannot be read now
 */
export async function readContext(
  scan: Pick<UsageIndex, "lastPrompt">,
  session: SessionReport,
  turns: readonly { readonly chain: string; readonly at: EpochMs }[],
  asOf: AsOf,
): Promise<ContextOutput> {
  const reason = whyUnknown(session);
  if (reason !== undefined) return { parts: [], reason };
  const lastAt = turns.findLast(({ chain }) => chain === MAIN_CHAIN)?.at ?? -Infinity;
  const prompt = await scan.lastPrompt(session, lastAt, asOf);
  if (prompt === undefined) return { parts: [], reason: "No response of its main conversation is known." };
  const { promptTokens, model: { provider, model }, at, window, since } = prompt;
  return {
    promptTokens,
    provider,
    model,
    at: isoTime(at),
    window,
    parts: listParts(prompt.parts, promptTokens),
    since: since && { at: isoTime(since.at)!, why: since.why },
  };
}

function whyUnknown(session: SessionReport): string | undefined {
  const agent = agentWithLogs(session.source);
  if (session.isDeleted) return "It was deleted from its database, and its prompts with it.";
  if (agent.promptLog === undefined) return agent.promptUnknown;
  if (isKnownAsTotals(session)) return "Its agent recorded sums and no single responses.";
  return undefined;
}

function listParts(parts: readonly PromptPart[], promptTokens: Tokens): ContextOutput["parts"] {
  const tools = parts.filter(({ kind }) => kind === "tool_result");
  const others = tools.slice(MOST_TOOLS);
  const left = parts.filter((part) => !others.includes(part)).map((part) => partJson(part, promptTokens));
  if (others.length === 0) return left;
  const sum = (count: (part: PromptPart) => number) => others.reduce((total, part) => total + count(part), 0);
  const together = {
    tokens: sum(({ tokens }) => tokens),
    splitTokens: sum(({ splitTokens }) => splitTokens),
    count: sum(({ count }) => count),
  };
  return [...left, { ...partJson({ kind: "tool_result", ...together }, promptTokens), kind: "other_tools" as const }]
    .sort((a, b) => b.tokens - a.tokens);
}

function partJson(
  { kind, tool, tokens, splitTokens, count }: PromptPart,
  promptTokens: Tokens,
): ContextOutput["parts"][number] {
  const name = tool && plainText(tool.replaceAll(/\s+/g, " "), MOST_NAME_BYTES, []).text.trim();
  return {
    kind,
    name: name || undefined,
    tokens,
    share: promptTokens === 0 ? 0 : tokens / promptTokens,
    measured: splitTokens === 0,
    splitTokens: splitTokens === 0 ? undefined : splitTokens,
    count,
  };
}
