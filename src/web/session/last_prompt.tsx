/** What the last prompt is made of: one bar, and the same as a table. */
import type { VNode } from "preact";
import { formatCount, formatPercent, formatTokens } from "../../operations/report/format.ts";
import { contextNotes, contextTitle, partLabel } from "../../operations/usage/context_view.ts";
import type { SessionOutput } from "../../operations/usage/session_output.ts";
import { useAnswer } from "../client.ts";
import { MOST_PARTS, OTHER, partClass, rankParts } from "../charts/colours.ts";
import { readClockNow } from "../clock.ts";
import { useLook } from "../look.ts";
import { PlainTable } from "../plain_table.tsx";
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

function Drawn({ context }: { readonly context: Context }): VNode {
  const { timezone } = useLook();
  const { parts, reason, promptTokens, window } = context;
  if (reason !== undefined || promptTokens === undefined) return <p>{reason ?? "Nothing is known of it."}</p>;
  rankParts("context", parts.map(partLabel));
  const named = parts.map((part, place) => {
    const label = partLabel(part);
    return { ...part, label, name: partClass("context", place < MOST_PARTS ? label : OTHER) };
  });
  const whole = Math.max(window ?? 0, promptTokens);
  return (
    <figure class="chart">
      <figcaption>{contextTitle(context)}</figcaption>
      <div class="context-bar" aria-hidden="true">
        {named.map(({ label, name, tokens }) => (
          <span
            key={label}
            class={name}
            title={`${label}: ${formatTokens(tokens)}`}
            style={{ "--share": `${tokens / whole * 100}%` }}
          />
        ))}
      </div>
      <PlainTable
        label="Parts of the last prompt"
        rows={named}
        columns={[
          {
            title: "Part",
            cell: ({ label, name }) => <span class={`swatch ${name}`}>{label}</span>,
          },
          { title: "Count", name: "number", cell: ({ count }) => count === 0 ? "" : formatCount(count) },
          { title: "Tokens", name: "number", cell: ({ tokens }) => formatTokens(tokens) },
          { title: "Share", name: "number", cell: ({ share }) => formatPercent(share) },
          {
            title: "Known",
            nameOf: ({ measured }) => measured ? "" : "dim",
            cell: ({ measured }) => measured ? "measured" : "about",
          },
        ]}
      />
      <ul class="notes">
        {contextNotes(context, { timezone, now: readClockNow() }).map((note) => <li key={note}>{note}</li>)}
      </ul>
    </figure>
  );
}
