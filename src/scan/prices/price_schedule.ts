/**
 * The prices of one model over time, as plain data, so that the index can keep what was once looked up in the price data
 * (prices/public_prices.ts) and a scan that meets known models alone need not load it.
 */
import type { EpochMs } from "../../core/model.ts";
import type { PriceTable } from "../../core/cost/price_table.ts";

/** Survives JSON. */
export interface PriceSchedule {
  /** In the order of the price data. Of several that hold at a time the last one counts; if none does, the first. */
  readonly lists: readonly PriceList[];
  /**
   * Which list says so, when it is not the first: the second, Anthropic's figures in `claude_prices.ts`, a tool's file, or
   * the name of a server on this machine.
   */
  readonly origin?: "newer" | "claude" | "disk" | "local";
}

/** A table of prices, and when it holds. */
export interface PriceList {
  /** @default since ever */
  readonly since?: EpochMs;
  /** Milliseconds of a day in UTC, the end not included; an end before the start is on the day after. @default all day */
  readonly hours?: { readonly start: number; readonly end: number };
  /** Absent when the list says nothing that can be used. */
  readonly table?: PriceTable;
}

export const DAY_MS = 86_400_000;

/** The prices of a moment; undefined where none were known. */
export function tableAt(schedule: PriceSchedule, at: EpochMs): PriceTable | undefined {
  return listAt(schedule, at)?.table;
}

function listAt({ lists }: PriceSchedule, at: EpochMs): PriceList | undefined {
  // Most models have one list, and it holds whenever.
  if (lists.length === 1) return lists[0];
  const holds = ({ since, hours }: PriceList) => (since === undefined || at >= since) && isWithin(hours, at);
  return lists.findLast(holds) ?? lists[0];
}

/** Whether the same prices hold at both times and all between. */
export function isOneTable(schedule: PriceSchedule, since: EpochMs, until: EpochMs): boolean {
  const { lists } = schedule;
  if (lists.length === 1) return true;
  // As time goes on only later lists come to hold.
  return !lists.some(({ hours }) => hours !== undefined) && listAt(schedule, since) === listAt(schedule, until);
}

/** The same without a price for the time before. */
export function startAt(start: EpochMs, lists: readonly PriceList[]): PriceList[] {
  return [{}, ...lists.map((list) => ({ ...list, since: Math.max(start, list.since ?? start) }))];
}

function isWithin(hours: PriceList["hours"], at: EpochMs): boolean {
  if (hours === undefined) return true;
  const { start, end } = hours;
  const time = modulo(at, DAY_MS);
  return end < start ? time >= start || time < end : time >= start && time < end;
}

/** Never negative, as `%` may be. */
export function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}
