/** What caching saved in 30 days, what misses cost, and why. */
import type { VNode } from "preact";
import { causeText } from "../../operations/report/cause_text.ts";
import { type Money, moneyText } from "../../operations/report/cells.ts";
import { formatCount } from "../../operations/report/format.ts";
import { countOf } from "../../operations/report/notes.ts";
import type { MissesOutput } from "../../operations/usage/misses_output.ts";
import type { CostOutput, CostSum } from "../../operations/usage/cost_output.ts";
import { linkTo } from "../address.ts";
import { useAnswer } from "../client.ts";
import { missesText } from "../misses_text.ts";
import { WithAnswer } from "../states.tsx";

type Saved = Pick<CostSum, "savedUsd" | "withoutCacheUsd" | "unknownSavings">;

export function SavedAndLost(
  { span, filters, money }: {
    /** Undefined: it is asked for by the filters. */
    readonly span: Saved | undefined;
    readonly filters: Readonly<Record<string, string | undefined>>;
    readonly money: Money;
  },
): VNode {
  const misses = useAnswer<MissesOutput>("misses", { by: "cause", since: "30d", limit: 20, ...filters });
  const spent = useAnswer<CostOutput>(
    span === undefined ? "cost" : undefined,
    { by: "source", since: "30d", compare: true, limit: 1, ...filters },
  );
  const saved = span ?? spent.answer?.total;
  return (
    <section aria-labelledby="saved-title">
      <h2 id="saved-title">Saved and lost in 30 days</h2>
      {saved !== undefined && <p>{savedText(saved, money)}</p>}
      <WithAnswer of={misses} what="misses">
        {({ total, rows }) => {
          if (total.misses === 0) return <p>No cache was lost.</p>;
          const most = Math.max(...rows.map(({ missUsd = 0 }) => missUsd), 0);
          return (
            <>
              <p>
                {missesText(total.misses)} cost {moneyText(total.missUsd, money)}
                {total.unpriced === undefined || total.missUsd === undefined ? "" : "+"}:
              </p>
              <ul class="cause-bars">
                {rows.map(({ key, misses, missUsd }) => (
                  <li key={key}>
                    <a href={linkTo({ page: "misses", query: { by: "cause", since: "30d", cause: key } })}>
                      {causeText(key)}
                    </a>
                    <span class="figure">{moneyText(missUsd, money)}</span>
                    <span class="cause-bar" aria-hidden="true">
                      <span style={{ "--left": `${most === 0 ? 0 : (missUsd ?? 0) / most * 100}%` }} />
                    </span>
                    <span class="dim">{countOf(misses, "turn")}</span>
                  </li>
                ))}
              </ul>
            </>
          );
        }}
      </WithAnswer>
    </section>
  );
}

/** `Caching saved $X of the $Y that 30 days would have cost without it.` */
function savedText(
  { savedUsd, withoutCacheUsd, unknownSavings }: Saved,
  money: Money,
): string {
  if (withoutCacheUsd === 0) return "Nothing was spent that a cache could have saved.";
  if (savedUsd === undefined || withoutCacheUsd === undefined) return "What caching saved is not known: no price is.";
  const rest = unknownSavings === undefined ? "" : ` Of ${formatCount(unknownSavings)} more turns it is not known.`;
  if (savedUsd < 0) {
    return `Caching cost ${moneyText(-savedUsd, money)} more than it saved: writes cost more than reads saved.${rest}`;
  }
  return `Caching saved ${moneyText(savedUsd, money)} of the ${moneyText(withoutCacheUsd, money)} ` +
    `that 30 days would have cost without it.${rest}`;
}
