/**
 * Which prices and rules an index was built with, and which evidence. An index built with other prices or rules is discarded;
 * with other evidence what rests on it is folded again (askable_logs.ts).
 */
import { ROLLUP_VERSION } from "../../../core/rollup_version.ts";
import type { EvidenceReader } from "../../../core/evidence.ts";
import type { IndexStore } from "./store.ts";

/** @param priceVersion `Prices.version` */
export function isOutdated(store: IndexStore, priceVersion: string): boolean {
  return store.readMeta("prices") !== priceVersion || store.readMeta("rollup") !== String(ROLLUP_VERSION);
}

/** Has the index say what it was built with, once it holds nothing that was built with anything else. */
export function noteVersions(store: IndexStore, priceVersion: string): void {
  store.writeMeta("prices", priceVersion);
  store.writeMeta("rollup", String(ROLLUP_VERSION));
}

/** Has the next scan begin with an empty index. */
export function forgetVersions(store: IndexStore): void {
  store.remove("meta", "key IN ('prices', 'rollup')");
}

const META = "evidence";
/** Of an index whose sums were made with nothing, or with what is not known: no evidence has it. */
const [NONE, DOUBTFUL] = ["0", "-1"];

/** What an index is compared with. */
export type EvidenceState = Pick<EvidenceReader, "revision"> & { readonly hasFailed: boolean };

/** Whether the sums were made with other evidence. */
export function hasOtherEvidence(store: IndexStore, evidence: EvidenceState | undefined): boolean {
  return (store.readMeta(META) ?? NONE) !== markOf(evidence);
}

/** Once all sums are made with it. */
export function noteEvidence(store: IndexStore, evidence: EvidenceState | undefined): void {
  if (hasOtherEvidence(store, evidence)) store.writeMeta(META, markOf(evidence));
}

function markOf(evidence: EvidenceState | undefined): string {
  if (evidence === undefined) return NONE!;
  return evidence.hasFailed ? DOUBTFUL! : String(evidence.revision);
}

/** Whether there is a log with turns that a gateway can be asked about. */
export function hasAskable(store: IndexStore): boolean {
  return store.get("SELECT 1 FROM askable LIMIT 1") !== undefined;
}
