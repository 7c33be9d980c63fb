/** The page Caches: how long caches live on this machine, by its own history, a panel a provider and model. */
import type { VNode } from "preact";
import type { CacheOutput } from "../../operations/usage/cache_output.ts";
import { withoutRepeats } from "../../operations/usage/distinct_lifetimes.ts";
import { filtersOf, linkTo, type Route } from "../address.ts";
import { CurvePanel, linkToPool } from "../caches/curve_panel.tsx";
import { fitSentence, type LifetimeJson } from "../caches/curve_text.ts";
import { LifetimeTable } from "../caches/lifetime_table.tsx";
import { useAnswer } from "../client.ts";
import { Empty, Notes, WithAnswer } from "../states.tsx";

/** Of many pauses so many are drawn, at even steps: strokes that lie closer are one line. */
const MOST_PAUSES = 500;

/** What the page asks: an exported page holds the answer. */
export const CACHES_QUESTION = { curve: true, limit: MOST_PAUSES } as const;

export function CachesPage({ route }: { readonly route: Route }): VNode {
  const answer = useAnswer<CacheOutput>("cache", CACHES_QUESTION);
  const [provider, model, upstream] = route.path;
  return (
    <WithAnswer of={answer} rows={8} what="lifetimes">
      {({ lifetimes, totalLifetimes, notes }) =>
        provider === undefined ? <AllPools {...{ lifetimes, totalLifetimes, notes, route }} /> : (
          <OnePool
            lifetime={lifetimes.find((each) =>
              each.provider === provider && each.model === model && each.upstream === upstream
            )}
            route={route}
          />
        )}
    </WithAnswer>
  );
}

function AllPools(
  { lifetimes, totalLifetimes, notes, route }: Pick<CacheOutput, "lifetimes" | "totalLifetimes" | "notes"> & {
    readonly route: Route;
  },
): VNode {
  const { provider, model, ...others } = filtersOf(route);
  const shown = withoutRepeats(lifetimes).filter((each) =>
    (provider === undefined || each.provider === provider) && (model === undefined || each.model === model)
  );
  return (
    <>
      <h1>How long caches live here</h1>
      <p>
        No provider says whether a cache is still there. These curves follow from the pauses between requests in your
        own logs: whether the cache was read after the pause, or written again.
      </p>
      {Object.keys(others).length > 0 && (
        <p class="dim">Of the filters, only provider and model apply here: lifetimes follow from all sessions.</p>
      )}
      {shown.length === 0 ? <NoPools hasFilter={provider !== undefined || model !== undefined} /> : (
        <>
          <p class="dim">
            Each curve is the share of caches that survive a pause. Strokes above it are pauses that a cache survived,
            strokes below those that it did not. A dashed line is a lifetime that the provider documents.
          </p>
          <div class="panels">
            {shown.map((lifetime) => <CurvePanel key={linkToPool(lifetime)} lifetime={lifetime} />)}
          </div>
          <section>
            <h2>The same as a table</h2>
            <LifetimeTable lifetimes={shown} />
            {totalLifetimes > lifetimes.length && (
              <p class="dim">{totalLifetimes - lifetimes.length} more are not listed.</p>
            )}
          </section>
        </>
      )}
      <Notes notes={notes} />
    </>
  );
}

function NoPools({ hasFilter }: { readonly hasFilter: boolean }): VNode {
  if (!hasFilter) {
    return (
      <Empty says="No pause of more than a minute yet: there is nothing that a lifetime could be learned from.">
        <p class="dim">Once you go on with a session after a pause, it shows here.</p>
      </Empty>
    );
  }
  return (
    <Empty says="No lifetime was learned for this provider and model.">
      <p>
        <a href={linkTo({ query: { provider: "", model: "" } })}>Show all</a>
      </p>
    </Empty>
  );
}

function OnePool(
  { lifetime, route: { path } }: { readonly lifetime: LifetimeJson | undefined; readonly route: Route },
): VNode {
  const back = (
    <p class="page-back no-print">
      <a href={linkTo({ page: "caches", path: [] })}>All lifetimes</a>
    </p>
  );
  if (lifetime === undefined) {
    const [provider, model] = path;
    const says = `No lifetime was learned for ${model ?? "all models"} at ${provider}.`;
    return <Empty title="Caches" says={says}>{back}</Empty>;
  }
  return (
    <>
      {back}
      <CurvePanel lifetime={lifetime} isAlone />
      {(lifetime.curve?.points.length ?? 0) === 0 && <Empty says={fitSentence(lifetime)} />}
    </>
  );
}
