/** What the page says of a learned lifetime: whose it is, what was seen, what follows, and whether it is used. Pure. */
import { NEEDED_DROPS, NEEDED_SURVIVALS } from "../../core/cache/strategy.ts";
import type { DurationMs } from "../../core/model.ts";
import { formatCount, formatDuration } from "../../operations/report/format.ts";
import { countOf } from "../../operations/report/notes.ts";
import type { CacheOutput } from "../../operations/usage/cache_output.ts";

export type LifetimeJson = CacheOutput["lifetimes"][number];

const MINUTE: DurationMs = 60_000;
const HOUR = 60 * MINUTE;

/** `claude-opus-4-6`, or `all models`: the provider stands beside it. Of one host behind it that, too. */
export function poolTitle({ model, upstream }: Pick<LifetimeJson, "model" | "upstream">): string {
  return (model ?? "all models") + (upstream === undefined ? "" : ` by ${upstream}`);
}

/** The pauses that people make most, and in which caches are lost. */
const WINDOW = { from: 5 * MINUTE, until: HOUR } as const;

/** `Of 40 pauses between 5 minutes and 1 hour, 31 survived.`; of all pauses where those are not all known. */
export function seenSentence({ samples, survivals, drops, curve }: LifetimeJson): string {
  const isWhole = curve !== undefined && curve.survivals.length === survivals && curve.drops.length === drops;
  if (isWhole) {
    const survived = countWithin(curve.survivals);
    const all = survived + countWithin(curve.drops);
    if (all > 0) return sentence(all, `between ${inWords(WINDOW.from)} and ${inWords(WINDOW.until)}`, survived);
  }
  return sentence(samples, "of more than a minute", survivals);
}

function countWithin(pauses: readonly DurationMs[]): number {
  return pauses.filter((pause) => pause >= WINDOW.from && pause <= WINDOW.until).length;
}

function sentence(all: number, which: string, survived: number): string {
  const none = survived === 0 ? "none" : formatCount(survived);
  if (all === 1) return `The one pause ${which} ${survived === 1 ? "survived" : "did not survive"}.`;
  return `Of ${formatCount(all)} pauses ${which}, ${survived === all ? "all" : none} survived.`;
}

/** What follows for a lifetime, or what is missing for that. */
export function fitSentence({ fit, survivals, drops }: LifetimeJson): string {
  if (fit !== undefined) {
    const until = fit.warmUntilMs === 0
      ? "Less than nine in ten survive a minute"
      : `Nine in ten survive up to ${formatDuration(fit.warmUntilMs)}`;
    return `${until}; half or more are gone after ${formatDuration(fit.coldFromMs)}.`;
  }
  if (survivals >= NEEDED_SURVIVALS && drops >= NEEDED_DROPS) return "No pause was long enough to see an end.";
  return `${NEEDED_SURVIVALS} survivals and ${NEEDED_DROPS} losses after more than a minute are needed; ` +
    `there are ${formatCount(survivals)} and ${formatCount(drops)}.`;
}

/** `not used: the provider documents 5 minutes or 1 hour`. */
export function useText({ used, decidedBy, curve }: LifetimeJson): string {
  if (used) return "used";
  switch (decidedBy) {
    case "documented": {
      const times = curve?.documentedMs?.map(inWords);
      return `not used: the provider documents ${times === undefined ? "its lifetimes" : times.join(" or ")}`;
    }
    case "recorded":
      return "not used: the agent records when each cache expires";
    default:
      return "not used: which host is behind this name is not known";
  }
}

/** `5 minutes`, `1 hour`, `24 hours`: round times, as documents have them. */
export function inWords(time: DurationMs): string {
  const [count, unit] = time % HOUR === 0 ? [time / HOUR, "hour"] : [time / MINUTE, "minute"];
  return Number.isInteger(count) ? countOf(count, unit) : formatDuration(time);
}
