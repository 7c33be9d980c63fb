/** What `cache` says of lifetimes: what was learned, whether a state rests on it, and the curve behind it. */
import { documentedLifetimes, mayRestOnHistory } from "../../core/cache/strategies.ts";
import type { LearnedLifetime } from "../../core/cache/strategy.ts";
import type { SurvivalCurve } from "../../core/cache/survival_curve.ts";
import type { DurationMs } from "../../core/model.ts";
import type { SessionReport } from "../../core/session_report.ts";
import { sortSessions } from "../report/session_filter.ts";
import type { CacheOutput } from "./cache_output.ts";

type LifetimeJson = CacheOutput["lifetimes"][number];
/** What says how long caches of a model live. */
type Decider = NonNullable<LifetimeJson["decidedBy"]>;

/** Sessions that are asked whether their agent records when a cache expires: the latest. */
const ASKED_SESSIONS = 200;

/**
 * Lifetimes as `--json` shows them, those that a state may rest on first.
 *
 * @param sessions All of them
 * @param curves With `--curve`
 * @param limit How many lifetimes, and how many pauses of each kind; 0: all
 */
export function lifetimesJson(
  learned: readonly LearnedLifetime[],
  sessions: readonly SessionReport[],
  curves: readonly SurvivalCurve[] | undefined,
  limit: number,
): LifetimeJson[] {
  const deciderOf = findDeciders(learned, sessions);
  const all = learned.map((lifetime): LifetimeJson => {
    const decidedBy = deciderOf(lifetime);
    return { ...lifetime, used: decidedBy === "history", decidedBy };
  });
  const ordered = [...all.filter(({ used }) => used), ...all.filter(({ used }) => !used)];
  const shown = ordered.slice(0, limit || undefined);
  if (curves === undefined) return shown;
  return shown.map((lifetime) => {
    const curve = curves.find((curve) => isSamePool(curve, lifetime));
    return curve === undefined ? lifetime : { ...lifetime, curve: curveJson(curve, limit) };
  });
}

type Pool = Pick<LearnedLifetime, "provider" | "model" | "upstream">;

function isSamePool(a: Pool, b: Pool): boolean {
  return a.provider === b.provider && a.model === b.model && a.upstream === b.upstream;
}

/** Undefined for what nothing is decided by: the provider that nobody knows. */
function findDeciders(
  learned: readonly LearnedLifetime[],
  sessions: readonly SessionReport[],
): (pool: Pool) => Decider | undefined {
  const models = learned.filter(({ model }) => model !== undefined);
  const isRecorded = models.some(({ provider, model }) => mayRestOnHistory({ provider, model: model! }))
    ? findRecorded(sessions)
    : () => false;
  const ofModel = (provider: string, model: string, upstream?: string): Decider =>
    !mayRestOnHistory({ provider, model }, upstream)
      ? "documented"
      : isRecorded({ provider, model })
      ? "recorded"
      : "history";
  return ({ provider, model, upstream }) => {
    if (model !== undefined) return ofModel(provider, model, upstream);
    // Whoever is behind a host without a name may be another one each time.
    if (provider === "unknown") return undefined;
    const all = models.filter((other) => other.provider === provider).map((other) => ofModel(provider, other.model!));
    return (["history", "documented", "recorded"] as const).find((decider) => all.includes(decider));
  };
}

/** Models whose latest session says itself when its cache expires: that goes before what was learned. */
function findRecorded(sessions: readonly SessionReport[]): (pool: Pool) => boolean {
  const latest = new Map<string, boolean>();
  for (const { cacheBasis: { anchor } } of sortSessions(sessions, "last", ASKED_SESSIONS).slice(0, ASKED_SESSIONS)) {
    if (anchor === undefined) continue;
    const name = `${anchor.model.provider}\0${anchor.model.model}`;
    if (!latest.has(name)) latest.set(name, anchor.expiresAt !== undefined);
  }
  return ({ provider, model }) => latest.get(`${provider}\0${model}`) === true;
}

function curveJson(
  { provider, model, upstream, blocks, survivals, drops }: SurvivalCurve,
  limit: number,
): LifetimeJson["curve"] {
  return {
    points: blocks.map(({ firstGapMs, lastGapMs, survived, count }) => ({
      gapMs: firstGapMs,
      lastGapMs,
      share: survived / count,
      pauses: count,
    })),
    survivals: thinOut(survivals, limit),
    drops: thinOut(drops, limit),
    documentedMs: model === undefined ? undefined : documentedLifetimes({ provider, model }, upstream)?.slice(),
  };
}

/** At most so many of them, at even steps, with both ends. @param most 0: all */
function thinOut(pauses: readonly DurationMs[], most: number): DurationMs[] {
  if (most === 0 || pauses.length <= most) return [...pauses];
  if (most === 1) return [pauses[pauses.length >> 1]!];
  return Array.from({ length: most }, (_, index) => pauses[Math.round(index * (pauses.length - 1) / (most - 1))]!);
}
