/** The traces that launches opened, as their ledgers have them. */
import { type LaunchLedger, listLaunches, tracesOf } from "../../launch/ledger/ledger.ts";
import type { BilledRecord, SessionRecord } from "../../launch/ledger/records.ts";
import { comparePlaces, type Place } from "../report/paging.ts";

/** A trace, and the launch that used it last. */
export interface OpenedTrace {
  readonly record: SessionRecord;
  readonly ledger: LaunchLedger;
  /** What the gateway said with its answers that the trace cost, in all launches. Undefined where it said nothing. */
  readonly billed?: BilledRecord;
}

/** Each trace once, with the launch that used it last; newest first. @param launches Newest first */
export function openedTraces(launches: readonly LaunchLedger[]): readonly OpenedTrace[] {
  const byTrace = new Map<string, OpenedTrace>();
  const billed = billedTraces(launches);
  for (const ledger of launches) {
    for (const record of tracesOf(ledger)) {
      if (!byTrace.has(record.traceId)) {
        byTrace.set(record.traceId, { record, ledger, billed: billed.get(record.traceId) });
      }
    }
  }
  return [...byTrace.values()].sort((a, b) => comparePlaces(placeOfTrace(b), placeOfTrace(a)));
}

function billedTraces(launches: readonly LaunchLedger[]): ReadonlyMap<string, BilledRecord> {
  const sums = new Map<string, BilledRecord>();
  for (const { billed } of launches) {
    for (const record of billed.values()) {
      const sum = sums.get(record.traceId);
      sums.set(
        record.traceId,
        sum === undefined ? record : {
          ...sum,
          at: Math.max(sum.at, record.at),
          requests: sum.requests + record.requests,
          billedRequests: sum.billedRequests + record.billedRequests,
          usd: sum.usd + record.usd,
        },
      );
    }
  }
  return sums;
}

/** The same for all launches that there were. */
export function listOpenedTraces(stateDirectory: string): readonly OpenedTrace[] {
  return openedTraces(listLaunches(stateDirectory));
}

/** By when it was opened. */
export function placeOfTrace({ record }: OpenedTrace): Place {
  return [record.at, record.traceId];
}
