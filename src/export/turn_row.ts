/**
 * The row of an export: one billed response, or one sum of which an agent has no responses. Its names are the columns of
 * every form: Parquet, CSV, JSON lines.
 *
 * Columns are only ever added, at the end, and may then be null: readers take files by the names of their columns. Another
 * meaning is another {@linkcode TURN_SCHEMA}. Why these types: docs/adr/0023-export.md.
 */
import type { EpochMs } from "../core/model.ts";

/** What the columns mean. Stands in each Parquet file as `opper_agent.schema`. */
export const TURN_SCHEMA = "turns/1";

/** Money in billionths of a US dollar: DECIMAL(18,9) in Parquet, with no double on the way. */
export type NanoUsd = bigint;

/** One turn, as it leaves. */
export interface TurnRow {
  /** First 64 bits of SHA-256(source, NUL, key of the turn), with a sign: the same on every machine and in every copy. */
  readonly turn_id: bigint;
  /** As given, hashed, or empty. */
  readonly person: string;
  readonly host: string;
  /** Id of the agent that wrote the log. */
  readonly source: string;
  /** Who bills. */
  readonly provider: string;
  readonly model: string;
  /** A repository's `owner/name`, else a directory's last part; hashed, empty, or a path where that was asked for. */
  readonly project: string;
  /** The agent's own id. */
  readonly session_id: string;
  /** The session's trace at Opper, where there is one. */
  readonly trace_id: string | null;
  /** `main`, the id of a sub-agent, or the name of side requests. */
  readonly chain: string;
  /** Of the request. */
  readonly started_at: EpochMs;
  /** Of the response. */
  readonly ended_at: EpochMs | null;
  /** UTC day of `started_at`, in days since 1970-01-01. Stored, since engines take ten times as long to make it. */
  readonly day: number;
  /** Five disjoint counts. */
  readonly input_tokens: number;
  readonly cache_read_tokens: number;
  readonly cache_write_tokens: number;
  readonly cache_write_1h_tokens: number;
  readonly output_tokens: number;
  /** Null where no price is known. */
  readonly usd: NanoUsd | null;
  /** `reported`, `computed` or `none`. */
  readonly usd_basis: string;
  /** `hit`, `miss`, `first` or `none`. */
  readonly cache_outcome: string;
  /** Of a miss alone: `expired`, `model_changed`, `compacted`, `prefix_changed`, `unexplained` and the like. */
  readonly miss_cause: string | null;
  /** What the cache could give, and what of it did not come. */
  readonly expected_tokens: number;
  readonly missed_tokens: number;
  /** What the miss cost. */
  readonly missed_usd: NanoUsd | null;
  /** Milliseconds since the request before in the chain. */
  readonly gap_ms: number | null;
  /** Lifetime that the request asked for, in milliseconds. */
  readonly ttl_ms: number | null;
  /** List price of a million input tokens then, in US dollars: for what-ifs in SQL. */
  readonly input_rate: number | null;
  /** 1: only a copy's log was there to claim it. It loses against a row of the original. */
  readonly inherited: 0 | 1;
  /** When the export began that wrote the row so, as {@linkcode EpochMs}: of two rows the later one wins. */
  readonly revision: number;
  /** 1: a sum of responses of which the agent keeps no records, and no single turn. */
  readonly is_total: 0 | 1;
}

/** How a column is written. `DECIMAL` is DECIMAL(18,9). There is no BOOLEAN: ClickHouse 26.7 fails on filtered ones. */
export type ColumnType = "STRING" | "INT32" | "INT64" | "DOUBLE" | "DECIMAL" | "TIMESTAMP" | "DATE";

/** A column by its name in all forms. */
export interface TurnColumn {
  readonly name: keyof TurnRow;
  readonly type: ColumnType;
  readonly isNullable: boolean;
}

/** In the order in which they are written. */
export const TURN_COLUMNS: readonly TurnColumn[] = [
  column("turn_id", "INT64"),
  column("person", "STRING"),
  column("host", "STRING"),
  column("source", "STRING"),
  column("provider", "STRING"),
  column("model", "STRING"),
  column("project", "STRING"),
  column("session_id", "STRING"),
  column("trace_id", "STRING", true),
  column("chain", "STRING"),
  column("started_at", "TIMESTAMP"),
  column("ended_at", "TIMESTAMP", true),
  column("day", "DATE"),
  column("input_tokens", "INT32"),
  column("cache_read_tokens", "INT32"),
  column("cache_write_tokens", "INT32"),
  column("cache_write_1h_tokens", "INT32"),
  column("output_tokens", "INT32"),
  column("usd", "DECIMAL", true),
  column("usd_basis", "STRING"),
  column("cache_outcome", "STRING"),
  column("miss_cause", "STRING", true),
  column("expected_tokens", "INT32"),
  column("missed_tokens", "INT32"),
  column("missed_usd", "DECIMAL", true),
  column("gap_ms", "INT64", true),
  column("ttl_ms", "INT32", true),
  column("input_rate", "DOUBLE", true),
  column("inherited", "INT32"),
  column("revision", "INT64"),
  column("is_total", "INT32", true),
];

function column(name: keyof TurnRow, type: ColumnType, isNullable = false): TurnColumn {
  return { name, type, isNullable };
}
