/** The tiles while filters are on: asked for anew, since the board's answer knows none. */
import type { VNode } from "preact";
import type { Money } from "../../operations/report/cells.ts";
import type { CostOutput } from "../../operations/usage/cost_output.ts";
import { type AnswerState, useAnswer } from "../client.ts";
import { Failed, Loading } from "../states.tsx";
import { Tiles, type TileSpan } from "./tiles.tsx";

export function FilteredTiles(
  { filters, money }: { readonly filters: Readonly<Record<string, string | undefined>>; readonly money: Money },
): VNode {
  const today = useAnswer<CostOutput>("cost", question("today", filters));
  const sevenDays = useAnswer<CostOutput>("cost", question("7d", filters));
  const thirtyDays = useAnswer<CostOutput>("cost", question("30d", filters));
  const failed = today.error ?? sevenDays.error ?? thirtyDays.error;
  if (failed !== undefined) return <Failed error={failed} />;
  const spans = { today: spanOf(today), sevenDays: spanOf(sevenDays), thirtyDays: spanOf(thirtyDays) };
  const { today: first, sevenDays: second, thirtyDays: third } = spans;
  if (first === undefined || second === undefined || third === undefined) return <Loading rows={3} />;
  return <Tiles spans={{ today: first, sevenDays: second, thirtyDays: third }} money={money} />;
}

function question(since: string, filters: Readonly<Record<string, string | undefined>>) {
  return { by: "source", since, compare: true, limit: 1, ...filters };
}

function spanOf({ answer }: AnswerState<CostOutput>): TileSpan | undefined {
  return answer && { ...answer.total, previous: answer.previous?.total };
}
