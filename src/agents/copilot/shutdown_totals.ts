/**
 * What Copilot CLI adds up itself when it ends, for sessions of versions that have no record of each response.
 *
 * The rule, so that no response is counted both ways: counters count as long as no `session.usage_record` was met, and what
 * they said by then stays. From the first record on they count where an older version went on with the session, which
 * answered and has no record of it, and then what they grew by. Counters have no tokens of compactions, in no version that
 * was looked at, so that these count beside them.
 *
 * Programs read 2026-11-26: 1.0.32, 1.0.62 and 1.0.68 begin at zero with each process, 1.0.71 and 1.0.102 go on from the
 * counters of the latest `session.shutdown`. No record names the version that resumed a session, so it is the figures that tell.
 */
import type { EpochMs, Tokens, UsageTotal } from "../../core/model.ts";
import { isRecord } from "../../core/json/is_record.ts";
import { quoteValue } from "../../core/quote_value.ts";
import { creditsOf } from "./billing.ts";
import type { CopilotRow } from "./fields.ts";
import { usageOfCounts } from "./usage.ts";

/** Of one model. */
interface ModelCounter {
  readonly requests?: number;
  readonly input: Tokens;
  readonly cacheRead: Tokens;
  readonly cacheWrite: Tokens;
  readonly output: Tokens;
  readonly nanoCredits?: number;
}

type ModelCounters = Readonly<Record<string, ModelCounter>>;

/** Counters as a record has them. */
interface Counted {
  readonly models: ModelCounters;
  readonly apiMs?: number;
  readonly premiumRequests?: number;
}

/** What is kept of them. Survives JSON. */
export interface ShutdownCounters {
  /** How often they began at zero. */
  epochs: number;
  latest?: Counted;
  /** When what the latest count was begun. */
  firstAt?: EpochMs;
  /** When the process began that counts now. */
  processAt?: EpochMs;
  /** Tokens of answers since the latest counters or the beginning of the process. */
  spoken: Tokens;
  /** By model, what compactions took: counters of credits have it, and those of tokens do not. */
  compacted?: Record<string, number>;
  /** Each response has a record. */
  hasRecords?: boolean;
  /** There was one since the process began. */
  processHasRecords?: boolean;
  /** Of a process without records after others that had some: what was in the counters when it began. */
  processBase?: ModelCounters;
}

/** What a record of counters adds. */
export interface CountersResult {
  readonly totals?: readonly UsageTotal[];
  readonly problem?: string;
}

/** Before the first line. */
export function startCounters(): ShutdownCounters {
  return { epochs: 0, spoken: 0 };
}

/** A process begins, with the session or on it again. @returns a problem where the one before wrote down no sums */
export function noteProcess(counters: ShutdownCounters, at: EpochMs | undefined): string | undefined {
  const isLost = counters.spoken > 0 && !counters.processHasRecords;
  counters.processAt = at;
  counters.spoken = 0;
  delete counters.processHasRecords;
  delete counters.processBase;
  // Those before are counted.
  if (counters.hasRecords) delete counters.compacted;
  return isLost ? "What was answered before the program was killed has no sums, and is not counted." : undefined;
}

/** A response has a record of its own. */
export function noteRecord(counters: ShutdownCounters): void {
  counters.hasRecords = true;
  counters.processHasRecords = true;
}

/** What an answer says of its output, in versions without a record of each response. */
export function noteSpoken(counters: ShutdownCounters, output: Tokens | undefined): void {
  counters.spoken += output ?? 0;
}

/** What GitHub asks for a compaction is in the counters of credits as well. */
export function noteCompactionCredits(counters: ShutdownCounters, model: string, nano: number | undefined): void {
  if (nano === undefined || counters.processHasRecords) return;
  counters.compacted = { ...counters.compacted, [model]: (ownOf(counters.compacted, model) ?? 0) + nano };
}

/** Whose counters they are. */
export interface CountersOwner {
  /** Names the session, in the keys of the totals. */
  readonly id: string;
  /** Who bills, as far as it is known. */
  readonly provider: string;
  /** When the session began. */
  readonly since: EpochMs | undefined;
}

/** What a `session.shutdown` adds. */
export function readCounters(counters: ShutdownCounters, row: CopilotRow, owner: CountersOwner): CountersResult {
  const metrics = row.metrics ?? row.snapshot;
  if (!isRecord(metrics)) return {};
  const { latest } = counters;
  const { models, damaged } = readModels(metrics, latest?.models);
  const isCounted = !counters.hasRecords || hasOwnCounters(counters, row);
  // An end without any names no counter: there was nothing to add up, or nobody did.
  if (Object.keys(models).length === 0) return damaged === undefined || !isCounted ? {} : { problem: damaged };
  const now: Counted = { models, apiMs: row.apiMs, premiumRequests: row.premiumRequests };
  const isAnew = latest === undefined || beganAnew(latest, now, counters.spoken);
  counters.latest = now;
  if (!isCounted) return {};
  if (counters.hasRecords) {
    if (isAnew || counters.processBase === undefined) {
      counters.processBase = isAnew ? {} : latest.models;
      counters.firstAt = counters.processAt;
      counters.epochs++;
    }
  } else if (isAnew) {
    counters.firstAt = latest === undefined ? owner.since ?? counters.processAt : counters.processAt;
    counters.epochs++;
  }
  counters.spoken = 0;
  return totalsOf(counters, growthOf(models, counters.processBase), owner, row.at, damaged);
}

