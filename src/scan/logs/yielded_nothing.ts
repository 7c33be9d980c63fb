/**
 * Notices a log that has responses of which none could be counted: a format that changed, another tool's file, a header
 * that is lost. Without it, such a log is merely missing in every answer.
 *
 * A session that has no response yet is none of these, nor is one whose only answers are errors that its tool worded.
 */
import { isRecord } from "../../core/json/is_record.ts";
import type { NamedSource, RecordResult } from "../../agents/source.ts";

/** What was met in a log before its first turn. */
export interface Uncounted {
  /** Records that can only be a response. */
  responses: number;
  /** Records of tokens, which need not be of a response: a running total is written again without one. */
  counts: number;
}

/** Takes note of a record that led to no turn. By its shape, whatever tool the log is read as one of. */
export function noteUncounted(uncounted: Uncounted, record: unknown, { problem }: RecordResult<unknown>): void {
  if (isTokenCount(record)) uncounted[problem === undefined ? "counts" : "responses"]++;
  else if (isResponse(record, problem !== undefined)) uncounted.responses++;
}

/** The sentence for a log without any turn; undefined when there is nothing to wonder about. */
export function describeUncounted(
  { responses, counts }: Uncounted,
  { title }: Pick<NamedSource, "title">,
  hasSession: boolean,
): string | undefined {
  if (responses === 0 && (hasSession || counts === 0)) return undefined;
  return `It looks like a log of ${title} with responses, but none of them could be counted: the file yielded nothing.`;
}

/** As Codex writes them. */
function isTokenCount(record: unknown): boolean {
  const payload = memberOf(record, "payload");
  if (memberOf(record, "type") === "token_usage_record") return isRecord(payload);
  return memberOf(payload, "type") === "token_count" && isRecord(memberOf(payload, "info"));
}

function isResponse(record: unknown, isFaulty: boolean): boolean {
  const message = memberOf(record, "message");
  // As Claude Code writes them. It words errors itself, as a model of this name.
  if (memberOf(record, "type") === "assistant") {
    return message !== undefined && memberOf(message, "model") !== "<synthetic>" &&
      memberOf(record, "isApiErrorMessage") !== true;
  }
  // As Pi writes them, those that failed before their first token too.
  return memberOf(message, "role") === "assistant" && (isFaulty || hasTokens(memberOf(message, "usage")));
}

function hasTokens(usage: unknown): boolean {
  return isRecord(usage) && Object.values(usage).some((count) => typeof count === "number" && count > 0);
}

function memberOf(value: unknown, key: string): unknown {
  return isRecord(value) ? value[key] : undefined;
}
