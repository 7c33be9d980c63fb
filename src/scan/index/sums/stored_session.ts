/**
 * A session as the index keeps it: a list, in which each value has its place, and names are left out. Every reader pays for
 * each character, and the index for each byte, of which there may be a hundred thousand times as many.
 *
 * What stands in columns of its row, or follows from them, is not in it: its source, its id, its directory, and of one whose
 * own log is small that log's path, which the log's row has. Rows of other logs are long, so that each would have to be
 * looked for. What is asked of every session is in a column as well: session_figures.ts.
 */
import type { CacheAnchor } from "../../../core/cache/strategy.ts";
import {
  type Cost,
  type DurationMs,
  type EpochMs,
  isSameModel,
  MAIN_CHAIN,
  type ModelRef,
  type Tokens,
  type TokenUsage,
  type Usd,
} from "../../../core/model.ts";
import type { ChainRollup, ModelRollup } from "../../../core/rollup.ts";
import type { KeptRollup, Session } from "../../../core/session.ts";
import { baseTimeOf, basisOf, type FigureList, figuresOf, hasPlainAnchor, lastActivityOf } from "./session_figures.ts";

/** In this order; what is left out at the end is not there. 0 stands for what most sessions have. */
export type StoredSession = readonly [
  ...FigureList,
  turns: number,
  ...usage: [input: number, cacheRead: number, cacheWrite: number, cacheWrite1h: number, output: number],
  unpricedTurns: number,
  /** A single model has the turns, usage and cost of the session: its provider, and its name. Otherwise 0, and a list. */
  provider: string | 0,
  models: string | readonly ModelRollup[],
  /** And so has a single chain: its name, 0 for the main one, and when its last turn was. Otherwise a list, and 0. */
  chains: string | 0 | readonly ChainRollup[],
  lastAt: DurationMs,
  /** Of an anchor that has no need to be in `more`. */
  tokens: number,
  oneHourTokens: number,
  /** Place in {@linkcode LOSSES}. */
  lost: number,
  /** Of `resume`; 0: not there. */
  warm: number,
  cold: number,
  misses: number,
  /** Null where there are some, and no price is known for them. */
  missUsd: Usd | null,
  /** 0: none is known. */
  largestPrompt: number,
  more?: StoredMore,
];

/** Place of what few sessions have. */
const MORE = 24;

/** How many of them stand in the column of figures. */
const FIGURES = 5;

/** What few sessions have. */
type StoredMore = Partial<
  & Pick<Session, "file" | "title" | "parentSessionId" | "traceId" | "pending" | "toolTotal" | "files">
  & Pick<KeptRollup, "totals" | "copiedTurns" | "anchor" | "resume">
  & Pick<Cost, "standardRateTurns" | "credits" | "billed" | "recordedUsd">
>;

/** Why an anchor is none, by the numbers that stand for it. */
export const LOSSES: readonly CacheAnchor["lost"][] = [undefined, "never_written", "model_changed", "compacted"];

/** What a session's row has beside its names. */
export interface SessionColumns {
  /** As JSON; null where the log names none. */
  readonly cwd: string | null;
  /** With a comma between them, the two are a list without its brackets: a {@linkcode StoredSession} as JSON. */
  readonly figures: string;
  readonly body: string;
}

/** @param keepsFile Whether its own log's path is in it */
export function encodeSession(session: Session, keepsFile: boolean): SessionColumns {
  const stored = listSession(session, keepsFile);
  return columnsOf(session.cwd, stored);
}

/** @param stored A {@linkcode StoredSession} */
export function columnsOf(cwd: string | undefined, stored: readonly unknown[]): SessionColumns {
  const text = JSON.stringify(stored);
  // Figures are numbers, without commas.
  let comma = 0;
  for (let figure = 0; figure < FIGURES; figure++) comma = text.indexOf(",", comma + 1);
  return {
    cwd: cwd === undefined ? null : JSON.stringify(cwd),
    figures: text.slice(1, comma),
    body: text.slice(comma + 1, -1),
  };
}

