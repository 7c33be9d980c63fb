/** The page of one session: its prompts turn after turn, what each cost, where the cache was lost, and why. */
import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import { isKnownAsTotals } from "../../core/known_as_totals.ts";
import type { SessionOutput } from "../../operations/usage/session_output.ts";
import { linkTo, type Route } from "../address.ts";
import { useAnswer } from "../client.ts";
import { ChainLanes } from "../session/chain_lanes.tsx";
import { timeAtWork } from "../session/find_pauses.ts";
import { LastPrompt } from "../session/last_prompt.tsx";
import { readChain, readTurns } from "../session/read_turns.ts";
import { SaidLast } from "../session/said_last.tsx";
import { SessionHead } from "../session/session_head.tsx";
import { TurnCharts } from "../session/turn_charts.tsx";
import { TurnTable } from "../session/turn_table.tsx";
import { useChanges } from "../session/use_changes.ts";
import { useStages } from "../session/use_stages.ts";
import { useTurn } from "../session/use_turn.ts";
import { Empty, Notes, WithAnswer } from "../states.tsx";

/** Its address has the source and the id: `#/session/claude/0198…`. */
export function SessionPage({ route }: { readonly route: Route }): VNode {
  const id = route.path[1] ?? route.path[0];
  const changes = useChanges(id);
  const answer = useAnswer<SessionOutput>(id === undefined ? undefined : "session", {
    session: id,
    turns: true,
    limit: 0,
  }, { follows: changes });
  const list = <a href={linkTo({ page: "sessions" })}>All sessions</a>;
  if (id === undefined) return <Empty title="Session" says="The address names no session.">{list}</Empty>;
  return (
    <>
      <p class="page-back no-print">{list}</p>
      {answer.answer === undefined && <h1 class="hidden-text">Session</h1>}
      <WithAnswer of={answer} rows={10} what="the session">
        {(output) => <Session key={output.session.sessionId} {...{ route, output, changes }} />}
      </WithAnswer>
    </>
  );
}

function Session({ route, output, changes }: {
  readonly route: Route;
  readonly output: SessionOutput;
  readonly changes: number;
}): VNode {
  const { session, chains, notes } = output;
  const turns = useMemo(() => readTurns(output.turns ?? []), [output.turns]);
  const [turn, choose] = useTurn(route, turns);
  const chain = readChain(route.query, turns);
  const stage = useStages(3);
  const shown = useMemo(
    () => chain === undefined ? turns : turns.filter((each) => each.chain === chain),
    [turns, chain],
  );
  return (
    <>
      <SessionHead output={output} atWorkMs={timeAtWork(turns)} />
      {turns.length === 0 ? <Empty says={whyNoTurn(session)} /> : (
        <>
          <section aria-label="Turns as a picture">
            <TurnCharts {...{ route, output, turns, turn }} onTurn={choose} hasCosts={stage > 0} />
          </section>
          {stage > 1 && (
            <section>
              <h2>Misses</h2>
              <TurnTable turns={shown} turn={turn} onTurn={choose} onlyMisses />
            </section>
          )}
        </>
      )}
      {stage < 3 ? <section aria-busy="true" /> : (
        <>
          {chains.length > 1 && (
            <section>
              <h2>Chains</h2>
              <ChainLanes chains={chains} turns={turns} chain={chain} />
            </section>
          )}
          {turns.length > 0 && (
            <section>
              <h2>Turns</h2>
              <TurnTable turns={shown} turn={turn} onTurn={choose} />
            </section>
          )}
          <section>
            <h2>What fills the prompt</h2>
            <LastPrompt id={session.sessionId} changes={changes} />
          </section>
          <SaidLast id={session.sessionId} />
          <Notes notes={notes} />
        </>
      )}
    </>
  );
}

function whyNoTurn(session: SessionOutput["session"]): string {
  if (isKnownAsTotals(session)) return "Its agent records sums and no single responses: there are no turns to draw.";
  return session.turns > 0 ? "Its turns were deleted from their database." : "No billed turn yet.";
}
