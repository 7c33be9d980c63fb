/**
 * A session as the index keeps it: a list, in which each value has its place, and names are left out. Every reader pays for
 * each character, and the index for each byte, of which there may be a hundred thousand times as many.
 *
 * What stands in columns of its row, or follows from them, is not in it: its source, its id, and its own log's path.
 */
import type { CacheAnchor } from "../core/cache/strategy.ts";
import { type Cost, type EpochMs, isSameModel, MAIN_CHAIN, type ModelRef } from "../core/model.ts";
import type { ChainRollup, ModelRollup } from "../core/rollup.ts";
import type { KeptRollup, Session } from "../core/session_report.ts";

/** In this order; what is left out at the end is not there. 0 stands for what most sessions have. */
export type StoredSession = readonly [
  /** 0: none. */
  cwd: string | 0,
  startedAt: EpochMs | null,
  lastActivityAt: EpochMs | null,
  turns: number,
  ...usage: [input: number, cacheRead: number, cacheWrite: number, cacheWrite1h: number, output: number],
  usd: number,
  /** Place in {@linkcode BASES}. */
  basis: number,
  unpricedTurns: number,
  /** A single model has the turns, usage and cost of the session: its provider, and its name. Otherwise 0, and a list. */
  provider: string | 0,
  models: string | readonly ModelRollup[],
  /** And so has a single chain: its name, 0 for the main one, and when its last turn was. Otherwise a list, and 0. */
  chains: string | 0 | readonly ChainRollup[],
  lastAt: EpochMs,
  /** When, 0 for at the chain's last turn, with what; -1: it is in `more`, or there is none. */
  anchorAt: EpochMs,
  tokens: number,
  oneHourTokens: number,
  /** Place in {@linkcode LOSSES}. */
  lost: number,
  /** Of `resume`; 0: not there. */
  warm: number,
  cold: number,
  more?: StoredMore,
];

/** What few sessions have. */
type StoredMore = Partial<
  & Pick<Session, "title" | "parentSessionId" | "traceId" | "pending" | "toolTotal" | "files">
  & Pick<KeptRollup, "copiedTurns" | "anchor" | "resume">
  & Pick<Cost, "standardRateTurns">
>;

const BASES: readonly Cost["basis"][] = ["none", "reported", "computed", "mixed"];
const LOSSES: readonly CacheAnchor["lost"][] = [undefined, "never_written", "model_changed", "compacted"];

/** As JSON. */
export function encodeSession(session: Session): string {
  const { cwd, startedAt = null, lastActivityAt = null, files, rollup } = session;
  const { turns, usage, cost, models, chains, copiedTurns, anchor, resume } = rollup;
  const model = models.length === 1 ? models[0] : undefined;
  const chain = chains.length === 1 ? chains[0] : undefined;
  const isPlain = anchor !== undefined && isPlainAnchor(anchor, model, chain);
  const { title, parentSessionId, traceId, pending, toolTotal } = session;
  const isZero = resume.warm === 0 || resume.cold === 0;
  const more: StoredMore = {
    ...{ title, parentSessionId, traceId, pending, toolTotal, copiedTurns },
    files: files.length === 1 ? undefined : files,
    standardRateTurns: cost.standardRateTurns,
    anchor: isPlain ? undefined : anchor,
    resume: isZero ? resume : undefined,
  };
  const stored: StoredSession = [
    cwd ?? 0,
    startedAt,
    lastActivityAt,
    turns,
    ...[usage.input, usage.cacheRead, usage.cacheWrite, usage.cacheWrite1h, usage.output] as const,
    cost.usd,
    BASES.indexOf(cost.basis),
    cost.unpricedTurns,
    model === undefined ? 0 : model.provider,
    model === undefined ? models : model.model,
    chain === undefined ? chains : chain.chain === MAIN_CHAIN ? 0 : chain.chain,
    chain === undefined ? 0 : chain.lastAt,
    isPlain ? anchor.at === chain!.lastAt ? 0 : anchor.at : -1,
    isPlain ? anchor.tokens : 0,
    isPlain ? anchor.oneHourTokens : 0,
    isPlain ? LOSSES.indexOf(anchor.lost) : 0,
    isZero ? 0 : resume.warm ?? 0,
    isZero ? 0 : resume.cold ?? 0,
    more,
  ];
  return JSON.stringify(Object.values(more).every((value) => value === undefined) ? stored.slice(0, -1) : stored);
}

/** Most sessions': of the single model, with nothing to be said that has no place in the list. */
function isPlainAnchor(
  { model, at, hidesWrites }: CacheAnchor,
  single: ModelRef | undefined,
  chain: ChainRollup | undefined,
): boolean {
  return single !== undefined && chain !== undefined && isSameModel(model, single) && at > 0 && !hidesWrites;
}

/** What stands beside a stored session. */
export interface SessionRow {
  readonly source: string;
  readonly sessionId: string;
  readonly file: string;
}

/** @param stored What {@linkcode encodeSession} made, parsed */
export function decodeSession(stored: StoredSession, { source, sessionId, file }: SessionRow): Session {
  const [cwd, startedAt, lastActivityAt, , , , , , , , , , , , , , , , , , , , more] = stored;
  return {
    source,
    sessionId,
    file,
    files: more?.files ?? [file],
    cwd: cwd === 0 ? undefined : cwd,
    title: more?.title,
    parentSessionId: more?.parentSessionId,
    traceId: more?.traceId,
    startedAt: startedAt ?? undefined,
    lastActivityAt: lastActivityAt ?? undefined,
    pending: more?.pending,
    toolTotal: more?.toolTotal,
    rollup: decodeRollup(stored),
  };
}

function decodeRollup(stored: StoredSession): KeptRollup {
  const [, , , turns, input, cacheRead, cacheWrite, cacheWrite1h, output, usd, basis, unpricedTurns] = stored;
  const [, , , , , , , , , , , , provider, model, chain, lastAt, , , , , warm, cold, more] = stored;
  const usage = { input, cacheRead, cacheWrite, cacheWrite1h, output };
  const cost: Cost = more?.standardRateTurns === undefined
    ? { usd, basis: BASES[basis]!, unpricedTurns }
    : { usd, basis: BASES[basis]!, unpricedTurns, standardRateTurns: more.standardRateTurns };
  const isSingleChain = chain === 0 || typeof chain === "string";
  return {
    turns,
    usage,
    cost,
    models: typeof model === "string" ? [{ provider: String(provider), model, turns, usage, cost }] : model,
    chains: isSingleChain ? [{ chain: chain === 0 ? MAIN_CHAIN : chain, turns, usage, cost, lastAt }] : chain,
    ...(more?.copiedTurns === undefined ? {} : { copiedTurns: more.copiedTurns }),
    anchor: more?.anchor ?? decodeAnchor(stored),
    resume: more?.resume ?? (warm === 0 ? cold === 0 ? {} : { cold } : cold === 0 ? { warm } : { warm, cold }),
  };
}

function decodeAnchor(stored: StoredSession): CacheAnchor | undefined {
  const [, , , , , , , , , , , , provider, model, , lastAt, at, tokens, oneHourTokens, lost] = stored;
  if (at === -1) return undefined;
  const anchor = {
    model: { provider: String(provider), model: String(model) },
    at: at === 0 ? lastAt : at,
    tokens,
    oneHourTokens,
  };
  return lost === 0 ? anchor : { ...anchor, lost: LOSSES[lost] };
}
