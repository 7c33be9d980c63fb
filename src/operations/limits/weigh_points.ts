/** What a point of each limit was worth on this machine, by readings and turns of the same windows. */
import { type PointWorth, usedPoints, type WeighedPoints, worthOf } from "../../core/limits/point_worth.ts";
import { isOfModel, type PlanLimit } from "../../core/limits/report_limits.ts";
import type { WindowHistory } from "../../core/limits/window_history.ts";
import type { AccountUsages } from "./account_usage.ts";

/** For each of the limits, in their order; undefined where nothing can be said. */
export async function weighPoints(
  limits: readonly PlanLimit[],
  histories: readonly WindowHistory[],
  usages: AccountUsages,
): Promise<readonly (PointWorth | undefined)[]> {
  const worths: (PointWorth | undefined)[] = [];
  for (const limit of limits) {
    const { source, account, limit: id, windowMinutes } = limit;
    const history = histories.find((window) =>
      window.source === source && window.account === account && window.limit === id &&
      window.windowMinutes === windowMinutes
    );
    const weighed: WeighedPoints[] = [];
    // Which turns count towards a limit of one model is not known.
    const spans = limit.isMixed || isOfModel(limit) ? [] : usedPoints(history?.readings ?? []);
    for (const { since, until, points } of spans) {
      const { usd, unpricedTurns } = await usages.after(limit, since, until);
      if (unpricedTurns === 0) weighed.push({ points, usd });
    }
    worths.push(worthOf(weighed));
  }
  return worths;
}
