/** One learned lifetime as a picture: the share of caches that survive a pause, and what that rests on. */
import type { VNode } from "preact";
import type { DurationMs } from "../../core/model.ts";
import { formatDuration, formatPercent } from "../../operations/report/format.ts";
import { countOf } from "../../operations/report/notes.ts";
import { linkTo } from "../address.ts";
import { type ChartPoint, Lines } from "../charts/lines.tsx";
import { durationTicks } from "../charts/ticks.ts";
import { fitSentence, inWords, type LifetimeJson, poolTitle, seenSentence, useText } from "./curve_text.ts";

const FROM: DurationMs = 60_000;
const UNTIL: DurationMs = 24 * 3_600_000;
const SHARES = [0, 0.25, 0.5, 0.75, 1] as const;

type Pool = Pick<LifetimeJson, "provider" | "model" | "upstream">;

/** The place of one lifetime: `#/caches/openai/gpt-5.5`, and `#/caches/openai` of all models; of one host one part more. */
export function placeOfPool({ provider, model, upstream }: Pool) {
  const path = [provider, model, upstream].filter((part) => part !== undefined);
  return { page: "caches", path } as const;
}

/** Its address, which no other one has. */
export function linkToPool(lifetime: Pool): string {
  return linkTo(placeOfPool(lifetime));
}

/** Round shares without their decimal, as an axis has them. */
function formatShare(share: number): string {
  return Number.isInteger(share * 100) ? `${share * 100}%` : formatPercent(share);
}

/** All panels have one x axis: from a minute to a day, by the logarithm. */
export function CurvePanel(
  { lifetime, isAlone = false }: { readonly lifetime: LifetimeJson; readonly isAlone?: boolean },
): VNode {
  const { provider, curve } = lifetime;
  const Heading = isAlone ? "h1" : "h2";
  const title = `${poolTitle(lifetime)} at ${provider}`;
  return (
    <section class="panel">
      <Heading>{isAlone ? title : <a href={linkToPool(lifetime)}>{title}</a>}</Heading>
      <p class="dim">{fitSentence(lifetime)} {!lifetime.used && capitalize(`${useText(lifetime)}.`)}</p>
      {curve !== undefined && curve.points.length > 0 && (
        <Lines
          kind="caches"
          caption={seenSentence(lifetime)}
          height={isAlone ? 320 : 170}
          as="steps"
          series={[{ key: "share", title: "Survive", points: pointsOf(curve.points) }]}
          x={{
            from: FROM,
            until: UNTIL,
            isLog: true,
            ticks: () => durationTicks(FROM, UNTIL),
            title: "Pause",
          }}
          y={{ ticks: SHARES, format: formatShare, title: "Survive" }}
          marks={(curve.documentedMs ?? []).map((at) => ({ at, text: inWords(at) }))}
          rugs={{ above: curve.survivals, below: curve.drops }}
        />
      )}
    </section>
  );
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Where each share begins, and where the last one ends. */
function pointsOf(points: NonNullable<LifetimeJson["curve"]>["points"]): readonly ChartPoint[] {
  const steps = points.map(({ gapMs, lastGapMs, share, pauses }): ChartPoint => {
    const range = gapMs === lastGapMs
      ? formatDuration(gapMs)
      : `${formatDuration(gapMs)} to ${formatDuration(lastGapMs)}`;
    return { x: gapMs, y: share, title: `${range} (${countOf(pauses, "pause")})` };
  });
  const last = points.at(-1)!;
  if (last.lastGapMs === last.gapMs) return steps;
  return [...steps, { x: last.lastGapMs, y: last.share, title: `longest pause, ${formatDuration(last.lastGapMs)}` }];
}