/** An older version answered, and nothing else tells what that took. */
function hasOwnCounters(
  { processHasRecords, processBase, spoken }: ShutdownCounters,
  { watermarks }: CopilotRow,
): boolean {
  return !watermarks && !processHasRecords && (spoken > 0 || processBase !== undefined);
}

function growthOf(models: ModelCounters, base: ModelCounters | undefined): ModelCounters {
  if (base === undefined) return models;
  const grown = Object.entries(models).map(([model, now]) => {
    const before = ownOf(base, model);
    return [model, before === undefined ? now : withoutCounter(now, before)];
  });
  return Object.fromEntries(grown) as ModelCounters;
}

function withoutCounter(now: ModelCounter, before: ModelCounter): ModelCounter {
  const { requests, nanoCredits } = now;
  return {
    input: now.input - before.input,
    cacheRead: now.cacheRead - before.cacheRead,
    cacheWrite: now.cacheWrite - before.cacheWrite,
    output: now.output - before.output,
    requests: requests === undefined ? undefined : requests - (before.requests ?? 0),
    nanoCredits: nanoCredits === undefined ? undefined : nanoCredits - (before.nanoCredits ?? 0),
  };
}

function totalsOf(
  counters: ShutdownCounters,
  models: ModelCounters,
  { id, provider }: CountersOwner,
  at: EpochMs | undefined,
  damaged: string | undefined,
): CountersResult {
  const lastAt = at ?? counters.firstAt;
  if (lastAt === undefined) return { problem: "Sums of a session without any time are not counted." };
  const firstAt = Math.min(counters.firstAt ?? lastAt, lastAt);
  const totals: UsageTotal[] = [];
  let problem = damaged;
  for (const [model, counter] of Object.entries(models)) {
    // A model that nothing but a compaction used.
    if (counter.input + counter.cacheRead + counter.cacheWrite + counter.output === 0) continue;
    const { usage, problem: doubt } = usageOfCounts({ ...counter, isReadDamaged: false, isWriteDamaged: false });
    problem ??= doubt;
    if (usage === undefined) continue;
    const nano = withoutCompactions(counter.nanoCredits, ownOf(counters.compacted, model));
    const reported = creditsOf(provider, nano, undefined, firstAt);
    totals.push({
      key: `${id} counters ${counters.epochs} ${model}`,
      model: { provider, model },
      usage,
      ...reported && { reported },
      ...counter.requests === undefined ? {} : { requests: counter.requests },
      firstAt,
      lastAt,
    });
  }
  return problem === undefined ? { totals } : { totals, problem };
}

function withoutCompactions(nano: number | undefined, compacted = 0): number | undefined {
  return nano === undefined || nano < compacted ? nano : nano - compacted;
}

/**
 * Counters only grow, and by what was answered since at least. So those of which one is lower than before count from zero
 * again, and so do those whose output is nearer to what was answered since than to that and what they had before.
 */
function beganAnew(before: Counted, now: Counted, spoken: Tokens): boolean {
  if (isLower(now.apiMs, before.apiMs) || isLower(now.premiumRequests, before.premiumRequests)) return true;
  const fell = Object.entries(before.models).some(([model, counter]) => {
    const later = ownOf(now.models, model);
    return later === undefined || isLower(later.requests, counter.requests) || later.input < counter.input ||
      later.cacheRead < counter.cacheRead || later.cacheWrite < counter.cacheWrite || later.output < counter.output;
  });
  return fell || outputOf(now) < spoken + outputOf(before) / 2;
}

/** Models may be called like what every object has. */
function ownOf<Value>(values: Readonly<Record<string, Value>> | undefined, key: string): Value | undefined {
  return values !== undefined && Object.hasOwn(values, key) ? values[key] : undefined;
}

function isLower(now: number | undefined, before: number | undefined): boolean {
  return now !== undefined && before !== undefined && now < before;
}

function outputOf({ models }: Counted): Tokens {
  return Object.values(models).reduce((sum, { output }) => sum + output, 0);
}

/** @param before what stands for a model whose counters are damaged */
function readModels(
  metrics: Readonly<Record<string, unknown>>,
  before: ModelCounters | undefined,
): { readonly models: ModelCounters; readonly damaged: string | undefined } {
  const models: [model: string, counter: ModelCounter][] = [];
  let damaged: string | undefined;
  for (const [model, value] of Object.entries(metrics)) {
    const read = readCounter(value);
    const counter = read ?? ownOf(before, model);
    if (counter !== undefined) models.push([model, counter]);
    if (read === undefined) {
      damaged = `Expected sums of the tokens of ${quoteValue(model)}, found others: what it took is not counted.`;
    }
  }
  return { models: Object.fromEntries(models), damaged };
}

function readCounter(value: unknown): ModelCounter | undefined {
  if (!isRecord(value) || !isRecord(value.usage)) return undefined;
  const { inputTokens, outputTokens, cacheReadTokens = 0, cacheWriteTokens = 0 } = value.usage;
  const counts = [inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens].map(sumOf);
  const [input, output, cacheRead, cacheWrite] = counts;
  if (input === undefined || output === undefined || cacheRead === undefined || cacheWrite === undefined) {
    return undefined;
  }
  const requests = isRecord(value.requests) ? sumOf(value.requests.count) : undefined;
  const isKnown = value.aiCreditsStatus !== "unavailable";
  const nanoCredits = isKnown && typeof value.totalNanoAiu === "number" ? value.totalNanoAiu : undefined;
  return { input, output, cacheRead, cacheWrite, requests, nanoCredits };
}

/** What no session takes is a damaged figure. */
const MOST_SUM = 1e12;

function sumOf(value: unknown): Tokens | undefined {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MOST_SUM
    ? value as number
    : undefined;
}