function listSession(session: Session, keepsFile: boolean): readonly unknown[] {
  const { startedAt, lastActivityAt, files, rollup } = session;
  const { turns, usage, cost, models, chains, totals, copiedTurns, anchor, resume, misses, missUsd, largestPrompt } =
    rollup;
  const model = models.length === 1 ? models[0] : undefined;
  const chain = chains.length === 1 ? chains[0] : undefined;
  const { title, parentSessionId, traceId, pending, toolTotal } = session;
  const times = [startedAt, lastActivityAt, chain?.lastAt, anchor?.at, anchor?.expiresAt];
  const isWhole = times.every((at = 0) => isExact(at));
  const isPlain = isWhole && anchor !== undefined && isPlainAnchor(anchor, model, chain);
  const base = isWhole ? lastActivityAt ?? startedAt ?? 0 : 0;
  const isZero = resume.warm === 0 || resume.cold === 0;
  const more: StoredMore = {
    ...{ title, parentSessionId, traceId, pending, toolTotal, totals, copiedTurns },
    file: keepsFile ? session.file : undefined,
    files: files.length === 1 ? undefined : files,
    standardRateTurns: cost.standardRateTurns,
    credits: cost.credits,
    billed: cost.billed,
    recordedUsd: cost.recordedUsd,
    anchor: isPlain ? undefined : anchor,
    resume: isZero ? resume : undefined,
  };
  const stored: StoredSession = [
    ...figuresOf(session, isPlain, !isWhole),
    turns,
    ...[usage.input, usage.cacheRead, usage.cacheWrite, usage.cacheWrite1h, usage.output] as const,
    cost.unpricedTurns,
    model === undefined ? 0 : model.provider,
    model === undefined ? models : model.model,
    chain === undefined ? chains : chain.chain === MAIN_CHAIN ? 0 : chain.chain,
    chain === undefined ? 0 : chain.lastAt - base,
    isPlain ? anchor.tokens : 0,
    isPlain ? anchor.oneHourTokens : 0,
    isPlain ? LOSSES.indexOf(anchor.lost) : 0,
    isZero ? 0 : resume.warm ?? 0,
    isZero ? 0 : resume.cold ?? 0,
    misses,
    missUsd ?? null,
    largestPrompt ?? 0,
    more,
  ];
  return Object.values(more).every((value) => value === undefined) ? stored.slice(0, -1) : stored;
}

/** Whether differences from other such times are exact. Those of others, which no tool writes, stand as they are. */
export function isExact(at: EpochMs): boolean {
  return Number.isInteger(at) && Math.abs(at) < 2 ** 52;
}

/** Most sessions': of the single model, with nothing to be said that has no place in the list. */
function isPlainAnchor(
  { model, hidesWrites, expiresAt, upstream, served }: CacheAnchor,
  single: ModelRef | undefined,
  chain: ChainRollup | undefined,
): boolean {
  return single !== undefined && chain !== undefined && isSameModel(model, single) && !hidesWrites &&
    expiresAt === undefined && upstream === undefined && served === undefined;
}

/** What stands beside a stored session. */
export interface SessionRow {
  readonly source: string;
  readonly sessionId: string;
  readonly cwd: string | undefined;
  /** Of its own log. Null when the session has it. */
  readonly file: string | null;
}

/** @param stored What {@linkcode encodeSession} made, joined and parsed */
export function decodeSession(stored: StoredSession, { source, sessionId, cwd, file: path }: SessionRow): Session {
  const more = moreOf(stored);
  const file = path ?? more!.file!;
  return {
    source,
    sessionId,
    file,
    files: more?.files ?? [file],
    cwd,
    title: more?.title,
    parentSessionId: more?.parentSessionId,
    traceId: more?.traceId,
    startedAt: stored[0] ?? undefined,
    lastActivityAt: lastActivityOf(stored[0], stored[1], stored[4]),
    pending: more?.pending,
    toolTotal: more?.toolTotal,
    rollup: decodeRollup(stored),
  };
}

