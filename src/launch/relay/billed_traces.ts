/** What the gateway says of each call that it costs, added up by trace: known at once, where its reports lag behind. */
import type { Usd } from "../../core/model.ts";

/** US dollars of this call (Opper's OpenAPI of `/v3/compat/*`, read 2026-11-26). */
const COST_HEADER = "x-opper-cost";

/** What is known of a trace. */
export interface BilledTrace {
  readonly traceId: string;
  /** Calls that were answered with success. */
  readonly requests: number;
  /** Those of them that said what they cost. */
  readonly billedRequests: number;
  /** Sum of what they said. */
  readonly usd: Usd;
}

export class BilledTraces {
  readonly #byTrace = new Map<string, BilledTrace>();
  readonly #changed = new Set<string>();

  /** To be called of each call that was answered with success. */
  add(traceId: string, answer: Headers): void {
    const said = answer.get(COST_HEADER)?.trim();
    const usd = said ? Number(said) : NaN;
    const isBilled = Number.isFinite(usd) && usd >= 0;
    const known = this.#byTrace.get(traceId) ?? { traceId, requests: 0, billedRequests: 0, usd: 0 };
    const sum = {
      traceId,
      requests: known.requests + 1,
      billedRequests: known.billedRequests + (isBilled ? 1 : 0),
      usd: known.usd + (isBilled ? usd : 0),
    };
    this.#byTrace.set(traceId, sum);
    if (sum.billedRequests > 0) this.#changed.add(traceId);
  }

  /** What changed since this was last asked, of traces with any cost. */
  takeChanges(): readonly BilledTrace[] {
    const changes = [...this.#changed].map((traceId) => this.#byTrace.get(traceId)!);
    this.#changed.clear();
    return changes;
  }
}
