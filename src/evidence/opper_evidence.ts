/**
 * What Opper said of traces, in the file of the evidence: one row a trace and one a span, in the order of the answer. A trace
 * that is asked for again takes the place of what was known of it. Had from `EvidenceStore.traces`.
 */
import type { EpochMs } from "../core/model.ts";
import type { SpanEvidence, TraceEvidence, TraceFigures } from "../core/trace_evidence.ts";
import type { Database, SqlValue } from "../host/sqlite.ts";

/** A trace, and when it was asked for with which key. */
export interface FoundTrace {
  readonly trace: TraceEvidence;
  readonly askedAt: EpochMs;
  /** Fingerprint of the key; never the key. */
  readonly key: string;
}

const FIGURES: Readonly<Record<keyof TraceFigures, string>> = {
  usd: "usd",
  model: "model",
  upstream: "upstream",
  inputTokens: "input_tokens",
  cacheReadTokens: "cache_read_tokens",
  cacheWriteTokens: "cache_write_tokens",
  outputTokens: "output_tokens",
  reasoningTokens: "reasoning_tokens",
  totalTokens: "total_tokens",
};

const TRACE_COLUMNS: Readonly<Record<Exclude<keyof TraceEvidence, "traceId" | "spans">, string>> = {
  status: "status",
  spanCount: "span_count",
  startedAt: "started_at",
  endedAt: "ended_at",
  durationMs: "duration_ms",
  ...FIGURES,
};

const SPAN_COLUMNS: Readonly<Record<Exclude<keyof SpanEvidence, "id">, string>> = {
  parentId: "parent_id",
  type: "type",
  status: "status",
  startedAt: "started_at",
  endedAt: "ended_at",
  ...FIGURES,
};

/** Columns that hold whole numbers: a fraction is cut off. */
const WHOLE = /_tokens$|_at$|^span_count$/;

export class OpperEvidence {
  readonly #database: Database;
  readonly #onFault?: (error: Error) => void;

  /** @param onFault There for who reads: told when reading failed; traces are then ones that nobody asked for */
  constructor(database: Database, onFault?: (error: Error) => void) {
    this.#database = database;
    this.#onFault = onFault;
  }

  find(traceId: string): FoundTrace | undefined {
    return this.#read(() => {
      const row = this.#database.prepare("SELECT * FROM opper_traces WHERE trace_id = ?").get(traceId);
      return row === undefined ? undefined : this.#traceOf(row);
    });
  }

  /** How many there are. */
  count(): number {
    return this.#read(() => Number(this.#database.prepare("SELECT count(*) AS n FROM opper_traces").get()?.["n"])) ?? 0;
  }

  /** All of them, by the time at which they began. */
  list(): readonly FoundTrace[] {
    return this.#read(() =>
      this.#database.prepare("SELECT * FROM opper_traces ORDER BY started_at, trace_id").all()
        .map((row) => this.#traceOf(row))
    ) ?? [];
  }

  #read<T>(body: () => T): T | undefined {
    try {
      return body();
    } catch (error) {
      if (this.#onFault === undefined || !(error instanceof Error)) throw error;
      this.#onFault(error);
      return undefined;
    }
  }

  /** On the disk when it returns. */
  save({ trace, askedAt, key }: FoundTrace): void {
    const database = this.#database;
    database.exec("BEGIN IMMEDIATE");
    try {
      database.prepare("DELETE FROM opper_spans WHERE trace_id = ?").run(trace.traceId);
      const own: Readonly<Record<string, SqlValue>> = { trace_id: trace.traceId, asked_at: askedAt, key };
      insert(database, "opper_traces", { ...own, ...valuesOf(trace, TRACE_COLUMNS) });
      for (const [place, span] of trace.spans.entries()) {
        const named: Readonly<Record<string, SqlValue>> = { trace_id: trace.traceId, place, span_id: span.id };
        insert(database, "opper_spans", { ...named, ...valuesOf(span, SPAN_COLUMNS) });
      }
      database.exec("COMMIT");
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      throw error;
    }
  }

  #traceOf(row: Readonly<Record<string, unknown>>): FoundTrace {
    const traceId = String(row["trace_id"]);
    const spans = this.#database.prepare("SELECT * FROM opper_spans WHERE trace_id = ? ORDER BY place").all(traceId);
    return {
      trace: {
        traceId,
        ...membersOf(row, TRACE_COLUMNS),
        spans: spans.map((span) => ({ id: String(span["span_id"]), ...membersOf(span, SPAN_COLUMNS) })),
      },
      askedAt: Number(row["asked_at"]),
      key: String(row["key"]),
    };
  }
}

function insert(database: Database, table: string, values: Readonly<Record<string, SqlValue>>): void {
  const columns = Object.keys(values);
  const places = columns.map(() => "?").join(", ");
  database.prepare(`INSERT OR REPLACE INTO ${table} (${columns.join(", ")}) VALUES (${places})`)
    .run(...Object.values(values));
}

function valuesOf<T>(
  evidence: T,
  columns: Readonly<Partial<Record<keyof T & string, string>>>,
): Readonly<Record<string, SqlValue>> {
  return Object.fromEntries(
    (Object.entries(columns) as [keyof T & string, string][]).map(([member, column]): [string, SqlValue] => {
      const value = evidence[member] as string | number | undefined;
      return [
        column,
        value === undefined ? null : typeof value === "number" && WHOLE.test(column) ? Math.trunc(value) : value,
      ];
    }),
  );
}

function membersOf(row: Readonly<Record<string, unknown>>, columns: Readonly<Record<string, string>>): object {
  return Object.fromEntries(
    Object.entries(columns).map(([member, column]) => [member, row[column]] as const)
      .filter(([, value]) => value !== null && value !== undefined),
  );
}