/** By places: taking a list apart by a pattern goes through an iterator, which takes several times as long. */
function decodeRollup(stored: StoredSession): KeptRollup {
  const [usage, cost] = [storedUsage(stored), costOf(stored)];
  const more = moreOf(stored);
  const rollup: { -readonly [key in keyof KeptRollup]: KeptRollup[key] } = {
    turns: stored[5],
    usage,
    cost,
    models: modelsOf(stored, usage, cost),
    chains: chainsOf(stored, usage, cost),
    ...storedCacheBasis(stored),
    misses: missesOf(stored),
  };
  const [missUsd, largestPrompt] = [missUsdOf(stored), largestPromptOf(stored)];
  if (missUsd !== undefined) rollup.missUsd = missUsd;
  if (largestPrompt !== undefined) rollup.largestPrompt = largestPrompt;
  if (more?.copiedTurns !== undefined) rollup.copiedTurns = more.copiedTurns;
  return rollup;
}

/** What of it says how its cache is. */
export function storedCacheBasis(stored: StoredSession): Pick<KeptRollup, "anchor" | "resume" | "totals"> {
  const more = moreOf(stored);
  const anchor = more?.anchor ?? anchorOf(stored);
  const resume = more?.resume ?? resumeOf(stored[19], stored[20]);
  return more?.totals === undefined ? { anchor, resume } : { anchor, resume, totals: more.totals };
}

/** By model. Most sessions have one, whose sums are those of the session and are stored once. */
export function modelsOf(stored: StoredSession, usage: TokenUsage, cost: Cost): readonly ModelRollup[] {
  const model = stored[13];
  if (typeof model !== "string") return model;
  return [{ provider: String(stored[12]), model, turns: stored[5], usage, cost }];
}

/** By chain, in the same way. */
export function chainsOf(stored: StoredSession, usage: TokenUsage, cost: Cost): readonly ChainRollup[] {
  const chain = stored[14];
  if (chain !== 0 && typeof chain !== "string") return chain;
  const lastAt = baseTimeOf(stored[0], stored[1], stored[4]) + stored[15];
  return [{ chain: chain === 0 ? MAIN_CHAIN : chain, turns: stored[5], usage, cost, lastAt }];
}

function resumeOf(warm: Usd, cold: Usd): KeptRollup["resume"] {
  if (warm === 0) return cold === 0 ? {} : { cold };
  return cold === 0 ? { warm } : { warm, cold };
}

/** What few sessions have; undefined for all others. */
export function moreOf(stored: StoredSession): StoredMore | undefined {
  // A look behind the end of a list takes many times as long as one into it.
  return stored.length > MORE ? stored[MORE] : undefined;
}

/** How many turns of its own it has. */
export function turnsOf(stored: StoredSession): number {
  return stored[5];
}

/** How many turns of its own lost a cache. */
export function missesOf(stored: StoredSession): number {
  return stored[21];
}

/** What those cost. */
export function missUsdOf(stored: StoredSession): Usd | undefined {
  return stored[22] ?? undefined;
}

/** Of one request of its own; undefined where none is known. */
export function largestPromptOf(stored: StoredSession): Tokens | undefined {
  return stored[23] || undefined;
}

/** The five disjoint counts of tokens. */
export function storedUsage(stored: StoredSession): TokenUsage {
  return {
    input: stored[6],
    cacheRead: stored[7],
    cacheWrite: stored[8],
    cacheWrite1h: stored[9],
    output: stored[10],
  };
}

/** Cost in US dollars, and how far it can be trusted. */
export function costOf(stored: StoredSession): Cost {
  const more = moreOf(stored);
  const cost: { -readonly [key in keyof Cost]: Cost[key] } = {
    usd: stored[3],
    basis: basisOf(stored[4]),
    unpricedTurns: stored[11],
  };
  if (more?.standardRateTurns !== undefined) cost.standardRateTurns = more.standardRateTurns;
  if (more?.credits !== undefined) cost.credits = more.credits;
  if (more?.billed !== undefined) cost.billed = more.billed;
  if (more?.recordedUsd !== undefined) cost.recordedUsd = more.recordedUsd;
  return cost;
}

function anchorOf(stored: StoredSession): CacheAnchor | undefined {
  if (!hasPlainAnchor(stored[4])) return undefined;
  const at = baseTimeOf(stored[0], stored[1], stored[4]) + stored[2]!;
  const model = { provider: String(stored[12]), model: String(stored[13]) };
  const anchor = { model, at, tokens: stored[16], oneHourTokens: stored[17] };
  const lost = stored[18];
  return lost === 0 ? anchor : { ...anchor, lost: LOSSES[lost] };
}
