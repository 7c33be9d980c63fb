/**
 * Reads logs of Copilot CLI the slow, obvious way, by docs/formats/copilot.md alone: whole files, every line parsed. It
 * takes every log to be whole, and shares nothing with the source.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Json, ReferenceFound, ReferenceResponse, ReferenceSums } from "./found.ts";

/** @param home that `.copilot` is in */
export function readCopilot(home: string): ReferenceFound {
  const root = join(home, ".copilot/session-state");
  const names = existsSync(root) ? [...Deno.readDirSync(root)].map(({ name }) => name).sort() : [];
  const logs = names.map((name) =>
    Deno.readTextFileSync(join(root, name, "events.jsonl")).split("\n").filter((line) => line !== "")
      .map((line): Json => JSON.parse(line))
  );
  return { sessions: logs.map(sessionOf), responses: logs.flatMap(readLog) };
}

function sessionOf(lines: readonly Json[]): string {
  return lines.find(({ type }) => type === "session.start").data.sessionId;
}

function readLog(lines: readonly Json[]): ReferenceResponse[] {
  const session = sessionOf(lines);
  const responses: ReferenceResponse[] = [];
  for (const { type, data, agentId, timestamp } of lines) {
    if (type === "session.usage_record") {
      const { apiCallId, accounting, isByok } = data.usage;
      const isCopy = agentId === undefined && accounting.sourceSessionId !== session;
      const usd = isByok ? 0 : usdOf(data.usage, timestamp);
      responses.push({ key: apiCallId, session, isCopy, sums: sumsOf(data.usage, 1, usd) });
    }
    if (type === "session.compaction_complete" && data.compactionTokensUsed) {
      const spent = data.compactionTokensUsed;
      responses.push({ key: data.compactionAttemptId, session, isCopy: false, sums: sumsOf(spent, 1, 0) });
    }
  }
  return [...responses, ...readCounters(session, lines)];
}

/** Of each run of the program that has no records, and answers where others have records: what its counters grew by, or all where they fell. */
function readCounters(session: string, lines: readonly Json[]): ReferenceResponse[] {
  const responses: ReferenceResponse[] = [];
  let before: Readonly<Record<string, Json>> = {};
  let hasRecords = false;
  let hasAnswers = false;
  let isNewer = false;
  for (const [place, { type, data }] of lines.entries()) {
    if (type === "session.start" || type === "session.resume") [hasRecords, hasAnswers] = [false, false];
    if (type === "session.usage_record") hasRecords = isNewer = true;
    if (type === "assistant.message" && data.outputTokens !== undefined) hasAnswers = true;
    const metrics: Json = type === "session.shutdown" ? data.modelMetrics ?? data.accountingSnapshot?.modelMetrics : {};
    if (Object.keys(metrics ?? {}).length === 0) continue;
    const fell = Object.entries(before).some(([model, { usage }]) =>
      Object.entries<number>(usage).some(([name, count]) => !(metrics[model]?.usage[name] >= count))
    );
    const base = fell ? {} : before;
    before = metrics;
    if (hasRecords || isNewer && !hasAnswers) continue;
    for (const [model, { usage }] of Object.entries<Json>(metrics)) {
      const own = Object.fromEntries(
        Object.entries<number>(usage).map(([name, count]) => [name, count - (base[model]?.usage[name] ?? 0)]),
      );
      responses.push({ key: `${session} ${place} ${model}`, session, isCopy: false, sums: sumsOf(own, 0, 0) });
    }
  }
  return responses;
}

/** A billionth of a credit each, and a credit is a cent since the June of 2026. */
function usdOf({ copilotUsage, aiCreditsStatus }: Json, timestamp: string): number {
  const isKnown = copilotUsage !== undefined && aiCreditsStatus !== "unavailable" && timestamp >= "2026-06-01";
  return isKnown ? copilotUsage.totalNanoAiu / 1e9 * 0.01 : 0;
}

/** What was read and written is inside the input, and reasoning inside the output. */
function sumsOf(usage: Json, turns: number, usd: number): ReferenceSums {
  const { inputTokens, cacheReadTokens: cacheRead, cacheWriteTokens: cacheWrite, outputTokens: output } = usage;
  return { turns, input: inputTokens - cacheRead - cacheWrite, cacheRead, cacheWrite, cacheWrite1h: 0, output, usd };
}
