/** What a bill is compared with, and what comes of it: shared by the bills of all gateways. */
import type { BillComparison, BillRow } from "../../core/bill/bill.ts";
import type { EpochMs, Usd } from "../../core/model.ts";
import { isoTime } from "../../core/iso_time.ts";
import type { OpenEvidence } from "../../evidence/open_evidence.ts";
import type { UsageIndex } from "../../scan/index/usage_index.ts";
import type { OperationContext } from "../contract/context.ts";
import type { ReconcileAnswer, ReconcileRow, ReconcileSpan } from "./reconcile_output.ts";
import type { UtcSpan } from "./utc_spans.ts";

/** Made once the bill is read. */
export interface BillSources {
  readonly scan: UsageIndex;
  /** Undefined where there is none that can be used. */
  readonly evidence: OpenEvidence | undefined;
  readonly context: OperationContext;
  /** Told how many sessions could not be read, where there are some. */
  onUnreadable(sessions: number): void;
  /** Told that the evidence could not be listed. */
  onFault(): void;
}

/** What follows from bill and logs. */
export type ComparedBill = Pick<ReconcileAnswer, "spans" | "rows" | "launches" | "organization">;

/** A bill that was read, and not yet compared. */
export interface ReadBill {
  readonly head: Pick<ReconcileAnswer, "gateway" | "level" | "month" | "host" | "key" | "file">;
  compare(sources: BillSources): Promise<ComparedBill>;
}

/** What a bill says beside its amount. */
export interface BilledMore {
  readonly byokUsd?: Usd;
  readonly requests?: number;
}

/** @param now A span that runs ends here */
export function spanJson(
  span: ReconcileSpan["span"],
  { since, until }: UtcSpan,
  now: EpochMs,
  comparison: BillComparison,
  { byokUsd, requests }: BilledMore = {},
): ReconcileSpan {
  const { billedUsd, local, differenceUsd, explained, unexplainedUsd } = comparison;
  return {
    span,
    since: isoTime(since)!,
    until: isoTime(Math.min(until, now))!,
    billedUsd,
    ...(byokUsd === undefined || byokUsd === 0 ? {} : { byokUsd }),
    ...(requests === undefined ? {} : { requests }),
    local: { ...local },
    differenceUsd,
    explained: explained.map((part) => ({ ...part })),
    unexplainedUsd,
  };
}

/** @param groupKey What the row is of */
export function rowJson({ group, ...row }: BillRow, groupKey: "day" | "launchId" = "day"): ReconcileRow {
  return { [groupKey]: group, ...row, local: { ...row.local } };
}
