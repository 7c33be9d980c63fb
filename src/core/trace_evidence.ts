/**
 * What Opper says of a trace and its spans: what they cost, in which tokens, and who served them. Kept as generations are
 * (evidence.ts), and shown beside what the logs add up to.
 */
import { addAmounts } from "./cost/add_amounts.ts";
import type { DurationMs, EpochMs, Tokens, Usd } from "./model.ts";

/** Figures of a span or of a trace. Unknown is absent, never zero. */
export interface TraceFigures {
  /** Billed, in US dollars. */
  readonly usd?: Usd;
  readonly model?: string;
  /** Who served it, where the gateway says so. */
  readonly upstream?: string;
  /** As the gateway counts it: whether with cached ones it does not say. */
  readonly inputTokens?: Tokens;
  readonly cacheReadTokens?: Tokens;
  readonly cacheWriteTokens?: Tokens;
  readonly outputTokens?: Tokens;
  readonly reasoningTokens?: Tokens;
  readonly totalTokens?: Tokens;
}

/** A step of a trace. Nothing that was said or typed is in it. */
export interface SpanEvidence extends TraceFigures {
  readonly id: string;
  readonly parentId?: string;
  /** `session`, `llm`, …: an open list. */
  readonly type?: string;
  readonly status?: string;
  readonly startedAt?: EpochMs;
  readonly endedAt?: EpochMs;
}

/** A trace with its steps. */
export interface TraceEvidence extends TraceFigures {
  readonly traceId: string;
  readonly status?: string;
  /** All spans of the trace, also when fewer are listed. */
  readonly spanCount?: number;
  readonly startedAt?: EpochMs;
  readonly endedAt?: EpochMs;
  readonly durationMs?: DurationMs;
  readonly spans: readonly SpanEvidence[];
}

const SUMMED = [
  ...["usd", "inputTokens", "cacheReadTokens", "cacheWriteTokens"] as const,
  ...["outputTokens", "reasoningTokens", "totalTokens"] as const,
] as const;

/**
 * What spans add up to. Of a span whose steps have a figure, its own is taken to be their sum and does not count again. Money
 * is summed to the twelfth decimal.
 */
export function sumSpans(spans: readonly SpanEvidence[]): TraceFigures {
  const sums: Partial<Record<(typeof SUMMED)[number], number>> = {};
  for (const figure of SUMMED) {
    const own = countedSpans(spans, figure).map((span) => span[figure]!);
    if (own.length > 0) sums[figure] = own.reduce(addAmounts);
  }
  return sums;
}

/** The spans that have a figure, without those that have the sum of others. */
export function countedSpans(
  spans: readonly SpanEvidence[],
  figure: (typeof SUMMED)[number],
): readonly SpanEvidence[] {
  const byId = new Map(spans.map((span) => [span.id, span]));
  const withFigure = spans.filter((span) => span[figure] !== undefined);
  const areSums = new Set<SpanEvidence>();
  for (const span of withFigure) {
    let above = span.parentId === undefined ? undefined : byId.get(span.parentId);
    // Above one that was met before, all were; so that a circle ends as well.
    while (above !== undefined && !areSums.has(above)) {
      areSums.add(above);
      above = above.parentId === undefined ? undefined : byId.get(above.parentId);
    }
  }
  return withFigure.filter((span) => !areSums.has(span));
}
