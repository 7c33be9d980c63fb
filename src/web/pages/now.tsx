/** The page Now: what is warm and counting down, what was spent, what caching saved and what misses cost. */
import type { VNode } from "preact";
import type { CacheOutput } from "../../operations/usage/cache_output.ts";
import type { OverviewOutput } from "../../operations/usage/overview_output.ts";
import { filtersOf, isFiltered, type Route } from "../address.ts";
import { AlertChoice } from "../alert_choice.tsx";
import { useAnswer, useClient } from "../client.ts";
import { useLook } from "../look.ts";
import { Board } from "../now/board.tsx";
import { filtersOfNow } from "../now/filter_board.ts";
import { FilteredTiles } from "../now/filtered_tiles.tsx";
import { AtWork, LookAt } from "../now/look_at.tsx";
import { NoLogs } from "../now/no_logs.tsx";
import { SavedAndLost } from "../now/saved_and_lost.tsx";
import { TILES, Tiles } from "../now/tiles.tsx";
import { Failed, FirstScan, Loading, Notes } from "../states.tsx";
import { useValue } from "../use_value.ts";

export function NowPage({ route }: { readonly route: Route }): VNode | null {
  const client = useClient();
  const { board, connection, progress } = useValue(client.live);
  // The stream brings both. Without it, they are asked for: of an exported page, and where too many pages are open.
  const isAsked = board === undefined && (connection === "exported" || connection === "ended" || connection === "busy");
  const spent = useAnswer<OverviewOutput>(isAsked ? "overview" : undefined, {});
  const warm = useAnswer<CacheOutput>(isAsked ? "cache" : undefined, {});
  const overview = board?.overview ?? spent.answer;
  const cache = board?.cache ?? warm.answer;
  const failed = spent.error ?? warm.error;
  if (overview === undefined || cache === undefined) {
    if (connection === "refused") return null;
    if (connection === "reading") return <FirstScan progress={progress} />;
    return isAsked && failed !== undefined ? <Failed error={failed} /> : <Loading rows={8} />;
  }
  return <Figures overview={overview} cache={cache} filters={filtersOfNow(filtersOf(route))} />;
}

function Figures({ overview, cache, filters }: {
  readonly overview: OverviewOutput;
  readonly cache: CacheOutput;
  readonly filters: ReturnType<typeof filtersOfNow>;
}): VNode {
  const hasFilter = isFiltered(filters);
  const money = useLook();
  if (overview.totalSessions === 0) {
    return (
      <>
        <h1 class="hidden-text">Now</h1>
        <NoLogs roots={overview.roots} />
        <Notes notes={overview.notes} />
      </>
    );
  }
  return (
    <>
      <h1 class="hidden-text">Now</h1>
      {hasFilter
        ? <FilteredTiles filters={filters} money={money} />
        : <Tiles spans={TILES.map(([key]) => overview.spans[key])} money={money} />}
      <Board cache={cache} filters={filters} money={money} />
      <AlertChoice />
      <AtWork sessions={overview.sessions} money={money} />
      <SavedAndLost span={hasFilter ? undefined : overview.spans.thirtyDays} filters={filters} money={money} />
      <LookAt filters={filters} money={money} />
      <Notes notes={[...new Set([...overview.notes, ...cache.notes])]} />
    </>
  );
}
