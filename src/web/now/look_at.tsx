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

/** Since a turn: then a session is at work. */
const AT_WORK_MS = 60_000;

/** Sessions with a turn in the last minute; nothing where there is none. */
export function AtWork(
  { sessions, money }: { readonly sessions: readonly SessionJson[]; readonly money: Money },
): VNode | null {
  const at = now.value;
  const working = sessions.filter(({ lastActivityAt }) =>
    lastActivityAt !== undefined && Math.abs(at - Date.parse(lastActivityAt)) < AT_WORK_MS
  );
  if (working.length === 0) return null;
  return (
    <section aria-labelledby="work-title">
      <h2 id="work-title">At work now</h2>
      <ul class="short-list">
        {working.map((session) => (
          <li key={session.sessionId}>
            <SessionLink {...session} />
            <span class="figure">{costCell(session.cost, money).text}</span>
            <span class="dim">
              {modelsCell(session.models).text}, last turn {formatRelative(Date.parse(session.lastActivityAt!), at)}
            </span>
          </li>
        ))}
      </ul>
    </section>
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
          {({ sessions = [] }) =>
            sessions.length === 0 ? <p class="dim">No session was active today.</p> : (
              <ul class="short-list">
                {sessions.map((session) => (
                  <li key={session.sessionId}>
                    <SessionLink {...session} />
                    <span class="figure">{costCell(session.cost, money).text}</span>
                    <span class="dim">{modelsCell(session.models).text}</span>
                  </li>
                ))}
              </ul>
            )}
        </WithAnswer>
      </Listed>
      <Listed id="dearest-misses" title="Dearest misses today">
        <WithAnswer of={misses} what="misses">
          {({ list }) =>
            list.length === 0 ? <p class="dim">No cache was lost today.</p> : (
              <ul class="short-list">
                {list.map((miss) => (
                  <li key={`${miss.sessionId} ${miss.at}`}>
                    <SessionLink {...miss} />
                    <span class="figure">{moneyText(miss.missUsd, money)}</span>
                    <span class="dim">{causeText(miss.cause)}, after {formatDuration(miss.gapMs)}</span>
                  </li>
                ))}
              </ul>
            )}
        </WithAnswer>
      </Listed>
    </div>
  );
}

function Listed(
  { id, title, children }: { readonly id: string; readonly title: string; readonly children: ComponentChildren },
): VNode {
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

function SessionLink(
  { source, sessionId, title, cwd }: {
    readonly source: string;
    readonly sessionId: string;
    readonly title?: string;
    readonly cwd?: string;
  },
): VNode {
  return (
    <a href={linkTo({ page: "session", path: [source, sessionId] })} title={cwd}>
      {title ?? shortProject(cwd)}
    </a>
  );
}
