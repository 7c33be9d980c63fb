/** What is said where nothing was billed in a period: when there was something last, and a way there. */
import type { VNode } from "preact";
import type { CostOutput } from "../operations/usage/cost_output.ts";
import type { OverviewOutput } from "../operations/usage/overview_output.ts";
import { formatTime } from "../operations/report/format.ts";
import { filtersOf, go, isFiltered, type Route } from "./address.ts";
import { useAnswer } from "./client.ts";
import { NoLogs } from "./now/no_logs.tsx";
import { periodOfKey } from "./period.ts";
import { periodText } from "./period_text.ts";
import { Empty, Notes } from "./states.tsx";

export function EmptyPeriod({ route, what, answer: { since, until, timezone, asOf, notes } }: {
  readonly route: Route;
  /** What there is none of: `turn`. */
  readonly what: string;
  readonly answer: Pick<CostOutput, "since" | "until" | "timezone" | "asOf" | "notes">;
}): VNode {
  const { since: _since, until: _until, ...filters } = filtersOf(route);
  const { answer: last } = useAnswer<CostOutput>("cost", { by: "day", limit: 1, ...filters });
  const hasFilter = isFiltered(filters);
  const hasNothing = last?.totalRows === 0 && !hasFilter;
  const { answer: overview } = useAnswer<OverviewOutput>(hasNothing ? "overview" : undefined, {});
  if (hasNothing && overview !== undefined && overview.roots.every(({ files }) => files === 0)) {
    return <NoLogs roots={overview.roots} />;
  }
  const day = last?.rows.at(-1)?.key;
  const period = day === undefined ? undefined : periodOfKey("day", day, timezone)?.period;
  const time = (at: string) => formatTime(Date.parse(at), timezone, Date.parse(asOf));
  const span = since === undefined
    ? (until === undefined ? "" : ` before ${time(until)}`)
    : until === undefined
    ? ` since ${time(since)}`
    : ` between ${time(since)} and ${time(until)}`;
  const that = hasFilter ? " that these filters let through" : "";
  return (
    <>
      <Empty says={`No ${what}${that}${span}.${day === undefined ? "" : ` The last turn was on ${day}.`}`}>
        {period !== undefined && (
          <p>
            <button type="button" class="button" onClick={() => go({ query: { since: period.since, until: "" } })}>
              Show {periodText(period.since)}
            </button>
          </p>
        )}
      </Empty>
      <Notes notes={notes} />
    </>
  );
}
