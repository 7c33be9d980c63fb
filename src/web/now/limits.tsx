/** How near the limits of plans are, and the month's budget: a bar each, with a word and the time until the reset. */
import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { LimitsOutput } from "../../operations/limits/limits_output.ts";
import { limitWords, nearestFirst } from "../../operations/live/limits_line.ts";
import { useAnswer } from "../client.ts";
import { now } from "../clock.ts";
import { useValue } from "../use_value.ts";
import { Listed } from "./look_at.tsx";

/** Reading logs of some days takes as long as all the rest of the first page: that is asked first. */
const LATER_MS = 500;

/** Nothing where no limit was read. */
export function Limits(): VNode | false {
  const at = useValue(now);
  const [isLater, setLater] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLater(true), LATER_MS);
    return () => clearTimeout(timer);
  }, []);
  const { answer } = useAnswer<LimitsOutput>(isLater ? "limits" : undefined, {});
  const limits = nearestFirst(answer?.limits ?? []);
  return limits.length > 0 && (
    <Listed id="limits" title="Limits">
      <ul class="cause-bars">
        {limits.map((limit, place) => {
          const { name, used, word, left } = limitWords(limit, limits, at);
          return (
            <li key={place}>
              <span>{name}</span>
              <span class="figure">{used}</span>
              <meter aria-label={name} max="100" low={75} high={90} optimum={0} value={limit.usedPercent ?? 0} />
              <span class="dim">
                {used === "?" ? "reset, nothing read since" : `${word && `${word}, `}resets in ${left}`}
              </span>
            </li>
          );
        })}
      </ul>
    </Listed>
  );
}
