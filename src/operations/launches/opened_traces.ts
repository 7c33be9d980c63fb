/** The traces that launches opened, as their ledgers have them. */
import { type LaunchLedger, listLaunches, tracesOf } from "../../launch/ledger/ledger.ts";
import type { SessionRecord } from "../../launch/ledger/records.ts";
import { comparePlaces, type Place } from "../report/paging.ts";

/** A trace, and the launch that used it last. */
export interface OpenedTrace {
  readonly record: SessionRecord;
  readonly ledger: LaunchLedger;
}

/** Each trace once, with the launch that used it last; newest first. @param launches Newest first */
export function openedTraces(launches: readonly LaunchLedger[]): readonly OpenedTrace[] {
  const byTrace = new Map<string, OpenedTrace>();
  for (const ledger of launches) {
    for (const record of tracesOf(ledger)) {
      if (!byTrace.has(record.traceId)) byTrace.set(record.traceId, { record, ledger });
    }
  }
  return [...byTrace.values()].sort((a, b) => comparePlaces(placeOfTrace(b), placeOfTrace(a)));
}

/** The same for all launches that there were. */
export function listOpenedTraces(stateDirectory: string): readonly OpenedTrace[] {
  return openedTraces(listLaunches(stateDirectory));
}

/** By when it was opened. */
export function placeOfTrace({ record }: OpenedTrace): Place {
  return [record.at, record.traceId];
}
