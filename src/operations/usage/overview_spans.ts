/** What was spent in the spans of time that the first screen shows, each beside the one before it. Pure. */
import type { EpochMs } from "../../core/model.ts";
import { isoTime } from "../../core/iso_time.ts";
import { QUARTER_MS, type UsageBucket } from "../../scan/index/sums/usage_buckets.ts";
import { readRange } from "../report/time_range.ts";
import type { TimeReference } from "../report/read_moment.ts";
import { addBucketTo, emptyUsageSum, type UsageSum, usageSumJson } from "../report/usage_sum.ts";
import type { OverviewOutput } from "./overview_output.ts";

type Spans = OverviewOutput["spans"];
type Sum = NonNullable<Spans["today"]["previous"]>;

/** As people type them. Days are whole. */
const SPANS = {
  today: "today",
  yesterday: "yesterday..yesterday",
  sevenDays: "7d",
  thirtyDays: "30d",
  month: "month",
} as const satisfies Record<keyof Spans, string>;

interface Range {
  readonly since: EpochMs;
  /** Infinity for one that still runs: what is dated in the future counts, as everywhere. */
  readonly until: EpochMs;
}

export type SpanRanges = Readonly<Record<keyof Spans, Range & { readonly previous?: Range }>>;

/**
 * Each with as much of the one before as has passed of it, up to the quarter of an hour: usage is kept so, and the first
 * screen reads no log.
 */
export function readSpans(reference: TimeReference): SpanRanges {
  const entries = Object.entries(SPANS).map(([name, since]) => {
    const range = readRange({ since, wholeDays: true }, reference);
    const until = range.until === undefined || range.until > reference.now ? Infinity : range.until;
    const { previous } = range;
    return [name, {
      since: range.since!,
      until,
      previous: previous && {
        since: previous.since,
        until: Math.ceil(previous.until / QUARTER_MS) * QUARTER_MS,
      },
    }];
  });
  return Object.fromEntries(entries) as SpanRanges;
}

/** From when on usage is needed for all of them. */
export function startOfSpans(ranges: SpanRanges): EpochMs {
  return Math.min(...Object.values(ranges).map(({ since, previous }) => Math.min(since, previous?.since ?? since)));
}

/** What lies in a range, as it is added up. */
interface GrowingSpan extends Range {
  readonly sum: UsageSum;
  readonly sessions: Set<number>;
}

/** All spans while usage is added: as much as is read of the index goes through here once. */
export class GrowingSpans {
  readonly #spans: readonly { readonly name: string; readonly own: GrowingSpan; readonly previous?: GrowingSpan }[];
  readonly #all: readonly GrowingSpan[];
  /** What the last bucket was in, and every one from one time to another: those of a log are of one day, mostly. */
  #open: readonly GrowingSpan[] = [];
  #from: EpochMs = Infinity;
  #until: EpochMs = -Infinity;

  constructor(ranges: SpanRanges) {
    this.#spans = Object.entries(ranges).map(([name, { previous, ...range }]) => ({
      name,
      own: beginSpan(range),
      previous: previous && beginSpan(previous),
    }));
    this.#all = this.#spans.flatMap(({ own, previous }) => previous === undefined ? [own] : [own, previous]);
  }

  /** @param bucket Since {@linkcode startOfSpans} */
  add(bucket: UsageBucket): void {
    const { at, session } = bucket;
    if (!(at >= this.#from && at < this.#until)) this.#openAt(at);
    for (const { sum, sessions } of this.#open) {
      sessions.add(session);
      addBucketTo(sum, bucket);
    }
  }

  #openAt(at: EpochMs): void {
    this.#open = this.#all.filter(({ since, until }) => at >= since && at < until);
    const ends = this.#all.flatMap(({ since, until }) => [since, until]);
    this.#from = Math.max(-Infinity, ...ends.filter((end) => end <= at));
    this.#until = Math.min(Infinity, ...ends.filter((end) => end > at));
  }

  toJson(now: EpochMs): Spans {
    const entries = this.#spans.map(({ name, own, previous }) => [name, {
      ...spanJson(own, now),
      previous: previous && spanJson(previous, now),
    }]);
    return Object.fromEntries(entries) as Spans;
  }
}

function beginSpan({ since, until }: Range): GrowingSpan {
  return { since, until, sum: emptyUsageSum(), sessions: new Set() };
}

function spanJson({ since, until, sum, sessions }: GrowingSpan, now: EpochMs): Sum {
  return {
    since: isoTime(since)!,
    until: isoTime(Math.min(until, now))!,
    sessions: sessions.size,
    ...usageSumJson(sum),
  };
}
