/**
 * Searches of Claude Code's own WebSearch tool. Each is a request that the log has no line of: all that shows is its
 * result, a user line whose `toolUseResult` has `searchCount` (2.1.332). They are billed by the piece, and counted with the
 * response that asked for them. The tokens of such a request are nowhere but in `cost-state`.
 */
import type { RecordResult } from "../source.ts";
import { type Fields, isFields, textOf } from "./fields.ts";
import type { KnownResponse } from "./identity.ts";
import { turnOf } from "./response_turns.ts";
import { chainOf, type ClaudeState } from "./state.ts";
import { readSearches } from "./terms.ts";

/** Results of one response whose lines are told apart, so that a line that is there twice counts once. */
const MAX_RESULTS = 32;

/** Folds a `user` line that holds the result of a search: the turn of the response that asked, with one search more. */
export function recordSearches(state: ClaudeState, record: Fields): RecordResult<ClaudeState> {
  const result = record.toolUseResult;
  if (!isFields(result)) return { state };
  const leftOut: string[] = [];
  const searches = readSearches("searchCount", result.searchCount, leftOut);
  if (searches === undefined) {
    return { state, problem: leftOut.length === 0 ? undefined : `${leftOut[0]}: left out` };
  }
  const known = whoAsked(state, record);
  if (known === undefined) {
    return { state, problem: "Searches of the web are not counted: no response before them asked for any" };
  }
  const uuid = textOf(record.uuid) ?? "";
  const results = known.toolSearches ??= [];
  if (uuid !== "" && results.some(([other]) => other === uuid)) return { state };
  results.push([uuid, searches]);
  if (results.length > MAX_RESULTS) {
    // The oldest become one sum.
    const [[, first], [, second]] = results.splice(0, 2) as [[string, number], [string, number]];
    results.unshift(["", first + second]);
  }
  return { state, turns: [turnOf(known)] };
}

/** The response whose line the result names, else the latest of its chain. */
function whoAsked(state: ClaudeState, record: Fields): KnownResponse | undefined {
  const asking = textOf(record.sourceToolAssistantUUID) ?? textOf(record.parentUuid);
  const chain = chainOf(state, record);
  return (asking && state.responses.findLast(({ lastUuid }) => lastUuid === asking)) ||
    state.responses.findLast((known) => known.chain === chain);
}
