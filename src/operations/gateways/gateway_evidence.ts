/** What `doctor` says of the answers that `enrich` kept: how many there are, and how many turns were not asked about. */
import { isoTime } from "../../core/iso_time.ts";
import { openEvidence } from "../../evidence/open_evidence.ts";
import type { IndexedSession } from "../../scan/index/ask/lazy_report.ts";
import type { UsageIndex } from "../../scan/index/usage_index.ts";
import type { Cell } from "../contract/view.ts";
import { formatCount } from "../report/format.ts";
import { countOf } from "../report/notes.ts";
import { listAskableTurns } from "./list_askable_turns.ts";

/** Undefined times are those of what never happened. */
export interface GatewayEvidence {
  readonly found: number;
  readonly missing: number;
  readonly unread: number;
  readonly notAsked: number;
  readonly lastAskedAt?: string;
  readonly bytes: number;
}

/** @returns undefined where there are no answers, and no turn to be asked about */
export async function gatherGatewayEvidence(
  scan: Pick<UsageIndex, "turnsOf">,
  sessions: readonly IndexedSession[],
  stateDirectory: string,
  onWarning: (message: string) => void,
): Promise<GatewayEvidence | undefined> {
  const { turns } = await listAskableTurns(scan, sessions);
  const evidence = await openEvidence({ stateDirectory, onWarning });
  if (evidence === undefined) {
    return turns.length === 0 ? undefined : { found: 0, missing: 0, unread: 0, notAsked: turns.length, bytes: 0 };
  }
  const { found, missing, unread, bytes, lastAskedAt } = evidence.counts();
  const notAsked = turns.filter(({ id }) => evidence.stateOf(id) === "unasked").length;
  evidence.close();
  return { found, missing, unread, notAsked, lastAskedAt: isoTime(lastAskedAt), bytes };
}

/** @param size How many bytes are told */
export function gatewayEvidenceFacts(
  evidence: GatewayEvidence | undefined,
  size: (bytes: number) => string,
): [string, Cell][] {
  if (evidence === undefined) return [];
  const { found, missing, unread, notAsked, lastAskedAt, bytes } = evidence;
  const parts = [
    `${countOf(found, "answer")} of OpenRouter`,
    ...(missing > 0 ? [`${formatCount(missing)} missing there`] : []),
    ...(unread > 0 ? [`${formatCount(unread)} not understood`] : []),
    ...(notAsked > 0 ? [`${countOf(notAsked, "turn")} not asked about: opper-agent enrich`] : []),
    ...(lastAskedAt === undefined ? [] : [`last asked ${lastAskedAt.slice(0, 16).replace("T", " ")} UTC`]),
    ...(bytes > 0 ? [size(bytes)] : []),
  ];
  return [["Evidence", { text: parts.join(", ") }]];
}
