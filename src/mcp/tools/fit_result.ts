/**
 * Results that fit: clients cut what is longer than 20 KB, and a cut JSON document is none. Rather than cutting, fewer rows
 * are asked for, so that the cursor goes on where the rows end.
 */
import * as z from "zod";
import { AgentError } from "../../core/errors.ts";
import { toSafeJson } from "../../core/json/safe_json.ts";
import type { JsonObject } from "./tool_definition.ts";

/** Bytes of a result's JSON. */
export const MAXIMUM_RESULT_BYTES = 20_000;
/** What is longer is cut, when even a single row is too large. */
const MAXIMUM_TEXT_CHARACTERS = 300;

/** Properties that any result may have. */
export const TRUNCATION_SCHEMA = {
  truncated: z.boolean().optional().describe("True when it was made shorter than asked for"),
  howToGetMore: z.string().optional().describe("With truncated: what to do for the rest"),
};

/**
 * @param run gives the result with at most so many rows
 * @param forMore What to do for those that were left out, where there is no cursor. @default it is texts that were cut
 * @throws {AgentError} failed, when it does not fit whatever is left out
 */
export async function fitResult(
  run: (limit: number) => Promise<JsonObject>,
  limit: number,
  forMore?: string,
): Promise<JsonObject> {
  for (let rows = limit;; rows = Math.floor(rows / 2)) {
    const result = await run(rows);
    const whole = rows === limit ? result : markTruncated(result, forMore);
    if (fits(whole)) return whole;
    if (rows > 1) continue;
    const cut = markTruncated(cutTexts(result) as JsonObject, forMore);
    if (fits(cut)) return cut;
    throw new AgentError("failed", `The answer is larger than ${MAXIMUM_RESULT_BYTES} bytes even with one row.`, {
      hint: "Ask for less, for instance one session or source, or use opper-agent on the command line.",
    });
  }
}

function fits(result: JsonObject): boolean {
  return new TextEncoder().encode(toSafeJson(result)).length <= MAXIMUM_RESULT_BYTES;
}

function markTruncated(
  result: JsonObject,
  forMore = "Long texts were cut; opper-agent on the command line shows them.",
) {
  const howToGetMore = result["nextCursor"] === undefined
    ? forMore
    : "Call again with cursor set to nextCursor, and everything else as it was.";
  return { ...result, truncated: true, howToGetMore };
}

function cutTexts(value: unknown): unknown {
  if (typeof value === "string" && value.length > MAXIMUM_TEXT_CHARACTERS) {
    return `${value.slice(0, MAXIMUM_TEXT_CHARACTERS).toWellFormed()}…`;
  }
  if (Array.isArray(value)) return value.map(cutTexts);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, name === "nextCursor" ? part : cutTexts(part)]),
  );
}
