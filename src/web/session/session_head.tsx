/** What a session is, what it cost and how its cache is. */
import type { ComponentChildren, VNode } from "preact";
import { OWN_CHAINS } from "../../core/model.ts";
import { toPlainText } from "../../core/plain_lines.ts";
import { cacheCell, costCell, moneyText, usdCell } from "../../operations/report/cells.ts";
import { activeText } from "../../operations/report/active_text.ts";
import { formatCount, formatDuration, formatPercent, formatTokens } from "../../operations/report/format.ts";
import { countOf } from "../../operations/report/notes.ts";
import { resumeLine } from "../../operations/report/resume_line.ts";
import type { SessionOutput } from "../../operations/usage/session_output.ts";
import { linkTo } from "../address.ts";
import { CellText } from "../cell_text.tsx";
import { readClockNow, useClock } from "../clock.ts";
import { CopyButton } from "../copy_button.tsx";
import { shortProject, useLook } from "../look.ts";
import { missesText } from "../misses_text.ts";
import { basisText } from "./basis_text.ts";

interface HeadProps {
  readonly output: SessionOutput;
  /** Without pauses; undefined where no times are known. */
  readonly atWorkMs: number | undefined;
}

export function SessionHead({ output, atWorkMs }: HeadProps): VNode {
  const { session } = output;
  return (
    <>
      <h1 class="session-title">
        <bdi>{toPlainText(session.title ?? shortProject(session.cwd))}</bdi> <span class="dim">{session.shortId}</span>
      </h1>
      <Tiles output={output} atWorkMs={atWorkMs} />
      <Facts output={output} />
    </>
  );
}

function Tiles({ output: { session, misses, chains }, atWorkMs }: HeadProps): VNode {
  const look = useLook();
  const { cost, turns, totals, cacheHitRatio, durationMs, largestPrompt } = session;
  const subagents = chains.filter(({ chain }) => !OWN_CHAINS.has(chain)).length;
  return (
    <div class="tiles session-tiles">
      <Tile name="Cost" figure={<CellText cell={costCell(cost, look)} />}>
        {basisText(cost, look)}
      </Tile>
      <Tile name="Turns" figure={turns === 0 && totals !== undefined ? "-" : formatCount(turns)}>
        {turns === 0 && totals !== undefined
          ? "Its agent records sums and no single responses."
          : (subagents === 0 ? "no sub-agent" : countOf(subagents, "sub-agent")) +
            (largestPrompt === undefined ? "" : `, prompts of up to ${formatTokens(largestPrompt)}`)}
      </Tile>
      <Tile name="Read from the cache" figure={cacheHitRatio === undefined ? "-" : formatPercent(cacheHitRatio)}>
        {cacheHitRatio === undefined
          ? "No prompt was billed."
          : misses.usd === undefined && misses.turns === 0
          ? "Misses are not known."
          : misses.turns === 0
          ? "No turn missed it."
          : `${missesText(misses.turns)} cost ${moneyText(misses.usd, look)}`}
      </Tile>
      <Tile name="Duration" figure={formatDuration(durationMs)}>
        {atWorkMs === undefined ? "Time at work is not known." : `${formatDuration(atWorkMs)} at work, pauses left out`}
      </Tile>
      <CacheTile session={session} />
    </div>
  );
}

function Tile({ name, figure, children }: {
  readonly name: string;
  readonly figure: ComponentChildren;
  readonly children: ComponentChildren;
}): VNode {
  return (
    <div class="tile">
      <div class="dim">{name}</div>
      <div class="figure">{figure}</div>
      <div class="tile-note">{children}</div>
    </div>
  );
}

/** Counts down, apart from all else. */
function CacheTile({ session: { cache } }: Pick<SessionOutput, "session">): VNode {
  const look = useLook();
  const isCounting = cache.expiresAt !== undefined && (cache.state === "warm" || cache.state === "maybe");
  const at = useClock(isCounting);
  const { warm, cold } = cache.resumeUsd ?? {};
  const price = cache.resumeUsd === undefined
    ? cache.reason?.replaceAll("_", " ")
    : `resuming costs ${usdCell(warm, look).text} while warm, ${usdCell(cold, look).text} once cold`;
  return (
    <Tile name="Cache" figure={<CellText cell={cacheCell(cache, at)} />}>
      <span title={cache.evidence?.basis}>{price ?? "Nothing is held."}</span>
    </Tile>
  );
}

function Facts({ output: { session, resumeCommand, forks } }: Pick<HeadProps, "output">): VNode {
  const look = useLook();
  const time = (at: string | undefined) => at === undefined ? undefined : Date.parse(at);
  const clock = { now: readClockNow(), timezone: look.timezone };
  const resume = resumeCommand && resumeLine(resumeCommand, session.cwd);
  return (
    <dl class="facts session-facts">
      <Fact name="Session">
        <span class="mono">{session.sessionId}</span> of {session.source}
        {session.deleted && <span class="soon note-after">deleted from its database; these are its last sums</span>}
      </Fact>
      <Fact name="Project">{toPlainText(session.cwd ?? "?")}</Fact>
      <Fact name="Active">
        {activeText(time(session.startedAt), time(session.lastActivityAt), session.durationMs, clock)}
      </Fact>
      <Fact name="Models">
        {session.models.length === 0
          ? "-"
          : session.models.map(({ provider, model, turns, cost }) =>
            `${provider}/${model} (${turns > 0 ? `${formatCount(turns)} turns, ` : ""}${costCell(cost, look).text})`
          ).join(", ")}
      </Fact>
      {session.cost.unlogged !== undefined && (
        <Fact name="Unlogged">
          {`${moneyText(session.cost.unlogged.usd, look)} more, by the agent's own total`}
        </Fact>
      )}
      {session.parentSessionId !== undefined && (
        <Fact name="Forked from">
          <SessionLink source={session.source} id={session.parentSessionId} text={session.parentSessionId} />
        </Fact>
      )}
      {forks.length > 0 && (
        <Fact name="Forks">
          {forks.slice(0, 12).map(({ sessionId, shortId, cost }, place) => (
            <span key={place}>
              {place > 0 && ", "}
              <SessionLink source={session.source} id={sessionId} text={shortId} /> ({costCell(cost, look).text})
            </span>
          ))}
          {forks.length > 12 && ` and ${formatCount(forks.length - 12)} more`}
        </Fact>
      )}
      {session.traceId !== undefined && (
        <Fact name="Trace">
          <a class="mono" href={linkTo({ page: "traces", query: { trace: session.traceId } })}>{session.traceId}</a>
        </Fact>
      )}
      {resume !== undefined && (
        <Fact name="Resume">
          <code>{resume}</code> <CopyButton text={resume} />
        </Fact>
      )}
    </dl>
  );
}

function SessionLink({ source, id, text }: {
  readonly source: string;
  readonly id: string;
  readonly text: string;
}): VNode {
  return <a class="mono" href={linkTo({ page: "session", path: [source, id] })}>{text}</a>;
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }): VNode {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
