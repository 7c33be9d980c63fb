/**
 * Searches of Claude Code's own WebSearch tool. Each is a request that the log has no line of: all that shows is its
 * result, a user line whose `toolUseResult` has `searchCount` (2.1.332). They are billed by the piece, and counted with the
 * response that asked for them. The tokens of such a request are nowhere but in `cost-state`.
 */
import type { RecordResult } from "../source.ts";
import { CLAUDE_FIELDS, type ClaudeRow } from "./fields.ts";
import type { KnownResponse } from "./identity.ts";
import { turnOf } from "./response_turns.ts";
import { chainOf, type ClaudeState } from "./state.ts";
import { describeTooMany } from "./terms.ts";

/** Results of one response whose lines are told apart, so that a line that is there twice counts once. */
const MAX_RESULTS = 32;

/** Folds a `user` line that holds the result of searches, more than none: the turn of the response that asked, with them. */
export function recordSearches(state: ClaudeState, row: ClaudeRow, searches: number): RecordResult<ClaudeState> {
  const tooMany = describeTooMany(CLAUDE_FIELDS.searchCount, searches);
  if (tooMany !== undefined) return { state, problem: tooMany };
  const known = whoAsked(state, row);
  if (known === undefined) {
    return { state, problem: "Searches of the web are not counted: no response before them asked for any" };
  }
  const uuid = row.uuid ?? "";
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
function whoAsked(state: ClaudeState, row: ClaudeRow): KnownResponse | undefined {
  const asking = row.askedBy ?? row.parentUuid;
  const chain = chainOf(state, row);
  return (asking && state.responses.findLast(({ lastUuid }) => lastUuid === asking)) ||
    state.responses.findLast((known) => known.chain === chain);
}
