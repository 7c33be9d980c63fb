/**
 * A session as the index keeps it: a list, in which each value has its place, and names are left out. Every reader pays for
 * each character, and the index for each byte, of which there may be a hundred thousand times as many.
 *
 * What stands in columns of its row, or follows from them, is not in it: its source, its id, and its own log's path.
 */
import type { CacheAnchor } from "../core/cache/strategy.ts";
import {
  type Cost,
  type DurationMs,
  type EpochMs,
  isSameModel,
  MAIN_CHAIN,
  type ModelRef,
  type TokenUsage,
} from "../core/model.ts";
import type { ChainRollup, ModelRollup } from "../core/rollup.ts";
import type { KeptRollup, Session } from "../core/session_report.ts";

/** In this order; what is left out at the end is not there. 0 stands for what most sessions have. */
export type StoredSession = readonly [
  /** 0: none. */
  cwd: string | 0,
  startedAt: EpochMs | null,
  /** From the start, as every time behind it: numbers that are not large take no memory of their own. */
  lastActivity: DurationMs | null,
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
  lastAt: DurationMs,
  /** Whether there is one that has no need to be in `more`; when it is from, by the chain's last turn, and with what. */
  anchor: 0 | 1,
  anchorAt: DurationMs,
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
  & Pick<Session, "startedAt" | "title" | "parentSessionId" | "traceId" | "pending" | "toolTotal" | "files">
  & Pick<KeptRollup, "copiedTurns" | "anchor" | "resume">
  & Pick<Cost, "standardRateTurns">
>;

const BASES: readonly Cost["basis"][] = ["none", "reported", "computed", "mixed"];
const LOSSES: readonly CacheAnchor["lost"][] = [undefined, "never_written", "model_changed", "compacted"];

/** As JSON. */
export function encodeSession(session: Session): string {
  const { cwd, startedAt, lastActivityAt, files, rollup } = session;
  const { turns, usage, cost, models, chains, copiedTurns, anchor, resume } = rollup;
  const model = models.length === 1 ? models[0] : undefined;
  const chain = chains.length === 1 ? chains[0] : undefined;
  const { title, parentSessionId, traceId, pending, toolTotal } = session;
  const isWhole = [startedAt, lastActivityAt, chain?.lastAt, anchor?.at].every((at = 0) => isExact(at));
  const isPlain = isWhole && anchor !== undefined && isPlainAnchor(anchor, model, chain);
  const start = isWhole && startedAt !== undefined ? startedAt : 0;
  const isZero = resume.warm === 0 || resume.cold === 0;
  const more: StoredMore = {
    ...{ title, parentSessionId, traceId, pending, toolTotal, copiedTurns },
    startedAt: isWhole ? undefined : startedAt,
    files: files.length === 1 ? undefined : files,
    standardRateTurns: cost.standardRateTurns,
    anchor: isPlain ? undefined : anchor,
    resume: isZero ? resume : undefined,
  };
  const stored: StoredSession = [
    cwd ?? 0,
    isWhole && startedAt !== undefined ? startedAt : null,
    lastActivityAt === undefined ? null : lastActivityAt - start,
    turns,
    ...[usage.input, usage.cacheRead, usage.cacheWrite, usage.cacheWrite1h, usage.output] as const,
    cost.usd,
    BASES.indexOf(cost.basis),
    cost.unpricedTurns,
    model === undefined ? 0 : model.provider,
    model === undefined ? models : model.model,
    chain === undefined ? chains : chain.chain === MAIN_CHAIN ? 0 : chain.chain,
    chain === undefined ? 0 : chain.lastAt - start,
    isPlain ? 1 : 0,
    isPlain ? anchor.at - chain!.lastAt : 0,
    isPlain ? anchor.tokens : 0,
    isPlain ? anchor.oneHourTokens : 0,
    isPlain ? LOSSES.indexOf(anchor.lost) : 0,
    isZero ? 0 : resume.warm ?? 0,
    isZero ? 0 : resume.cold ?? 0,
    more,
  ];
  return JSON.stringify(Object.values(more).every((value) => value === undefined) ? stored.slice(0, -1) : stored);
}

/** Whether differences from other such times are exact. Those of others, which no tool writes, stand as they are. */
export function isExact(at: EpochMs): boolean {
  return Number.isInteger(at) && Math.abs(at) < 2 ** 52;
}

/** Most sessions': of the single model, with nothing to be said that has no place in the list. */
function isPlainAnchor(
  { model, hidesWrites }: CacheAnchor,
  single: ModelRef | undefined,
  chain: ChainRollup | undefined,
): boolean {
  return single !== undefined && chain !== undefined && isSameModel(model, single) && !hidesWrites;
}

/** What stands beside a stored session. */
export interface SessionRow {
  readonly source: string;
  readonly sessionId: string;
  readonly file: string;
}

/** @param stored What {@linkcode encodeSession} made, parsed */
export function decodeSession(stored: StoredSession, { source, sessionId, file }: SessionRow): Session {
  const more = moreOf(stored);
  return {
    source,
    sessionId,
    file,
    files: more?.files ?? [file],
    cwd: cwdOf(stored),
    title: more?.title,
    parentSessionId: more?.parentSessionId,
    traceId: more?.traceId,
    startedAt: startOf(stored),
    lastActivityAt: lastActivityOf(stored),
    pending: more?.pending,
    toolTotal: more?.toolTotal,
    rollup: decodeRollup(stored),
  };
}

export function decodeRollup(stored: StoredSession): KeptRollup {
  const [usage, cost] = [usageOf(stored), costOf(stored)];
  const more = moreOf(stored);
  const [, , , turns, , , , , , , , , provider, model, chain, last, , , , , , warm, cold] = stored;
  const lastAt = (stored[1] ?? 0) + last;
  const isSingleChain = chain === 0 || typeof chain === "string";
  return {
    turns,
    usage,
    cost,
    models: typeof model === "string" ? [{ provider: String(provider), model, turns, usage, cost }] : model,
    chains: isSingleChain ? [{ chain: chain === 0 ? MAIN_CHAIN : chain, turns, usage, cost, lastAt }] : chain,
    ...(more?.copiedTurns === undefined ? {} : { copiedTurns: more.copiedTurns }),
    anchor: more?.anchor ?? anchorOf(stored),
    resume: more?.resume ?? (warm === 0 ? cold === 0 ? {} : { cold } : cold === 0 ? { warm } : { warm, cold }),
  };
}

export function moreOf(stored: StoredSession): StoredMore | undefined {
  return stored[23];
}

export function cwdOf([cwd]: StoredSession): string | undefined {
  return cwd === 0 ? undefined : cwd;
}

export function startOf(stored: StoredSession): EpochMs | undefined {
  return stored[1] ?? moreOf(stored)?.startedAt;
}

export function lastActivityOf([, start, last]: StoredSession): EpochMs | undefined {
  return last === null ? undefined : (start ?? 0) + last;
}

export function usageOf([, , , , input, cacheRead, cacheWrite, cacheWrite1h, output]: StoredSession): TokenUsage {
  return { input, cacheRead, cacheWrite, cacheWrite1h, output };
}

export function costOf(stored: StoredSession): Cost {
  const [usd, basis, unpricedTurns] = [stored[9], BASES[stored[10]]!, stored[11]];
  const standardRateTurns = moreOf(stored)?.standardRateTurns;
  return standardRateTurns === undefined
    ? { usd, basis, unpricedTurns }
    : { usd, basis, unpricedTurns, standardRateTurns };
}

function anchorOf(stored: StoredSession): CacheAnchor | undefined {
  const [, start, , , , , , , , , , , provider, model, , last, isThere, from, tokens, oneHourTokens, lost] = stored;
  if (isThere === 0) return undefined;
  const at = (start ?? 0) + last + from;
  const anchor = { model: { provider: String(provider), model: String(model) }, at, tokens, oneHourTokens };
  return lost === 0 ? anchor : { ...anchor, lost: LOSSES[lost] };
}
