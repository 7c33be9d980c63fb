/** The page Caches. */
import type { VNode } from "preact";
import type { Route } from "../address.ts";
import type { Client } from "../client.ts";
import { Empty } from "../states.tsx";

export function CachesPage(_props: { readonly route: Route; readonly client: Client }): VNode {
  return <Empty says="This page is not there yet." />;
}
