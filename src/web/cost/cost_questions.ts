/** What the page Cost shows by its address, and what it asks for that. Pure. */
import { CALENDAR_UNITS, type CalendarUnit } from "../../core/calendar.ts";
import type { UsageKey } from "../../operations/report/usage_keys.ts";
import { filtersOf, type Route } from "../address.ts";
import type { AskedFields } from "../../core/answer_key.ts";
import { USUAL_PERIOD } from "../usual_period.ts";
import { type MetricName, readMetric } from "./metrics.ts";

/** What bars can be made of, with what the choice says. */
export const SPLITS = [
  ["model", "Model"],
  ["provider", "Provider"],
  ["upstream", "Upstream"],
  ["source", "Source"],
  ["project", "Project"],
] as const satisfies readonly (readonly [UsageKey, string])[];
export type SplitKey = (typeof SPLITS)[number][0];

/** How the picture is drawn. */
export interface CostChoice {
  readonly by: CalendarUnit;
  /** Undefined: bars are of one piece. */
  readonly split?: SplitKey;
  readonly metric: MetricName;
  readonly isCompared: boolean;
}

/** Of an address, where anything may stand. @default days by model, in dollars */
export function readCostChoice({ query: { by, split, metric, compare } }: Route): CostChoice {
  return {
    by: CALENDAR_UNITS.find((unit) => unit === by) ?? "day",
    split: split === "none" ? undefined : SPLITS.find(([key]) => key === split)?.[0] ?? "model",
    metric: readMetric(metric),
    isCompared: compare === "1",
  };
}

/** Filters and period, as every question about usage takes them. @param currency code; @default US dollars */
export function usageFields(route: Route, currency: string | undefined): AskedFields {
  const { since, until, ...filters } = filtersOf(route);
  return { ...filters, since: since ?? (until === undefined ? USUAL_PERIOD : undefined), until, currency };
}

/** By the names that the page has for them. */
export interface CostQuestions {
  /** Rows by time, and what they are made of. */
  readonly bars: AskedFields;
  /** The same by part, the dearest first. Undefined where there are no parts. */
  readonly parts: AskedFields | undefined;
  readonly week: AskedFields;
}

/** All are of `cost`. */
export function costQuestions(route: Route, currency: string | undefined): CostQuestions {
  const { by, split, isCompared } = readCostChoice(route);
  const fields = usageFields(route, currency);
  // There is no span before one without a beginning.
  const compare = isCompared && fields.since !== undefined ? true : undefined;
  return {
    bars: { by, split, ...fields, fill: true, compare },
    parts: split && { by: split, ...fields, compare },
    week: { by: "weekday", split: "hourOfDay", ...fields },
  };
}
