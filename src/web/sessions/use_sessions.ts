/** All sessions that the filters of the header let through, kept up to date by the live stream. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { filtersOf, isFiltered, type Route } from "../address.ts";
import { type AnswerState, useAnswer, useClient } from "../client.ts";
import type { SessionsOutput } from "../../operations/usage/sessions_output.ts";
import { mergeSessions } from "./merge_sessions.ts";
import { type ListedSession, readSessions } from "./read_sessions.ts";
import { useValue } from "../use_value.ts";

/** The list, in whichever state it is. */
export interface SessionsAnswer extends Pick<AnswerState<unknown>, "state" | "error"> {
  readonly answer?: { readonly sessions: readonly ListedSession[]; readonly notes: readonly string[] };
}

/** The whole list is asked for once; where a filter is set, again with each change, since only the program can apply it. */
export function useSessions(route: Route): SessionsAnswer {
  const { changes } = useValue(useClient().live);
  const filters = filtersOf(route);
  const hasFilter = isFiltered(filters);
  // What could not be merged is asked for again.
  const [asked, setAsked] = useState(0);
  const { state, answer, error } = useAnswer<SessionsOutput>("sessions", { ...filters, brief: true, limit: 0 }, {
    follows: hasFilter || asked,
  });
  const read = useMemo(() => answer && readSessions(answer), [answer]);
  const [merged, setMerged] = useState<readonly ListedSession[]>();
  useEffect(() => setMerged(read), [read]);
  useEffect(() => {
    if (changes === undefined || merged === undefined || hasFilter) return;
    const next = mergeSessions(merged, changes as Parameters<typeof mergeSessions>[1]);
    if (next === undefined) setAsked((count) => count + 1);
    else setMerged(next);
  }, [changes]);
  const sessions = merged ?? read;
  return { state, error, answer: answer && sessions && { sessions, notes: answer.notes } };
}
