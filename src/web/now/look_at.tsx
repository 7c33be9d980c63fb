/** Which sessions to look at: at work now, the dearest of today, and the dearest misses of today. */
import type { ComponentChildren, VNode } from "preact";
import { causeText } from "../../operations/report/cause_text.ts";
import { costCell, modelsCell, type Money, moneyText } from "../../operations/report/cells.ts";
import { formatDuration, formatRelative } from "../../operations/report/format.ts";
import type { SessionJson } from "../../operations/report/schemas.ts";
import type { MissesOutput } from "../../operations/usage/misses_output.ts";
import type { SessionsOutput } from "../../operations/usage/sessions_output.ts";
import { linkTo } from "../address.ts";
import { useAnswer } from "../client.ts";
import { now } from "../clock.ts";
import { shortProject } from "../look.ts";
import { WithAnswer } from "../states.tsx";
import { useValue } from "../use_value.ts";

/** Since a turn: then a session is at work. */
const AT_WORK_MS = 60_000;

/** Sessions with a turn in the last minute; nothing where there is none. */
export function AtWork(
  { sessions, money }: { readonly sessions: readonly SessionJson[]; readonly money: Money },
): VNode | null {
  const at = useValue(now);
  const working = sessions.filter(({ lastActivityAt }) =>
    lastActivityAt !== undefined && Math.abs(at - Date.parse(lastActivityAt)) < AT_WORK_MS
  );
  if (working.length === 0) return null;
  return (
    <Listed id="work-title" title="At work now">
      <ShortList
        entries={working.map((session) =>
          entryOf(session, money, `, last turn ${formatRelative(Date.parse(session.lastActivityAt!), at)}`)
        )}
      />
    </Listed>
  );
}

export function LookAt(
  { filters, money }: { readonly filters: Readonly<Record<string, string | undefined>>; readonly money: Money },
): VNode {
  const dearest = useAnswer<SessionsOutput>("sessions", { since: "today", sort: "cost", limit: 5, ...filters });
  const misses = useAnswer<MissesOutput>("misses", { since: "today", limit: 5, ...filters });
  return (
    <div class="two">
      <Listed id="dearest" title="Dearest sessions active today">
        <WithAnswer of={dearest} what="sessions">
          {({ sessions = [] }) => (
            <ShortList
              entries={sessions.map((session) => entryOf(session, money))}
              none="No session was active today."
            />
          )}
        </WithAnswer>
      </Listed>
      <Listed id="dearest-misses" title="Dearest misses today">
        <WithAnswer of={misses} what="misses">
          {({ list }) => (
            <ShortList
              entries={list.map((miss): Entry => [
                miss,
                moneyText(miss.missUsd, money),
                `${causeText(miss.cause)}, after ${formatDuration(miss.gapMs)}`,
              ])}
              none="No cache was lost today."
            />
          )}
        </WithAnswer>
      </Listed>
    </div>
  );
}

/** A part of the page with a heading. */
export function Listed(
  { id, title, children }: { readonly id: string; readonly title: string; readonly children: ComponentChildren },
): VNode {
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

type Entry = readonly [
  session: Pick<SessionJson, "source" | "sessionId" | "title" | "cwd">,
  cost: string,
  says: string,
];

/** What a session cost, and by which models. */
function entryOf(session: SessionJson, money: Money, more = ""): Entry {
  return [session, costCell(session.cost, money).text, modelsCell(session.models).text + more];
}

/** Sessions with a figure and some words each. */
function ShortList(
  { entries, none }: { readonly entries: readonly Entry[]; readonly none?: string },
): VNode {
  if (entries.length === 0) return <p class="dim">{none}</p>;
  return (
    <ul class="short-list">
      {entries.map(([{ source, sessionId, title, cwd }, cost, says], place) => (
        <li key={place}>
          <a href={linkTo({ page: "session", path: [source, sessionId] })} title={cwd}>{title ?? shortProject(cwd)}</a>
          <span class="figure">{cost}</span>
          <span class="dim">{says}</span>
        </li>
      ))}
    </ul>
  );
}
