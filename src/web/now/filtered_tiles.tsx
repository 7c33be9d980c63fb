/** The tiles while filters are on: asked for anew, since the board's answer knows none. */
import type { VNode } from "preact";
import type { Money } from "../../operations/report/cells.ts";
import type { CostOutput } from "../../operations/usage/cost_output.ts";
import { useAnswer } from "../client.ts";
import { Failed, Loading } from "../states.tsx";
import { TILES, Tiles } from "./tiles.tsx";

export function FilteredTiles(
  { filters, money }: { readonly filters: Readonly<Record<string, string | undefined>>; readonly money: Money },
): VNode {
  const answers = TILES.map(([, , since]) =>
    useAnswer<CostOutput>("cost", { by: "source", since, compare: true, limit: 1, ...filters })
  );
  const failed = answers.find(({ error }) => error !== undefined)?.error;
  if (failed !== undefined) return <Failed error={failed} />;
  const spans = answers.flatMap(({ answer }) => answer ? [{ ...answer.total, previous: answer.previous?.total }] : []);
  return spans.length < TILES.length ? <Loading rows={3} /> : <Tiles spans={spans} money={money} />;
}
