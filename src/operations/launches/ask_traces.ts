/**
 * Asks Opper for traces: with one key, only the host that this key is for, and a few at a time. Keeps nothing; who wants to
 * keep what was found is enrich_traces.ts.
 */
import { KEY_VARIABLE } from "../../gateways/opper/api_key.ts";
import { GatewayError, type GatewayFailure } from "../../gateways/request_json.ts";
import type { Trace } from "../../gateways/opper/client.ts";
import { sumSpans, type TraceEvidence } from "../../core/trace_evidence.ts";
import { type AccountChoice, openAccount } from "../account/open_account.ts";
import type { AccountContext } from "../contract/account_context.ts";

/** How many are asked for at once: each answer may take some megabytes. */
const ASKED_AT_ONCE = 4;

/** After these nobody is asked for the rest: every one of them would take as long, or be as futile. */
const ENDS_ASKING: ReadonlySet<GatewayFailure> = new Set(["refused", "unreachable", "timeout", "certificate"]);

/** A trace, or why there is none. */
export type AskedTrace = {
  readonly trace: TraceEvidence;
  readonly problem?: undefined;
  readonly isMissing?: undefined;
} | {
  readonly trace?: undefined;
  readonly problem: string;
  /** Whether the gateway was asked and does not know it. */
  readonly isMissing?: boolean;
};

/** One key, and the host that it is for. */
export interface TraceAsker {
  readonly host: string;
  /** Where the key is from, for people. */
  readonly origin: string;
  /** Of the key that is used; says nothing about it. */
  readonly keyFingerprint: string;
  /** Why nobody is asked any more. */
  readonly ended: string | undefined;
  /**
   * @param launchHost Where the launch went to: no other host is sent this key
   * @throws {AgentError} failed, when the key is refused
   */
  ask(traceId: string, launchHost: string): Promise<AskedTrace>;
}

/** @throws {AgentError} failed, when there is no key */
export function openTraceAsker(choice: AccountChoice, account: AccountContext): TraceAsker {
  const { host, client, credentials } = openAccount(account, choice);
  const places: Promise<unknown>[] = Array.from({ length: ASKED_AT_ONCE }, () => Promise.resolve());
  let next = 0;
  let ended: string | undefined;
  const ask = async (traceId: string): Promise<AskedTrace> => {
    if (ended !== undefined) return { problem: ended };
    try {
      return { trace: evidenceOf(traceId, await client.getTrace(traceId)) };
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      if (error.failure === "not_found") {
        return { problem: `${host} does not know this trace; it may take a moment until it does.`, isMissing: true };
      }
      if (ENDS_ASKING.has(error.failure)) ended = error.summary;
      if (error.failure === "refused") throw error;
      return { problem: error.summary };
    }
  };
  return {
    host,
    origin: credentials.slot === undefined ? KEY_VARIABLE : `the stored key "${credentials.slot}"`,
    keyFingerprint: client.keyFingerprint,
    get ended() {
      return ended;
    },
    ask(traceId, launchHost) {
      if (launchHost !== host) {
        return Promise.resolve({ problem: `This trace is at ${launchHost}, and the key is for ${host}.` });
      }
      const place = next++ % ASKED_AT_ONCE;
      const answer = places[place]!.then(() => ask(traceId));
      // Who waits for the answer hears of an error.
      places[place] = answer.catch(() => {});
      return answer;
    },
  };
}

/** Without names, which may be somebody's. A trace that says no sum of its own is what its spans add up to. */
function evidenceOf(traceId: string, { id: _, name: __, spans, ...own }: Trace): TraceEvidence {
  const kept = spans.map(({ name: _, ...span }) => span);
  return { ...sumSpans(kept), ...own, traceId, spans: kept };
}
