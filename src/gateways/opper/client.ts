/**
 * The gateway's API, as far as this program asks it: models, traces and the usage of a session.
 *
 * Reads answers without trusting them: what is not as expected is left out. How they are had is request_json.ts.
 * Source of the endpoints: opper.ai, public command line and SDK, read 2026-11-20.
 */
import { createHash } from "node:crypto";
import { AgentError, type ErrorCode } from "../../core/errors.ts";
import type { DurationMs, EpochMs, Tokens, Usd } from "../../core/model.ts";
import { checkKey } from "./api_key.ts";
import { isRecord, type JsonRecord } from "../../core/json/is_record.ts";
import type { TraceFigures } from "../../core/trace_evidence.ts";
import { numberOf, rowsOf, textField, timeField } from "../json_fields.ts";
import { noAnswer, requestJson } from "../request_json.ts";
import { readFigures } from "./span_figures.ts";

/** Whom to ask, as whom, and for how long. */
export interface OpperClientOptions {
  /** As from `hostOf`: `https://api.opper.ai`. */
  readonly host: string;
  readonly apiKey: string;
  /** @default the global `fetch` */
  readonly fetch?: typeof fetch;
  /** For one call, its redirects and its answer included. @default {10000} */
  readonly timeoutMs?: DurationMs;
  /** Code of every error. @default "failed" */
  readonly code?: ErrorCode;
}

/** What is different for one call. */
export interface CallOptions {
  /** @default the client's */
  readonly timeoutMs?: DurationMs;
}

/** A trace as a list of them shows it. What the gateway left out is missing. */
export interface TraceSummary extends TraceFigures {
  readonly id: string;
  readonly name?: string;
  readonly status?: string;
  readonly startedAt?: EpochMs;
  readonly endedAt?: EpochMs;
  readonly durationMs?: DurationMs;
}

/** A step of a trace. */
export interface TraceSpan extends TraceFigures {
  readonly id: string;
  readonly parentId?: string;
  readonly name?: string;
  readonly type?: string;
  readonly status?: string;
  readonly startedAt?: EpochMs;
  readonly endedAt?: EpochMs;
}

/** A trace with its steps. */
export interface Trace extends TraceSummary {
  /** All spans of the trace, also when fewer are listed. */
  readonly spanCount?: number;
  readonly spans: readonly TraceSpan[];
}

/** What the gateway says a session used, so far: it lags about half a minute. Absent: it did not say. */
export interface SessionUsage {
  /** Sum of the rows that have a cost. */
  readonly usd?: Usd;
  readonly requests?: number;
  readonly totalTokens?: Tokens;
  /** Rows without a cost: with any, `usd` is a lower bound. */
  readonly rowsWithoutCost: number;
  readonly models: readonly ModelUsage[];
}

/** What the gateway counted for one model. What it left out is unknown, and not zero. */
export interface ModelUsage {
  readonly model?: string;
  readonly usd?: Usd;
  readonly requests?: number;
  readonly totalTokens?: Tokens;
}

/** Usage of the whole organization that a key belongs to, by model. Web searches are not in it. */
export interface OrganizationUsage {
  readonly models: readonly OrganizationModel[];
  /** As the gateway calls it: `USD`. */
  readonly currency?: string;
}

/** What the organization used of one model. What the gateway left out is unknown. */
export interface OrganizationModel extends ModelUsage {
  /** With what evaluations and guards cost. */
  readonly totalUsd?: Usd;
  /** Saved by reads of caches. */
  readonly cacheSavingsUsd?: Usd;
}

/** @throws {GatewayError} from every call */
export interface OpperClient {
  readonly host: string;
  /** Tells keys apart and says nothing about them. 16 hexadecimal digits. */
  readonly keyFingerprint: string;
  /** Rows of the catalogue as they came; catalogue.ts knows what they mean. Also the way to try a key. */
  listModels(options?: CallOptions): Promise<readonly JsonRecord[]>;
  /** Newest first, as the gateway sorts them. */
  listTraces(
    query?: { readonly limit?: number; readonly offset?: number; readonly name?: string },
    options?: CallOptions,
  ): Promise<{ readonly traces: readonly TraceSummary[]; readonly totalCount?: number }>;
  getTrace(traceId: string, options?: CallOptions): Promise<Trace>;
  /** @param session its name: `sess_` and a uuid */
  sessionUsage(session: string, options?: CallOptions): Promise<SessionUsage>;
  /**
   * Needs a key with the scope `usage:read`; others are told 403.
   *
   * @param range At most 31 days
   */
  organizationUsage(
    range: { readonly since: EpochMs; readonly until: EpochMs },
    options?: CallOptions,
  ): Promise<OrganizationUsage>;
}

/** Of any list: a catalogue of 500 models has less than one. */
const LIST_MEGABYTES = 4;
/** Spans may hold what was said. */
const TRACE_MEGABYTES = 8;

