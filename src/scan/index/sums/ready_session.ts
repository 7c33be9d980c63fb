/**
 * A session's JSON, written before anybody asks: as it is once its cache is cold, which that of nearly every session is.
 * What depends on other sessions is left open, and put in by who asks (ask/ready_sessions.ts): how short its id may be
 * said, and the lifetime of its cache where that is learned.
 */
import { empiricalDropoff } from "../../../core/cache/empirical_dropoff.ts";
import { settledState } from "../../../core/cache/settled_state.ts";
import { strategyOf } from "../../../core/cache/strategies.ts";
import type { LearnedLifetime, LifetimeTable } from "../../../core/cache/strategy.ts";
import { toSafeJson } from "../../../core/json/safe_json.ts";
import type { EpochMs, ModelRef } from "../../../core/model.ts";
import type { Session } from "../../../core/session.ts";
import { sessionJson } from "../../../core/session_json.ts";
import { reportSession } from "../../../core/session_report.ts";
import { isExact } from "./stored_session.ts";

/** Between the parts. JSON of one line has none. */
export const PART_SEPARATOR = "\n";

/** How many parts there are, in this order. */
export const READY_PARTS = 5;

/**
 * 0: up to the short id; 1: from there to the lifetime, or to the end; 2: from there to the end, or nothing; 3: the time
 * that the cache is cold from, or that it is reckoned from where its lifetime is learned; 4: the model of that lifetime, as
 * the JSON of provider and model, or nothing.
 *
 * @returns the parts, joined; undefined when it cannot be written beforehand
 */
export function encodeReady(session: Session): string | undefined {
  const { anchor } = session.rollup;
  if (anchor === undefined) return join(session, Number.MIN_SAFE_INTEGER, undefined);
  if (!isExact(anchor.at)) return undefined;
  if (settledState(anchor) !== undefined) return join(session, anchor.at, undefined);
  const strategy = strategyOf(anchor);
  const coldFrom = strategy.coldFrom(anchor);
  if (coldFrom !== undefined) return join(session, coldFrom, undefined);
  return strategy.id === empiricalDropoff.id ? join(session, anchor.at, anchor.model) : undefined;
}

function join(session: Session, since: EpochMs, learned: ModelRef | undefined): string {
  const report = reportSession(
    session,
    Number.MAX_SAFE_INTEGER,
    learned === undefined ? NOTHING_LEARNED : SOME_LEARNED,
  );
  // Within a text each quotation mark has a backslash before it: what begins with a bare one is a key.
  const text = toSafeJson(sessionJson(report, ""));
  const short = behind(text, ',"shortId":');
  const start = text.slice(0, short);
  const rest = short + '""'.length;
  if (learned === undefined) return [start, text.slice(rest), "", since, ""].join(PART_SEPARATOR);
  const [lifetime, evidence] = [text.indexOf(',"ttlMs":'), behind(text, ',"evidence":')];
  const model = JSON.stringify([learned.provider, learned.model]);
  return [start, text.slice(rest, lifetime), text.slice(evidence + EVIDENCE.length), since, model].join(PART_SEPARATOR);
}

function behind(text: string, key: string): number {
  return text.indexOf(key) + key.length;
}

const NOTHING_LEARNED: LifetimeTable = { lookUp: () => undefined };

/** Any will do: what depends on it is left open. */
const LEARNED: LearnedLifetime = {
  pool: "provider",
  provider: "",
  samples: 0,
  survivals: 0,
  drops: 0,
  fit: { warmUntilMs: 0, coldFromMs: 0, ttlMs: 0 },
};
const SOME_LEARNED: LifetimeTable = { lookUp: () => LEARNED };

const EVIDENCE = toSafeJson(
  empiricalDropoff.stateAt(
    { model: { provider: "", model: "" }, at: 0, tokens: 1, oneHourTokens: 0 },
    Number.MAX_SAFE_INTEGER,
    SOME_LEARNED,
  ).evidence,
);
