/** How much of what gateways could say of responses is known. */
import type { EpochMs, Turn } from "../../../core/model.ts";
import type { LogEvidence } from "../log_evidence.ts";
import { countAskable } from "../tables/askable_logs.ts";
import type { IndexStore } from "../tables/store.ts";

/** Of some turns. */
export interface KnownResponses {
  /** Turns whose response can be asked for. */
  readonly turns: number;
  readonly found: number;
  /** Not known to the gateway. */
  readonly missing: number;
  /** When it was asked last, for whatever response. */
  readonly askedAt?: EpochMs;
}

/** @param turns @default those of all logs: what is missing is then told as far as it can be of these */
export function countKnown(
  store: IndexStore,
  evidence: LogEvidence | undefined,
  turns: readonly Pick<Turn, "responseId" | "evidence">[] | undefined,
): KnownResponses {
  const counts = evidence?.counts();
  const { lastAskedAt } = counts ?? {};
  const asked = lastAskedAt === undefined ? {} : { askedAt: lastAskedAt };
  if (turns === undefined) {
    const { ids, found } = countAskable(store);
    return { turns: ids, found, missing: Math.min(ids - found, counts?.missing ?? 0), ...asked };
  }
  const askable = turns.filter(({ responseId }) => responseId !== undefined);
  const unknown = askable.filter((turn) => turn.evidence === undefined);
  const missing = evidence === undefined
    ? []
    : unknown.filter(({ responseId }) => evidence.stateOf(responseId!) === "missing");
  return { turns: askable.length, found: askable.length - unknown.length, missing: missing.length, ...asked };
}