/** @throws {AgentError} when the key cannot be sent, or the host is no http or https URL */
export function createOpperClient(options: OpperClientOptions): OpperClient {
  const { host, apiKey, code = "failed" } = options;
  checkKey(apiKey, "The key", code);
  const url = URL.parse(host);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:") || url.username || url.password) {
    throw new AgentError(
      code,
      "The gateway's address is not usable: expected a URL that begins with https:// or http://.",
    );
  }
  const call = (path: string, from: CallOptions = {}, maximumMegabytes = LIST_MEGABYTES) =>
    requestJson(path, {
      ...options,
      code,
      maximumMegabytes,
      timeoutMs: from.timeoutMs ?? options.timeoutMs ?? 10_000,
    });

  return {
    host,
    keyFingerprint: createHash("sha256").update(`${host}\n${apiKey}`).digest("hex").slice(0, 16),

    async listModels(from) {
      return dataRows(await call("/v3/compat/models", from), "models", host, code);
    },

    async listTraces(query = {}, from) {
      const search = new URLSearchParams();
      if (query.limit !== undefined) search.set("limit", String(query.limit));
      if (query.offset !== undefined) search.set("offset", String(query.offset));
      if (query.name !== undefined) search.set("name", query.name);
      const answer = await call(`/v3/traces${search.size === 0 ? "" : `?${search}`}`, from);
      const meta = isRecord(answer) && isRecord(answer["meta"]) ? answer["meta"] : {};
      return {
        traces: dataRows(answer, "traces", host, code).map(readTrace).filter((trace) => trace !== undefined),
        totalCount: numberOf(meta["total_count"]),
      };
    },

    async getTrace(traceId, from) {
      const answer = await call(`/v3/traces/${encodeURIComponent(traceId)}`, from, TRACE_MEGABYTES);
      const data = traceRecord(answer);
      const trace = data === undefined ? undefined : readTrace(data);
      if (data === undefined || trace === undefined) throw noAnswer("a trace", host, code);
      return {
        ...trace,
        spanCount: numberOf(data["span_count"]),
        spans: (rowsOf(data["spans"]) ?? []).map(readSpan).filter((span) => span !== undefined),
      };
    },

    async sessionUsage(session, from) {
      const search = new URLSearchParams({
        session_id: session,
        granularity: "minute",
        fields: "total_tokens",
        group_by: "model",
      });
      return readUsage(dataRows(await call(`/v2/analytics/usage?${search}`, from), "usage", host, code));
    },

    async organizationUsage({ since, until }, from) {
      const [first, last] = [since, until].map((at) => new Date(at).toISOString());
      const search = new URLSearchParams({ from: first!, to: last!, group_by: "model" });
      const answer = await call(`/management/v1/usage?${search}`, from);
      const meta = isRecord(answer) && isRecord(answer["meta"]) ? answer["meta"] : {};
      return {
        models: dataRows(answer, "usage", host, code).map(readOrganizationModel),
        currency: textField(meta["currency"]),
      };
    },
  };
}

/** Rows stand in `data`, or are the answer itself; those of traces stand in `traces` for the public command line. */
function dataRows(answer: unknown, what: string, host: string, code: ErrorCode): readonly JsonRecord[] {
  const rows = rowsOf(isRecord(answer) ? answer["data"] ?? answer["rows"] ?? answer[what] : answer);
  if (rows === undefined) throw noAnswer(`a list of ${what}`, host, code);
  return rows;
}

/** In `data`; the public command line has it in `trace`, with its spans beside it. */
function traceRecord(answer: unknown): JsonRecord | undefined {
  if (!isRecord(answer)) return undefined;
  const { data, trace, spans } = answer;
  if (isRecord(data)) return data;
  return isRecord(trace) ? { spans, ...trace } : undefined;
}

/** The public command line calls it `uuid`. */
function idOf(row: JsonRecord): string | undefined {
  return textField(row["id"]) ?? textField(row["uuid"]);
}

function readTrace(row: JsonRecord): TraceSummary | undefined {
  const id = idOf(row);
  if (id === undefined) return undefined;
  return {
    ...readFigures(row),
    id,
    name: textField(row["name"]),
    status: textField(row["status"]),
    startedAt: timeField(row["start_time"]),
    endedAt: timeField(row["end_time"]),
    durationMs: numberOf(row["duration_ms"]),
  };
}

function readSpan(row: JsonRecord): TraceSpan | undefined {
  const id = idOf(row);
  if (id === undefined) return undefined;
  return {
    ...readFigures(row),
    id,
    parentId: textField(row["parent_id"]),
    name: textField(row["name"]),
    type: textField(row["type"]),
    status: textField(row["status"]),
    startedAt: timeField(row["start_time"]),
    endedAt: timeField(row["end_time"]),
  };
}

/** Rows come by minute and model. */
function readUsage(rows: readonly JsonRecord[]): SessionUsage {
  const models = Map.groupBy(rows, (row) => textField(row["model"]));
  return {
    ...sumRows(rows),
    rowsWithoutCost: rows.filter((row) => numberOf(row["cost"]) === undefined).length,
    models: [...models].map(([model, own]) => ({ model, ...sumRows(own) })),
  };
}

function readOrganizationModel(row: JsonRecord): OrganizationModel {
  return {
    model: textField(row["group"]) ?? textField(row["model"]),
    usd: numberOf(row["cost"]),
    totalUsd: numberOf(row["total_cost"]),
    cacheSavingsUsd: numberOf(row["cache_savings"]),
    requests: numberOf(row["count"]),
    totalTokens: numberOf(row["total_tokens"]),
  };
}

function sumRows(rows: readonly JsonRecord[]): Omit<ModelUsage, "model"> {
  const sum = (field: string) => {
    const numbers = rows.map((row) => numberOf(row[field])).filter((value) => value !== undefined);
    return numbers.length === 0 ? undefined : numbers.reduce((total, value) => total + value, 0);
  };
  return { usd: sum("cost"), requests: sum("count"), totalTokens: sum("total_tokens") };
}
