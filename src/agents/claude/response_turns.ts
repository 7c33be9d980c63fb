/**
 * The turns of a response that is known: its own, and one of each request that is billed beside it. Keeps nothing; what is
 * known of a response is noted in response.ts.
 */
import { askableId } from "../../core/evidence.ts";
import type { TurnDraft } from "../source.ts";
import type { KnownResponse } from "./identity.ts";
import { modelOf, providerOf, refOf } from "./models.ts";
import type { Iterations, SideRequest } from "./requests.ts";
import { makeTerms } from "./terms.ts";
import { most1hOf, usageOf } from "./usage.ts";

/** Chain of the requests to other models: to the advisor, which has a prompt of its own, and those that were refused. */
const OTHER_MODELS_CHAIN = "tool";
const COMPACTION_CHAIN = "compaction";

/** The turn of a response as far as it is known, with what only its lines say left out. */
export function turnOf(known: KnownResponse, usage = usageOf(known.counts, most1hOf(known.requestedTtl))): TurnDraft {
  const { key, at, chain, messageId, copied, sessionId, isShared } = known;
  const turn: TurnDraft = {
    key,
    at,
    endedAt: undefined,
    model: refOf(known.provider, modelOf(known.model, known.isFast === true)),
    usage,
    chain,
    reported: undefined,
    requestedTtlMs: undefined,
    afterCompaction: undefined,
    copied,
    replayKey: isShared ? undefined : messageId,
    replay: isShared ? undefined : known.replay,
  };
  // An id that two responses have says which of them is meant no more than which is a copy.
  const responseId = isShared ? undefined : askableId(messageId);
  if (responseId !== undefined) turn.responseId = responseId;
  const terms = makeTerms(known.region, known.tier, totalSearches(known));
  if (terms !== undefined) turn.terms = terms;
  if (known.unrequested && !isShared) turn.unrequested = true;
  if (sessionId !== undefined) turn.sessionId = sessionId;
  if (known.background) turn.background = true;
  return turn;
}

function totalSearches({ webSearches = 0, toolSearches }: KnownResponse): number {
  return toolSearches === undefined ? webSearches : toolSearches.reduce((sum, [, count]) => sum + count, webSearches);
}

/** Adds a turn for each request of other models, and for each compaction. @param loggedAt When the response was logged */
export function addSideTurns(turns: TurnDraft[], known: KnownResponse, iterations: Iterations, loggedAt: number): void {
  for (const [index, request] of iterations.advice.entries()) {
    turns.push(sideTurn(known, request, "advisor", OTHER_MODELS_CHAIN, index, loggedAt));
  }
  for (const [index, request] of iterations.refused.entries()) {
    turns.push(sideTurn(known, request, "refused", OTHER_MODELS_CHAIN, index, loggedAt));
  }
  for (const [index, request] of iterations.compactions.entries()) {
    turns.push(sideTurn(known, request, "compaction", COMPACTION_CHAIN, index, loggedAt));
  }
}

/** Region and tier hold for all that a request led to. */
function sideTurn(
  known: KnownResponse,
  request: SideRequest,
  kind: "advisor" | "compaction" | "refused",
  chain: string,
  index: number,
  loggedAt: number,
): TurnDraft {
  const { key, replayKey, at, copied, background, replay, unrequested, sessionId } = turnOf(known);
  const model = request.model ?? modelOf(known.model, known.isFast === true);
  return {
    key: `${key}:${kind}:${index}`,
    at,
    endedAt: loggedAt,
    model: { provider: request.model === undefined ? known.provider : providerOf(model, known.messageId), model },
    usage: request.usage,
    terms: makeTerms(known.region, known.tier, 0),
    chain,
    copied,
    background,
    replayKey: replayKey && `${replayKey}:${kind}:${index}`,
    replay,
    unrequested,
    sessionId,
  };
}
