/** Groups of cells of a row (turn_row.ts) as objects. */
import type { ReportedCost, TokenUsage } from "../../../core/model.ts";
import {
  CELL_CACHE_READ,
  CELL_CACHE_WRITE,
  CELL_CACHE_WRITE1H,
  CELL_INPUT,
  CELL_OUTPUT,
  CELL_REPORTED,
  CELL_REPORTED_CACHE_READ,
  CELL_REPORTED_CACHE_WRITE,
  CELL_REPORTED_INPUT,
  CELL_REPORTED_OUTPUT,
  HAS_REPORTED,
  HAS_REPORTED_CACHE_READ,
  HAS_REPORTED_CACHE_WRITE,
  HAS_REPORTED_INPUT,
  HAS_REPORTED_OUTPUT,
  IS_BILL,
} from "./turn_row.ts";

/** Its tokens. @param start Its first cell, as for the others */
export function usageOfRow(cells: Float64Array, start: number): TokenUsage {
  return {
    input: cells[start + CELL_INPUT]!,
    cacheRead: cells[start + CELL_CACHE_READ]!,
    cacheWrite: cells[start + CELL_CACHE_WRITE]!,
    cacheWrite1h: cells[start + CELL_CACHE_WRITE1H]!,
    output: cells[start + CELL_OUTPUT]!,
  };
}

/** What its tool wrote down. @param flags Which say that it did */
export function reportedOfRow(cells: Float64Array, start: number, flags: number): ReportedCost {
  const cost: { -readonly [Part in keyof ReportedCost]: ReportedCost[Part] } = { usd: cells[start + CELL_REPORTED]! };
  if ((flags & HAS_REPORTED_INPUT) !== 0) cost.input = cells[start + CELL_REPORTED_INPUT]!;
  if ((flags & HAS_REPORTED_CACHE_READ) !== 0) cost.cacheRead = cells[start + CELL_REPORTED_CACHE_READ]!;
  if ((flags & HAS_REPORTED_CACHE_WRITE) !== 0) cost.cacheWrite = cells[start + CELL_REPORTED_CACHE_WRITE]!;
  if ((flags & HAS_REPORTED_OUTPUT) !== 0) cost.output = cells[start + CELL_REPORTED_OUTPUT]!;
  if ((flags & IS_BILL) !== 0) cost.isBill = true;
  return cost;
}

/** Writes that. @returns the flags that say so */
export function writeReported(cells: Float64Array, start: number, reported: ReportedCost): number {
  const { input, cacheRead, cacheWrite, output } = reported;
  let flags: number = HAS_REPORTED;
  cells[start + CELL_REPORTED] = reported.usd;
  if (input !== undefined) {
    flags |= HAS_REPORTED_INPUT;
    cells[start + CELL_REPORTED_INPUT] = input;
  }
  if (cacheRead !== undefined) {
    flags |= HAS_REPORTED_CACHE_READ;
    cells[start + CELL_REPORTED_CACHE_READ] = cacheRead;
  }
  if (cacheWrite !== undefined) {
    flags |= HAS_REPORTED_CACHE_WRITE;
    cells[start + CELL_REPORTED_CACHE_WRITE] = cacheWrite;
  }
  if (output !== undefined) {
    flags |= HAS_REPORTED_OUTPUT;
    cells[start + CELL_REPORTED_OUTPUT] = output;
  }
  if (reported.isBill === true) flags |= IS_BILL;
  return flags;
}
