/**
 * The JSON of a session right out of what the index keeps of it, for answers that list many: to report on each first, and
 * to make objects of what is then only written, takes several times as long.
 *
 * Writes what `sessionJson` (core/session_json.ts) makes, byte for byte, or nothing where there is more to say.
 */
import type { CacheEvidence } from "../../../core/cache/strategy.ts";
import { isoTime } from "../../../core/iso_time.ts";
import { toSafeJson } from "../../../core/json/safe_json.ts";
import { type EpochMs, OWN_CHAINS } from "../../../core/model.ts";
import type { CacheReport } from "../../../core/session_report.ts";
import { basisOf } from "../sums/session_figures.ts";
import { moreOf, type StoredSession } from "../sums/stored_session.ts";
import { type IndexedSession, LazyReport } from "./lazy_report.ts";

/** Pieces of one session: a text that is put together of texts is one of V8's trees, which are slow to collect. */
const out: string[] = [];

/**
 * @param isOneOfMany Whether that of most sessions is asked for: they are read together then
 * @returns undefined for what is to be made of its report
 */
export function writeSession(report: IndexedSession, shortId: string, isOneOfMany: boolean): string | undefined {
  // What it cost then rests on more than its turns. Few were deleted.
  if (!(report instanceof LazyReport) || report.hasOtherCosts || report.isDeleted) return undefined;
  const { stored } = isOneOfMany ? report.readAsOneOfMany() : report.body;
  const more = moreOf(stored);
  const sum = stored[3] + stored[6] + stored[7] + stored[8] + stored[9] + stored[10];
  if (more !== undefined && hasMoreToSay(more) || !Number.isFinite(sum)) return undefined;
  out.length = 0;
  out.push('{"source":', quote(report.source), ',"sessionId":', quote(report.sessionId), ',"shortId":');
  out.push(quote(shortId), ',"file":', quote(report.file));
  const { cwd } = report;
  if (cwd !== undefined) out.push(',"cwd":', quote(cwd));
  if (more !== undefined) {
    pushText(',"title":', more.title);
    pushText(',"parentSessionId":', more.parentSessionId);
    pushText(',"traceId":', more.traceId);
  }
  pushTime(',"startedAt":"', report.startedAt);
  pushTime(',"lastActivityAt":"', report.lastActivityAt);
  pushNumber(',"durationMs":', report.durationMs);
  out.push(',"turns":', `${stored[5]}`, ',"subagents":', `${subagentsOf(stored)}`, ',"models":[');
  const spent = spentOf(stored);
  pushModels(stored, spent);
  out.push("],", spent);
  const prompt = stored[6] + stored[7] + stored[8] + stored[9];
  if (prompt > 0) out.push(',"cacheHitRatio":', `${stored[7] / prompt}`);
  const { largestPrompt, misses, missUsd }: IndexedSession = report;
  pushNumber(',"largestPrompt":', largestPrompt);
  pushNumber(',"misses":', misses);
  pushNumber(',"missUsd":', missUsd);
  out.push(',"cache":');
  pushCache(report.cache);
  out.push("}");
  return out.join("");
}

type More = NonNullable<ReturnType<typeof moreOf>>;

/** Of what few sessions have. */
function hasMoreToSay({ standardRateTurns, totals, credits, billed, anchor }: More): boolean {
  return standardRateTurns !== undefined || totals !== undefined || credits !== undefined || billed !== undefined ||
    anchor?.served !== undefined;
}

function subagentsOf(stored: StoredSession): number {
  const chain = stored[14];
  if (chain === 0) return 0;
  if (typeof chain === "string") return OWN_CHAINS.has(chain) ? 0 : 1;
  return chain.filter(({ chain }) => !OWN_CHAINS.has(chain)).length;
}

/** @param spent Of the session, and so of its only model */
function pushModels(stored: StoredSession, spent: string): void {
  const model = stored[13];
  if (typeof model !== "string") {
    if (model.length > 0) out.push(toSafeJson(model).slice(1, -1));
    return;
  }
  out.push('{"provider":', quote(String(stored[12])), ',"model":', quote(model), ',"turns":', `${stored[5]}`, ",");
  out.push(spent, "}");
}

/** Tokens and cost. */
function spentOf(stored: StoredSession): string {
  return `"usage":{"input":${stored[6]},"cacheRead":${stored[7]},"cacheWrite":${stored[8]},"cacheWrite1h":${
    stored[9]
  }` +
    `,"output":${stored[10]}},"cost":{"usd":${stored[3]},"basis":"${basisOf(stored[4])}","unpricedTurns":${
      stored[11]
    }}`;
}

function pushCache(cache: CacheReport): void {
  const { ttlMs, evidence, resumeUsd } = cache;
  out.push('{"state":"', cache.state, '","strategy":"', cache.strategy, '"');
  pushText(',"provider":', cache.provider);
  pushText(',"model":', cache.model);
  out.push(',"tokens":', `${cache.tokens}`);
  pushText(',"reason":', cache.reason);
  pushNumber(',"ttlMs":', ttlMs);
  pushTime(',"expiresAt":"', cache.expiresAt);
  if (evidence !== undefined) out.push(',"evidence":', textOf(evidence));
  pushText(',"note":', cache.note);
  if (resumeUsd !== undefined) {
    const { warm, cold } = resumeUsd;
    out.push(',"resumeUsd":{');
    if (warm !== undefined) out.push('"warm":', `${warm}`, cold === undefined ? "" : ",");
    if (cold !== undefined) out.push('"cold":', `${cold}`);
    out.push("}");
  }
  out.push("}");
}

function pushText(key: string, text: string | undefined): void {
  if (text !== undefined) out.push(key, quote(text));
}

function pushNumber(key: string, value: number | undefined): void {
  if (value !== undefined) out.push(key, `${value}`);
}

/** @param key With the quote that begins its value */
function pushTime(key: string, at: EpochMs | undefined): void {
  const text = isoTime(at);
  if (text !== undefined) out.push(key, text, '"');
}

/** Thousands of sessions share a few. */
const EVIDENCE = new WeakMap<CacheEvidence, string>();

function textOf(evidence: CacheEvidence): string {
  let text = EVIDENCE.get(evidence);
  if (text === undefined) EVIDENCE.set(evidence, text = toSafeJson(evidence));
  return text;
}

/** Printable ASCII, which stands in JSON as it is. */
const PLAIN = /^[ !#-[\]-~]*$/;

function quote(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : toSafeJson(text);
}
