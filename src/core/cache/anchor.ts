/**
 * Folds the turns of one chain into what they left in the provider's cache.
 *
 * Knows how providers hold a prefix (written and billed, or automatic), but not for how long: that is the strategies'.
 */
import {
  type EpochMs,
  isSameModel,
  lastRequest,
  type ModelRef,
  type PendingChange,
  promptTokens,
  type Tokens,
  type TokenUsage,
  type Turn,
} from "../model.ts";
import { isClaude } from "../model_name.ts";
import { isRepeated, upstreamOf } from "../turn_evidence.ts";
import { type Reroute, rerouteOf } from "./reroute.ts";
import { addServed, servedBy, type ServedRequests } from "./served_requests.ts";
import type { CacheAnchor } from "./strategy.ts";

const ONE_HOUR_MS = 3_600_000;

/** OpenAI caches prompts of at least this length, in steps (its prompt caching guide, 2026-11-20). */
const AUTOMATIC_MINIMUM_TOKENS: Tokens = 1024;
const AUTOMATIC_STEP_TOKENS: Tokens = 128;

/**
 * Chains that gather requests with prompts of their own: what one of them cached is not there for the next to read.
 * `sidechain` holds sub-agents that their log does not tell apart.
 */
const UNRELATED_CHAINS: ReadonlySet<string> = new Set(["compaction", "branch_summary", "tool", "sidechain"]);

/** Whether the requests of a chain go on from each other, so that pauses between them say something about the cache. */
export function sharesPrompt(chain: string): boolean {
  return !UNRELATED_CHAINS.has(chain);
}

/** What a chain's last requests hold in the cache of one model. */
export interface HeldPrefix {
  readonly model: ModelRef;
  /** Start of the last request that read or wrote. */
  readonly at: EpochMs;
  readonly tokens: Tokens;
  readonly oneHourTokens: Tokens;
  /** See `CacheAnchor`, as for the next. */
  readonly hidesWrites?: true;
  readonly expiresAt?: EpochMs;
  readonly upstream?: string;
}

/** What the turns of a chain up to now leave behind for those to come. Survives JSON. */
export interface ChainPrefix {
  readonly held: HeldPrefix;
  readonly last: Pick<Turn, "at" | "model" | "usage">;
  /** Who served the last requests. @default that is not known of the last one */
  readonly served?: ServedRequests;
  /** Models whose writes to the cache are counted, and those of which none was seen. */
  readonly writing: readonly ModelRef[];
  readonly silent: readonly ModelRef[];
}

/**
 * Tells the models of a chain that hold whole prompts unasked and report no writes from those whose writes are counted.
 * Claude's cache is explicit: what it neither read nor wrote it does not hold.
 *
 * @param before What came before these turns
 */
export function automaticCaches(turns: readonly Turn[], before?: ChainPrefix): (model: ModelRef) => boolean {
  const writing: ModelRef[] = [...before?.writing ?? []];
  for (const { model, usage } of turns) {
    if (usage.cacheWrite + usage.cacheWrite1h > 0) addModel(writing, model);
  }
  // Most chains have one model, and most of their turns one object for it.
  let last: ModelRef | undefined;
  let isAutomatic = false;
  return (model) => {
    if (model === last) return isAutomatic;
    last = model;
    isAutomatic = mayHoldUnasked(model) && !hasModel(writing, model);
    return isAutomatic;
  };
}

/** Whether the model may hold whole prompts unasked, as long as none of its writes was seen. */
export function mayHoldUnasked({ provider, model }: ModelRef): boolean {
  return provider !== "anthropic" && !isClaude(model);
}

/**
 * Whether the turns change nothing about those before them: a model that writes for the first time was taken for one that
 * holds prompts unasked until then.
 */
export function followsQuietly(turns: readonly Turn[], before: ChainPrefix): boolean {
  return turns.every(({ model, usage }) =>
    usage.cacheWrite + usage.cacheWrite1h === 0 || !before.silent.some((silent) => isSameModel(silent, model))
  );
}

/**
 * What repeats a response out of a gateway's cache of responses reaches no cache of prompts: it is passed over.
 *
 * @param turns One chain's, in order of time, at least one
 * @param onTurn Called with each, the one before it, what the cache held then, and from where it was routed elsewhere
 */
export function foldChain<T extends Turn>(
  turns: readonly T[],
  before?: ChainPrefix,
  onTurn?: (turn: T, previous: ChainPrefix["last"], held: HeldPrefix, isAutomatic: boolean, route: Route) => void,
): ChainPrefix {
  const isAutomatic = automaticCaches(turns, before);
  let held = before?.held;
  let previous: ChainPrefix["last"] | T | undefined = before?.last;
  let served = before?.served;
  const writing: ModelRef[] = [...before?.writing ?? []];
  const seen: ModelRef[] = [...before?.silent ?? []];
  for (const turn of turns) {
    const { model, usage } = turn;
    if (isRepeated(turn)) {
      held ??= { model, at: turn.at, tokens: 0, oneHourTokens: 0 };
      previous ??= turn;
      continue;
    }
    const automatic = isAutomatic(model);
    const route = turn.evidence === undefined ? UNKNOWN_ROUTE : routeOf(turn, previous, held, served);
    if (onTurn !== undefined && held !== undefined) onTurn(turn, previous!, held, automatic, route);
    held = holdPrefix(held, turn, automatic);
    previous = turn;
    served = addServed(served, upstreamOf(turn), route.reroute);
    addModel(usage.cacheWrite + usage.cacheWrite1h > 0 ? writing : seen, model);
  }
  const last = previous!;
  const prefix = {
    held: held!,
    last: { at: last.at, model: last.model, usage: lastRequest(last) },
    writing,
    silent: seen.filter((model) => !hasModel(writing, model)),
  };
  return served === undefined ? prefix : { ...prefix, served };
}

