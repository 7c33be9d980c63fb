/** Which span a page is about, to be chosen, and moved to the one before or after. */
import type { VNode } from "preact";
import { go, PERIODS, type Route } from "./address.ts";
import { readClockNow } from "./clock.ts";
import { useLook } from "./look.ts";
import { type AnsweredSpan, movePeriod, type Period } from "./period.ts";
import { periodText } from "./period_text.ts";
import { USUAL_PERIOD } from "./usual_period.ts";

/** What is chosen; nothing where the address has an end of its own. */
function periodOf({ query: { since, until } }: Route): { readonly since?: string } {
  return until === undefined ? { since: since ?? USUAL_PERIOD } : {};
}

export function PeriodButtons({ route, span }: {
  readonly route: Route;
  /** What the answer is about, by which it is moved. @default not known yet */
  readonly span: AnsweredSpan | undefined;
}): VNode {
  const { timezone } = useLook();
  const { since } = periodOf(route);
  const to = (direction: "earlier" | "later") => span && movePeriod(span, direction, { now: readClockNow(), timezone });
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
      onClick={() => go({ query: { since: to!.since, until: "" } })}
    >
      {text}
    </button>
  );
}
