/**
 * Turns as rows of the index: flat lists of plain values, which are cheap to hand from thread to thread and to bind.
 * The order of the columns is known here and in index_store.ts alone.
 */
import type { ModelRef, Turn } from "../core/model.ts";
import { needsPrice, type PriceBook, turnCost } from "../core/pricing.ts";
import type { RecordedTurn } from "./source.ts";

/** The values of {@linkcode TURN_COLUMNS}. */
export type TurnValues = readonly (string | number | null)[];

/** All columns of a turn but its file, its source and whether it counts. */
export const TURN_COLUMNS = [
  "seq",
  "key",
  "original_key",
  "replay_key",
  "replay",
  "copied",
  "at",
  "ended_at",
  "provider",
  "model",
  "chain",
  "input",
  "cache_read",
  "cache_write",
  "cache_write_1h",
  "output",
  "reported",
  "requested_ttl_ms",
  "after_compaction",
  "usd",
  "basis",
] as const;

/** The turns of one log, some of which are still to be priced. */
export interface EncodedTurns {
  readonly rows: readonly TurnValues[];
  /** Turns that need the price data, by their place in `rows`. */
  readonly unpriced: readonly (Pick<Turn, "key" | "at" | "model" | "usage" | "chain"> & { readonly row: number })[];
}

export function encodeTurns(turns: readonly { readonly seq: number; readonly turn: RecordedTurn }[]): EncodedTurns {
  const rows: TurnValues[] = [];
  const unpriced: EncodedTurns["unpriced"][number][] = [];
  for (const { seq, turn } of turns) {
    const { key, at, model, usage, chain } = turn;
    if (needsPrice(turn)) unpriced.push({ row: rows.length, key, at, model, usage, chain });
    const { usd, basis } = turnCost(turn, undefined);
    rows.push([
      seq,
      key,
      turn.originalKey ?? null,
      turn.replayKey ?? null,
      Number(turn.replay ?? false),
      Number(turn.copied ?? false),
      at,
      turn.endedAt ?? null,
      model.provider,
      model.model,
      chain,
      usage.input,
      usage.cacheRead,
      usage.cacheWrite,
      usage.cacheWrite1h,
      usage.output,
      turn.reported === undefined ? null : JSON.stringify(turn.reported),
      turn.requestedTtlMs ?? null,
      Number(turn.afterCompaction ?? false),
      usd ?? null,
      basis,
    ]);
  }
  return { rows, unpriced };
}

/** @param bookFor Called once, if any turn needs the price data */
export async function priceTurns(
  { rows, unpriced }: EncodedTurns,
  bookFor: (models: Iterable<ModelRef>) => Promise<PriceBook>,
): Promise<readonly TurnValues[]> {
  if (unpriced.length === 0) return rows;
  const book = await bookFor(unpriced.map(({ model }) => model));
  const priced = [...rows];
  for (const { row, ...turn } of unpriced) {
    const { usd, basis } = turnCost(turn, book);
    priced[row] = [...rows[row]!.slice(0, -2), usd ?? null, basis];
  }
  return priced;
}
