/**
 * Tells why a request of a conversation went to another host than the one before: a cache that is at one host is nowhere
 * else. Of gateways that say who served a response, which is asked of them apart (evidence.ts).
 */
import type { EpochMs } from "../model.ts";
import { STICKY_MS } from "./sticky_routing.ts";
import type { TurnAttempt, TurnEvidence } from "../turn_evidence.ts";
import { upstreamOf } from "../turn_evidence.ts";

/**
 * - `failover`: the host before, or another one, was tried first and failed
 * - `sticky_expired`: so long after the request before that the gateway no longer kept to its host
 */
export type RerouteCause = "failover" | "sticky_expired" | "unknown";

/** All of them, in the order in which the index numbers them. */
export const REROUTE_CAUSES: readonly RerouteCause[] = ["unknown", "failover", "sticky_expired"];

/** From which host to which. */
export interface Reroute {
  readonly from: string;
  readonly to: string;
  readonly cause: RerouteCause;
  /** HTTP status that the host before it answered with. With `failover` alone, where it is known. */
  readonly status?: number;
}

/** @param from Who served what came before @returns undefined where it was the same one, or one of the two is not known */
export function rerouteOf(
  from: { readonly upstream?: string; readonly at: EpochMs } | undefined,
  turn: { readonly at: EpochMs; readonly evidence?: TurnEvidence },
): Reroute | undefined {
  const to = upstreamOf(turn);
  if (to === undefined || from === undefined) return undefined;
  const failed = turn.evidence?.attempts?.slice(0, -1).filter(({ provider }) => provider !== to) ?? [];
  // Whom the gateway turned to first is the one that it kept to.
  const known = from.upstream ?? failed[0]?.provider;
  if (known === undefined || known === to) return undefined;
  const isOver = turn.at - from.at >= STICKY_MS;
  const failure = failed.find(({ provider }) => provider === known) ?? (isOver ? undefined : failed[0]);
  if (failure !== undefined) return { from: known, to, cause: "failover", ...statusOf(failure) };
  return { from: known, to, cause: isOver ? "sticky_expired" : "unknown" };
}

function statusOf({ status }: TurnAttempt): Pick<Reroute, "status"> {
  return status === undefined ? {} : { status };
}