/** Where a request went, beside the one before. */
export interface Route {
  /** There where it went elsewhere. */
  readonly reroute?: Reroute;
  /** Where both went. @default it is not known, or they went to two */
  readonly upstream?: string;
}

const UNKNOWN_ROUTE: Route = {};

/**
 * @param previous The one before in its chain
 * @param held What the cache has, wherever that is: the request before may have left it where it was
 */
export function routeOf(
  turn: Turn,
  previous: ChainPrefix["last"] | undefined,
  held: HeldPrefix | undefined,
  served: ServedRequests | undefined,
): Route {
  if (previous === undefined) return UNKNOWN_ROUTE;
  const isHeld = held !== undefined && held.tokens > 0 && held.upstream !== undefined;
  const reroute = rerouteOf({ upstream: served?.upstream, at: previous.at }, turn) ??
    (isHeld ? rerouteOf({ upstream: held.upstream, at: previous.at }, turn) : undefined);
  if (reroute !== undefined) return { reroute };
  const upstream = upstreamOf(turn);
  return upstream !== undefined && served?.upstream === upstream ? { upstream } : UNKNOWN_ROUTE;
}

/** A chain has a few models: looking through them is faster than a key for each turn. */
function hasModel(models: readonly ModelRef[], model: ModelRef): boolean {
  // Without an iterator, which is an object for each turn.
  for (let place = 0; place < models.length; place++) {
    const known = models[place]!;
    if (known === model || isSameModel(known, model)) return true;
  }
  return false;
}

function addModel(models: ModelRef[], model: ModelRef): void {
  if (!hasModel(models, model)) models.push(model);
}

/**
 * The next state of a chain's cached prefix.
 *
 * @param held After the turn before; undefined at the start of a chain
 * @param isAutomatic Whether the turn's model holds whole prompts unasked, see {@linkcode automaticCaches}
 */
export function holdPrefix(held: HeldPrefix | undefined, turn: Turn, isAutomatic: boolean): HeldPrefix {
  const before = held !== undefined && !turn.afterCompaction && isSameModel(held.model, turn.model) ? held : undefined;
  const usage = lastRequest(turn);
  const { cacheRead, cacheWrite, cacheWrite1h } = usage;
  const tokens = isAutomatic
    ? Math.max(cacheRead, automaticPrefix(promptTokens(usage)))
    : cacheRead + cacheWrite + cacheWrite1h;
  if (tokens === 0) return before ?? { model: turn.model, at: turn.at, tokens: 0, oneHourTokens: 0 };
  const counted = { model: turn.model, at: turn.at, tokens, oneHourTokens: oneHourPart(before, usage, turn, tokens) };
  // Of this request alone: each use may move it, and what was said of an earlier one says nothing of this.
  const timed = turn.cacheExpiresAt === undefined ? counted : { ...counted, expiresAt: turn.cacheExpiresAt };
  const upstream = upstreamOf(turn);
  const prefix = upstream === undefined ? timed : { ...timed, upstream };
  const isKnown = turn.requestedTtlMs !== undefined || turn.usage.cacheWrite + turn.usage.cacheWrite1h > 0;
  if (isAutomatic || isKnown) return prefix;
  // A compaction replaces the prefix; that writes are shown at all holds on.
  const isShown = held !== undefined && isSameModel(held.model, turn.model) && held.tokens > 0 && !held.hidesWrites;
  return isShown ? prefix : { ...prefix, hidesWrites: true };
}

/** Entries written for an hour stand before the others in a prompt, so that all up to them is held as long. */
function oneHourPart(before: HeldPrefix | undefined, usage: TokenUsage, turn: Turn, tokens: Tokens): Tokens {
  const { cacheRead, cacheWrite, cacheWrite1h } = usage;
  // What was written says more than what was asked for.
  if (cacheWrite1h > 0 || turn.requestedTtlMs === ONE_HOUR_MS) return tokens - cacheWrite;
  if (turn.requestedTtlMs !== undefined) return 0;
  return Math.min(cacheRead, before?.oneHourTokens ?? 0);
}

function automaticPrefix(prompt: Tokens): Tokens {
  return prompt < AUTOMATIC_MINIMUM_TOKENS ? 0 : prompt - prompt % AUTOMATIC_STEP_TOKENS;
}

/**
 * @param turns One chain's, in order of time
 * @param pending What happened to the conversation after them
 * @returns undefined without turns
 */
export function anchorOf(turns: readonly Turn[], pending?: PendingChange): CacheAnchor | undefined {
  return turns.length === 0 ? undefined : anchorAt(foldChain(turns), pending);
}

/** @param pending What happened to the conversation after the chain's last turn */
export function anchorAt({ held, last, served }: ChainPrefix, pending?: PendingChange): CacheAnchor {
  const lost = held.tokens === 0 ? "never_written" : lostBy(pending, last);
  const anchor = served === undefined ? held : { ...held, served: servedBy(served, last.at) };
  return lost === undefined ? anchor : { ...anchor, lost };
}

/** A change that the last turn already knew of, or back to its own model, loses nothing. */
function lostBy(pending: PendingChange | undefined, last: ChainPrefix["last"]): PendingChange["kind"] | undefined {
  if (pending === undefined || pending.at < last.at) return undefined;
  const isBack = pending.kind === "model_changed" && pending.model !== undefined &&
    isSameModel(pending.model, last.model);
  return isBack ? undefined : pending.kind;
}
