/** The page Now: what is warm and counting down, what was spent, what caching saved and what misses cost. */
import type { VNode } from "preact";
import type { Route } from "../address.ts";
import { type Client, useAnswer } from "../client.ts";
import type { OverviewOutput } from "../../operations/usage/overview_output.ts";
import { WithAnswer } from "../states.tsx";

export function NowPage(_props: { readonly route: Route; readonly client: Client }): VNode {
  const overview = useAnswer<OverviewOutput>("overview", {});
  return <WithAnswer of={overview}>{({ asOf }) => <p>{asOf}</p>}</WithAnswer>;
}
