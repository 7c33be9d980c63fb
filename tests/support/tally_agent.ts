/**
 * An agent that there is not, for what only few agents write: sums in the place of responses (Hermes, Droid, Copilot of
 * before), costs in credits and a cache's expiry (Copilot), and both responses and sums in one session (Goose).
 */
import type { LoggedAgent } from "../../src/agents/agent.ts";
import { AGENTS, LOGGED_AGENTS } from "../../src/agents/agents.ts";
import { count, type Fields, flag, name, numeric, type Row, time, whole } from "../../src/agents/fields.ts";
import type { RecordResult, Source, TurnDraft } from "../../src/agents/source.ts";
import { type EpochMs, MAIN_CHAIN, type ReportedCost, type SessionFacts } from "../../src/core/model.ts";

interface State {
  sessionId?: string;
  cwd?: string;
  startedAt?: EpochMs;
  lastActivityAt?: EpochMs;
}

const FIELDS = {
  kind: name("kind"),
  id: name("id"),
  cwd: name("cwd"),
  at: time("at"),
  last: time("last"),
  provider: name("provider"),
  model: name("model"),
  chain: name("chain"),
  input: count("input"),
  cacheRead: count("cacheRead"),
  cacheWrite: count("cacheWrite"),
  output: count("output"),
  /** Of a sum: more than a response may have. */
  inputs: whole("inputs"),
  requests: whole("requests"),
  usd: numeric("usd"),
  credits: numeric("credits"),
  expires: time("expires"),
  compacted: flag("compacted"),
} satisfies Fields;

const source: Source<State, typeof FIELDS> = {
  needles: ['"kind"'],
  fields: FIELDS,
  start: () => ({}),
  fold(state, row): RecordResult<State> {
    const { kind, at } = row;
    if (kind === "session") {
      return { state: { ...state, sessionId: row.id, cwd: row.cwd, startedAt: at, lastActivityAt: at } };
    }
    if (at !== undefined) state.lastActivityAt = Math.max(state.lastActivityAt ?? 0, row.last ?? at);
    if (at === undefined || row.id === undefined || row.model === undefined) return { state };
    if (kind === "turn") return { state, turns: [turnOf(row, row.id, at, row.model)] };
    if (kind !== "total") return { state };
    const { id: key, model, last: lastAt = at, requests, chain } = row;
    const { usage, reported } = turnOf(row, key, at, model);
    const total = { key, model: modelOf(row, model), usage, reported, requests, chain, firstAt: at, lastAt };
    return { state, totals: [total] };
  },
  uncounted: ({ kind }) => kind === "turn" || kind === "total" ? "response" : undefined,
  session: ({ sessionId, ...facts }): SessionFacts | undefined =>
    sessionId === undefined ? undefined : { sessionId, ...facts },
  text: () => undefined,
};

function modelOf({ provider = "unknown" }: Row<typeof FIELDS>, model: string) {
  return { provider, model };
}

function turnOf(row: Row<typeof FIELDS>, key: string, at: EpochMs, model: string): TurnDraft {
  const { input = 0, inputs = input, cacheRead = 0, cacheWrite = 0, output = 0, chain = MAIN_CHAIN } = row;
  const usage = { input: inputs, cacheRead, cacheWrite, cacheWrite1h: 0, output };
  const turn: TurnDraft = { key, at, model: modelOf(row, model), usage, chain };
  const reported = reportedOf(row);
  if (reported !== undefined) turn.reported = reported;
  if (row.expires !== undefined) turn.cacheExpiresAt = row.expires;
  if (row.compacted) turn.afterCompaction = true;
  return turn;
}

function reportedOf({ usd, credits }: Row<typeof FIELDS>): ReportedCost | undefined {
  if (usd === undefined && credits === undefined) return undefined;
  return credits === undefined ? { usd: usd! } : { usd: usd ?? 0, credits };
}

export const tally: LoggedAgent = {
  id: "tally",
  title: "Tally",
  variables: {},
  checkedWith: [],
  logs: {
    version: 1,
    roots: ({ home, join }) => [join(home, ".tally")],
    stores: [{ form: "lines", id: "lines", matches: (relativePath) => relativePath.endsWith(".jsonl") }],
    isOwnName: () => false,
    wrote: () => false,
  },
  source: () => Promise.resolve(source),
};

/** Has this process look for its logs as for those of any other agent. */
export function registerTally(): void {
  for (const agents of [AGENTS, LOGGED_AGENTS] as LoggedAgent[][]) {
    if (!agents.includes(tally)) agents.push(tally);
  }
}
