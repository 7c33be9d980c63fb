/** Who served a response behind its provider, and where it was routed elsewhere, in a few words. Pure. */
import type { Reroute } from "../../core/cache/reroute.ts";
import { causeText } from "./cause_text.ts";

/** What is told of a turn. */
export interface Via {
  readonly upstream?: {
    readonly provider: string;
    readonly attempts?: readonly { readonly provider: string; readonly status?: number }[];
  };
  readonly replayOf?: string;
}

/** `Anthropic`, `Google ← Anthropic 529` where others were tried before, `cache replay`; nothing where it is not known. */
export function viaText({ upstream, replayOf }: Via): string {
  if (replayOf !== undefined) return "cache replay";
  if (upstream === undefined) return "";
  const failed = upstream.attempts?.slice(0, -1) ?? [];
  if (failed.length === 0) return upstream.provider;
  return `${upstream.provider} ← ${failed.map(attemptText).join(", ")}`;
}

function attemptText({ provider, status }: { readonly provider: string; readonly status?: number }): string {
  return status === undefined ? provider : `${provider} ${status}`;
}

/** `Anthropic to Google, failover after 529`. */
function rerouteText({ from, to, cause, status }: Reroute): string {
  const why = {
    failover: status === undefined ? "failover" : `failover after ${status}`,
    sticky_expired: "10 minutes without a request",
    unknown: "why is not known",
  }[cause];
  return `${from} to ${to}, ${why}`;
}

/** `expired`; of a re-route where it went, too: `rerouted (Anthropic to Google, failover after 529)`. */
export function missCauseText({ cause, rerouted }: { readonly cause: string; readonly rerouted?: Reroute }): string {
  const text = causeText(cause);
  return cause === "rerouted" && rerouted !== undefined ? `${text} (${rerouteText(rerouted)})` : text;
}

/** The same, the shorter one first left out where there is little room. */
export function causeForms(miss: Parameters<typeof missCauseText>[0]): readonly string[] | undefined {
  return miss.cause === "rerouted" ? [missCauseText(miss), causeText(miss.cause)] : undefined;
}
