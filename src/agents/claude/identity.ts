/**
 * Which lines are of one response.
 *
 * What names a response, the first that a line has before the others:
 *
 * 1. `requestRef`, the id of its `api-request` line (2.1.329): its own even where a gateway gives each response the same
 *    ids,
 * 2. `requestId`, which the API gives to each request,
 * 3. the message id alone: old versions, clouds and gateways give no other. Some gateways give one to all of their
 *    responses. Here what stands around decides: lines of a response follow each other or the same line, their blocks
 *    count up, its prompt stays and its output does not fall.
 *
 * Copies of a line (forks, resumed sessions) keep all three, its uuid and its time. A line that names a request and one
 * that does not are of one response when they have the message id, the model and the prompt in common: transports drop
 * the request's id.
 *
 * An id that two responses of one chain turn out to have says nothing of copies and replays in other logs either.
 *
 * A key is made of what names the response, and without a request of the time and uuid of its first line: the same in a
 * copy, another in a session that has nothing but a gateway's id in common with it.
 */
import { LEAST_GENERATED } from "../source.ts";
import type { EpochMs, Tokens } from "../../core/model.ts";
import type { Counts } from "./usage.ts";

/** A response of late, as far as lines that may still come need it. */
export interface KnownResponse {
  readonly key: string;
  /** Whether the key names no request. */
  readonly unrequested?: boolean;
  readonly messageId?: string;
  /** Whether other responses have its message id as well, so that it names none. */
  isShared?: boolean;
  requestRef?: string;
  requestId?: string;
  readonly chain: string;
  /** As the log names it. */
  model?: string;
  provider: string;
  isFast?: boolean;
  /** The line before its first one. */
  readonly parentUuid?: string;
  /** Its last line. */
  lastUuid?: string;
  /** Of its last line, where lines have one. */
  block?: number;
  /** When its request was sent, or its first line written. */
  at: EpochMs;
  counts: Counts;
  requestedTtl?: string;
  region?: string;
  tier?: string;
  /** Searches that its lines have. */
  webSearches?: number;
  /** Searches of Claude Code's own tool that it asked for, by the line of their result. */
  toolSearches?: [uuid: string, searches: number][];
  copied?: boolean;
  background?: boolean;
  replay?: boolean;
  sessionId?: string;
}

/** What a line says of the response that it is of. */
export interface LineIdentity {
  readonly key: string;
  readonly unrequested: boolean;
  readonly messageId: string | undefined;
  readonly requestRef: string | undefined;
  readonly requestId: string | undefined;
  readonly chain: string;
  readonly model: string | undefined;
  readonly uuid: string | undefined;
  readonly parentUuid: string | undefined;
  readonly block: number | undefined;
  readonly prompt: Tokens;
  readonly output: Tokens;
}

/** @returns undefined where a line has nothing that names a response */
export function keyOf(
  messageId: string | undefined,
  request: string | undefined,
  uuid: string | undefined,
  loggedAt: EpochMs | undefined,
): string | undefined {
  if (request !== undefined) return `${messageId ?? ""}:${request}`;
  return messageId === undefined ? uuid : `${messageId}@${loggedAt ?? ""}#${uuid ?? ""}`;
}

/**
 * The response that a line is of, undefined when it begins one.
 *
 * @param responses The latest last
 * @param promptOf The prompt of a response that is known
 */
export function findResponse(
  responses: readonly KnownResponse[],
  line: LineIdentity,
  promptOf: (counts: Counts) => Tokens,
): KnownResponse | undefined {
  let likely: KnownResponse | undefined;
  let isLatestOfChain = true;
  for (let index = responses.length - 1; index >= 0; index--) {
    const known = responses[index]!;
    // A key has the message's id in it.
    if (known.messageId === line.messageId) {
      const same = hasSameRequest(known, line);
      if (same === true || known.key === line.key) return known;
      if (
        same === undefined && likely === undefined && line.messageId !== undefined && known.chain === line.chain &&
        agrees(known, line, promptOf(known.counts), isLatestOfChain)
      ) likely = known;
    }
    if (known.chain === line.chain) isLatestOfChain = false;
  }
  return likely;
}

/** Undefined where they have nothing in common that would tell. */
function hasSameRequest(known: KnownResponse, line: LineIdentity): boolean | undefined {
  if (known.requestRef !== undefined && line.requestRef !== undefined) return known.requestRef === line.requestRef;
  if (known.requestId !== undefined && line.requestId !== undefined) return known.requestId === line.requestId;
  return undefined;
}

function countsUp(known: KnownResponse, line: LineIdentity): boolean {
  return known.block !== undefined && line.block !== undefined && line.block > known.block;
}

/** Whether lines with one message id are of one response, by all that is not an id. */
function agrees(known: KnownResponse, line: LineIdentity, prompt: Tokens, isLatestOfChain: boolean): boolean {
  if (known.model !== line.model && known.model !== undefined && line.model !== undefined) return false;
  const follows = line.parentUuid !== undefined && line.parentUuid === known.lastUuid;
  const isBeside = line.parentUuid !== undefined && line.parentUuid === known.parentUuid;
  // Early lines may not know the prompt yet.
  const hasSamePrompt = prompt === line.prompt || prompt === 0 || line.prompt === 0;
  const namesRequest = line.requestRef !== undefined || line.requestId !== undefined;
  if (namesRequest || known.requestRef !== undefined || known.requestId !== undefined) {
    return follows || isBeside || hasSamePrompt;
  }
  // The blocks of a response count up from 0.
  if (line.block === 0 && known.block !== undefined) return false;
  if (follows) return true;
  // The same question again has the same line before it.
  if (line.output > 0 && line.output < (known.counts.output ?? 0)) return false;
  if (isBeside) return true;
  // Other lines may stand between two blocks. Where they do, an id that somebody may have typed says too little.
  const isElsewhere = line.parentUuid !== undefined && known.parentUuid !== undefined;
  if (isElsewhere && !(countsUp(known, line) || known.messageId!.length >= LEAST_GENERATED)) return false;
  return isLatestOfChain && hasSamePrompt;
}
