/** Which span a page is about, to be chosen, and moved to the one before or after. */
import type { VNode } from "preact";
import { AgentError } from "../core/errors.ts";
import { go, PERIODS, type Route } from "./address.ts";
import { readClockNow } from "./clock.ts";
import { useLook } from "./look.ts";
import { movePeriod, type Period, type PeriodReference } from "./period.ts";
import { periodText } from "./period_text.ts";
import { USUAL_PERIOD } from "./usual_period.ts";

/** The period of an address, as fields of a question. */
export function periodOf({ query: { since, until } }: Route): Period | { readonly until: string } {
  if (since === undefined && until !== undefined) return { until };
  return { since: since ?? USUAL_PERIOD, ...(until === undefined ? {} : { until }) };
}

export function PeriodButtons({ route, wholeDays = true }: {
  readonly route: Route;
  /** As the question reads it. @default true */
  readonly wholeDays?: boolean;
}): VNode {
  const { timezone } = useLook();
  const period = periodOf(route);
  const since = "since" in period && period.until === undefined ? period.since : undefined;
  const reference = { now: readClockNow(), timezone, wholeDays };
  const to = (direction: "earlier" | "later") => "since" in period ? moved(period, direction, reference) : undefined;
  return (
    <div class="buttons no-print" role="group" aria-label="Period">
      {PERIODS.map(([name, title]) => (
        <button
          key={name}
          type="button"
          class="button"
          aria-pressed={name === since}
          onClick={() => go({ query: { since: name, until: "" } })}
        >
          {title}
        </button>
      ))}
      {since !== undefined && PERIODS.every(([name]) => name !== since) && (
        <span class="chosen-period">{periodText(since)}</span>
      )}
      <MoveButton text="‹ Before" title="The span of the same length before this one" to={to("earlier")} />
      <MoveButton text="After ›" title="The span of the same length after this one" to={to("later")} />
    </div>
  );
}

function MoveButton({ text, title, to }: {
  readonly text: string;
  readonly title: string;
  readonly to: Period | undefined;
}): VNode {
  return (
    <button
      type="button"
      class="button"
      title={title}
      disabled={to === undefined}
      onClick={() => to !== undefined && go({ query: { since: to.since, until: "" } })}
    >
      {text}
    </button>
  );
}

function moved(period: Period, direction: "earlier" | "later", reference: PeriodReference): Period | undefined {
  try {
    return movePeriod(period, direction, reference, PERIODS.map(([name]) => name));
  } catch (error) {
    // What somebody typed is no time: the answer says so.
    if (error instanceof AgentError) return undefined;
    throw error;
  }
}
