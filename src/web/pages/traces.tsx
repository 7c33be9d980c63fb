/** The page Traces: launches and the traces that they opened, with what they cost here, and on a click what Opper says. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { totalTokens } from "../../core/model.ts";
import { costCell, percentCell } from "../../operations/report/cells.ts";
import { formatCount, formatDuration, formatTime, formatTokens } from "../../operations/report/format.ts";
import type { TraceJson, TracesOutput } from "../../operations/launches/traces_output.ts";
import { filtersOf, go, isFiltered, linkTo, type Route } from "../address.ts";
import { useAnswer, useClient } from "../client.ts";
import { Empty, Notes, WithAnswer, WithCode } from "../states.tsx";
import { figureColumn, type TableColumn, textColumn } from "../table/table_column.ts";
import { VirtualTable } from "../table/virtual_table.tsx";
import { now } from "../clock.ts";
import { type PageLook, shortProject, useLook } from "../look.ts";
import { useValue } from "../use_value.ts";

/** What the page asks before anything is clicked: an exported page holds the answer. */
export const TRACES_QUESTION = { limit: 500 } as const;
/** Each is asked for by a request of its own. */
const MOST_ASKED = 50;

export function TracesPage({ route }: { readonly route: Route }): VNode {
  const client = useClient();
  const [isAsked, setAsked] = useState(false);
  const look = useLook();
  const local = useAnswer<TracesOutput>("traces", TRACES_QUESTION);
  const remote = useAnswer<TracesOutput>(isAsked ? "traces" : undefined, { limit: MOST_ASKED, remote: true });
  const { connection, remote: mayAsk } = useValue(client.live);
  return (
    <>
      <h1>Traces</h1>
      <p>
        <WithCode text="Each session of `opper-agent launch` is one trace at Opper. Its cost is that of its log." />
      </p>
      {isFiltered(filtersOf(route)) && <p class="dim">Filters do not apply here.</p>}
      <WithAnswer of={local} rows={8} what="traces">
        {({ traces, total, notes }) =>
          traces.length === 0
            ? <Empty says={<WithCode text="No traces yet. `opper-agent launch` opens one a session." />} />
            : (
              <>
                {connection !== "exported" && (
                  <Asking
                    mayAsk={mayAsk !== false}
                    traces={traces}
                    isAsked={isAsked}
                    answer={remote}
                    onAsk={() => setAsked(true)}
                  />
                )}
                <VirtualTable
                  label="Traces"
                  columns={columnsOf(look, isAsked)}
                  rows={withRemote(traces, remote.answer)}
                  rowKey={({ traceId }) => traceId}
                  onOpen={openSession}
                />
                {total > traces.length && (
                  <p class="dim">
                    <WithCode text={`${total - traces.length} more: \`opper-agent traces --limit 0\` lists all.`} />
                  </p>
                )}
                <Notes notes={notes} />
              </>
            )}
      </WithAnswer>
    </>
  );
}

/** What Opper is asked for leaves the machine: that is said before, with the host that hears it. */
function Asking({ mayAsk, traces, isAsked, answer, onAsk }: {
  readonly mayAsk: boolean;
  readonly traces: readonly TraceJson[];
  readonly isAsked: boolean;
  readonly answer: ReturnType<typeof useAnswer<TracesOutput>>;
  readonly onAsk: () => void;
}): VNode {
  if (!mayAsk) {
    return (
      <p class="dim no-print">
        <WithCode text="To ask Opper what it knows of them, start `opper-agent dashboard --remote-traces`." />
      </p>
    );
  }
  const hosts = [...new Set(traces.map(({ host }) => host))];
  const count = Math.min(MOST_ASKED, traces.length);
  const which = traces.length > count ? `the latest ${count} traces` : "these traces";
  const problem = answer.answer?.traces.find(({ remote }) => remote?.problem !== undefined)?.remote?.problem;
  return (
    <div class="no-print">
      <p class="buttons">
        <button type="button" class="button" disabled={isAsked && answer.state === "loading"} onClick={onAsk}>
          Ask Opper
        </button>
        <span class="dim">
          asks {hosts.join(" and ")} for the status and the spans of {which}. Nothing is asked before.
        </span>
      </p>
      {isAsked && (
        <WithAnswer of={answer} rows={1} what="what Opper says">
          {() => problem && <p class="dim">{problem}</p>}
        </WithAnswer>
      )}
    </div>
  );
}

function withRemote(traces: readonly TraceJson[], answer: TracesOutput | undefined): readonly TraceJson[] {
  if (answer === undefined) return traces;
  const remotes = new Map(answer.traces.map(({ traceId, remote }) => [traceId, remote]));
  return traces.map((trace) => ({ ...trace, remote: remotes.get(trace.traceId) }));
}

function openSession({ shortId, launcher, sessionId }: TraceJson): void {
  if (shortId !== undefined) go({ page: "session", path: [launcher, sessionId] });
}

function columnsOf(look: PageLook, hasRemote: boolean): readonly TableColumn<TraceJson>[] {
  // A bare figure says nothing on a card, which has no head.
  const figure = (title: string, width: number, cell: (trace: TraceJson) => string | undefined) =>
    figureColumn(title, width, (trace: TraceJson) => cell(trace) ?? "?", 0);
  return [
    textColumn(
      "Opened",
      14,
      ({ openedAt }) => openedAt === undefined ? "?" : formatTime(Date.parse(openedAt), look.timezone, now.peek()),
      1,
    ),
    textColumn("Session", 14, (trace) => <SessionLink trace={trace} />, 1),
    textColumn("Project", [12, 2], ({ cwd }) => <span title={cwd}>{shortProject(cwd)}</span>),
    textColumn("Agent", 9, ({ launcher }) => launcher),
    textColumn("Ended with", 11, endText, 0),
    figure("Turns", 8, ({ turns }) => turns === undefined ? undefined : formatCount(turns)),
    figure("Tokens", 9, ({ usage }) => usage && formatTokens(totalTokens(usage))),
    figure("From cache", 11, ({ usage, cacheHitRatio }) => usage && percentCell(cacheHitRatio).text),
    figureColumn("Cost", 10, ({ cost }) => cost === undefined ? "?" : costCell(cost, look).text, 1),
    ...(hasRemote
      ? [
        textColumn<TraceJson>("Status", 12, ({ remote }) => remote?.status ?? "?"),
        figureColumn<TraceJson>("Spans", 8, ({ remote }) => remote?.spans ?? "?"),
        figureColumn<TraceJson>("Duration", 10, ({ remote }) => formatDuration(remote?.durationMs)),
      ]
      : []),
    textColumn(
      "Trace",
      [12, 1],
      ({ traceId, link }) => <a class="mono" href={link} target="_blank" rel="noreferrer" title={traceId}>{traceId}</a>,
      3,
    ),
  ];
}

function SessionLink({ trace: { shortId, launcher, sessionId } }: { readonly trace: TraceJson }): VNode {
  if (shortId === undefined) return <span class="dim">not kept</span>;
  return <a href={linkTo({ page: "session", path: [launcher, sessionId] })}>{shortId}</a>;
}

/** Absent while the launch runs, and where it was killed. */
function endText({ exitStatus }: TraceJson): string {
  return exitStatus === undefined ? "-" : exitStatus === 0 ? "0" : `status ${exitStatus}`;
}
