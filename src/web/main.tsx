/** Starts the page: finds the key, follows the address, and shows the page that it names. */
// Pages before what they share: in this order the script is compressed best.
import { AdvisePage } from "./pages/advise.tsx";
import { CachesPage } from "./pages/caches.tsx";
import { CostPage } from "./pages/cost.tsx";
import { MissesPage } from "./pages/misses.tsx";
import { NowPage } from "./pages/now.tsx";
import { SessionPage } from "./pages/session.tsx";
import { SessionsPage } from "./pages/sessions.tsx";
import { TracesPage } from "./pages/traces.tsx";
import { type ComponentType, render, type VNode } from "preact";
import { followAddress, linkTo, type PageName, type Route, route } from "./address.ts";
import { followAlerts } from "./alerts.ts";
import { connectClient, readExportedClient, setClient, useClient } from "./client.ts";
import { startClock } from "./clock.ts";
import { ConnectionBanner } from "./connection_banner.tsx";
import { Header } from "./header.tsx";
import { findKey } from "./key.ts";
import { listenToKeys } from "./keys.ts";
import { Empty } from "./states.tsx";
import { followTheme } from "./theme.ts";
import { useValue } from "./use_value.ts";

const PAGE_OF: Readonly<
  Record<PageName, ComponentType<{ readonly route: Route }>>
> = {
  now: NowPage,
  cost: CostPage,
  sessions: SessionsPage,
  session: SessionPage,
  caches: CachesPage,
  misses: MissesPage,
  advise: AdvisePage,
  traces: TracesPage,
};

function App(): VNode {
  const value = useValue(route);
  const Page = PAGE_OF[value.page];
  return (
    <>
      <Header route={value} />
      <ConnectionBanner />
      <main id="content" tabIndex={-1}>
        {value.unknown === undefined
          ? <Page key={value.page} route={value} />
          : (
            <Empty title="No such page" says={`There is no page "${value.unknown}".`}>
              <p>
                <a href={linkTo({ page: "now", path: [] })}>Go to Now</a>
              </p>
            </Empty>
          )}
      </main>
      <PrintFooter />
    </>
  );
}

/** On paper: where the figures are from, and of when. */
function PrintFooter(): VNode {
  const { board, at } = useValue(useClient().live);
  const asOf = board?.overview.asOf ?? (at === undefined ? "" : new Date(at).toISOString());
  return <footer class="only-print dim">{location.origin}{location.pathname}{location.hash} {asOf}</footer>;
}

function draw(): void {
  const root = document.getElementById("root")!;
  root.replaceChildren();
  render(<App />, root);
}

function start(): void {
  followTheme();
  const exported = document.getElementById("answers")?.textContent;
  const client = exported ? readExportedClient(exported) : connectClient(findKey());
  setClient(client);
  // Behind the ticket, which is taken out of the address first.
  followAddress();
  startClock();
  listenToKeys();
  followAlerts(client);
  // The shell is painted first, which says that something comes: it is there by the second frame. A page that nobody sees has
  // no frames, and draws nothing.
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(draw)));
}

start();
