/** What the last prompt is made of: one bar, and the same as a table. */
import type { VNode } from "preact";
import { formatCount, formatPercent, formatTokens } from "../../operations/report/format.ts";
import { contextNotes, contextTitle, partLabel } from "../../operations/usage/context_view.ts";
import type { SessionOutput } from "../../operations/usage/session_output.ts";
import { useAnswer } from "../client.ts";
import { partClass, rankParts } from "../charts/colours.ts";
import { readClockNow } from "../clock.ts";
import { useLook } from "../look.ts";
import { WithAnswer } from "../states.tsx";

type Context = NonNullable<SessionOutput["context"]>;

/** @param id Of the session, whole. @param changes How often it changed: it is asked for again when that does */
export function LastPrompt({ id, changes }: { readonly id: string; readonly changes: number }): VNode {
  const answer = useAnswer<SessionOutput>("session", { session: id, context: true, limit: 1 }, { follows: changes });
  return (
    <WithAnswer of={answer} what="what fills the prompt">
      {({ context }) => context !== undefined && <Drawn context={context} />}
    </WithAnswer>
  );
}

/** Beyond these a colour would come a second time. */
const COLOURED = 7;

function Drawn({ context }: { readonly context: Context }): VNode {
  const { timezone } = useLook();
  const { parts, reason, promptTokens, window } = context;
  if (reason !== undefined || promptTokens === undefined) return <p>{reason ?? "Nothing is known of it."}</p>;
  const named = parts.map((part) => ({ ...part, label: partLabel(part) }));
  rankParts("context", named.slice(0, COLOURED).map(({ label }) => label));
  const classOf = (label: string, place: number) => place < COLOURED ? partClass("context", label) : "part part-other";
  const whole = Math.max(window ?? 0, promptTokens);
  return (
    <figure class="chart">
      <figcaption>{contextTitle(context)}</figcaption>
      <div class="context-bar" aria-hidden="true">
        {named.map(({ label, tokens }, place) => (
          <span
            key={label}
            class={classOf(label, place)}
            title={`${label}: ${formatTokens(tokens)}`}
            style={{ "--share": `${tokens / whole * 100}%` }}
          />
        ))}
      </div>
      <div class="scroll-x" tabIndex={0} role="region" aria-label="Parts of the last prompt">
        <table>
          <thead>
            <tr>
              <th scope="col">Part</th>
              <th scope="col" class="number">Count</th>
              <th scope="col" class="number">Tokens</th>
              <th scope="col" class="number">Share</th>
              <th scope="col">Known</th>
            </tr>
          </thead>
          <tbody>
            {named.map(({ label, count, tokens, share, measured }, place) => (
              <tr key={label}>
                <th scope="row">
                  <span class={`legend-swatch ${classOf(label, place)}`} />
                  {label}
                </th>
                <td class="number">{count === 0 ? "" : formatCount(count)}</td>
                <td class="number">{formatTokens(tokens)}</td>
                <td class="number">{formatPercent(share)}</td>
                <td class={measured ? "" : "dim"}>{measured ? "measured" : "about"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <ul class="notes">
        {contextNotes(context, { timezone, now: readClockNow() }).map((note) => <li key={note}>{note}</li>)}
      </ul>
    </figure>
  );
}
