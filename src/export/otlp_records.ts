/**
 * Rows as log records of OpenTelemetry, in the JSON of OTLP/HTTP. Names are those of the semantic conventions for GenAI where
 * they have one (open-telemetry/semantic-conventions-genai, read 2026-11-26: `cache_write` is the later name of
 * `cache_creation`, and the cost is proposed). Pure.
 *
 * A record may come more than once: whoever reads keeps, of each `opper_agent.turn.id`, the latest
 * `opper_agent.turn.revision`.
 */
import { VERSION } from "../core/version.ts";
import type { TurnRow } from "./turn_row.ts";

type AttributeValue = { readonly stringValue: string } | { readonly intValue: string } | {
  readonly doubleValue: number;
} | { readonly boolValue: boolean };

interface Attribute {
  readonly key: string;
  readonly value: AttributeValue;
}

/** An `ExportLogsServiceRequest`. */
export function otlpRequest(rows: readonly TurnRow[]): object {
  return {
    resourceLogs: [{
      resource: { attributes: [text("service.name", "opper-agent"), text("service.version", VERSION)] },
      scopeLogs: [{ scope: { name: "opper-agent", version: VERSION }, logRecords: rows.map(logRecord) }],
    }],
  };
}

function logRecord(row: TurnRow): object {
  const id = BigInt.asUintN(64, row.turn_id).toString(16).padStart(16, "0");
  return {
    timeUnixNano: nanoseconds(row.ended_at ?? row.started_at),
    observedTimeUnixNano: nanoseconds(row.revision),
    severityNumber: 9,
    severityText: "INFO",
    eventName: "opper_agent.turn",
    body: { stringValue: `${row.source} ${row.model}` },
    attributes: attributesOf(row, id),
    ...(row.trace_id === null ? {} : { traceId: row.trace_id.replaceAll("-", ""), spanId: id }),
  };
}

function attributesOf(row: TurnRow, id: string): readonly Attribute[] {
  const { input_tokens, cache_read_tokens, cache_write_tokens, cache_write_1h_tokens } = row;
  const written = cache_write_tokens + cache_write_1h_tokens;
  const [, owner, repository] = /^(.+)\/([^/]+)$/.exec(row.project) ?? [];
  const isMiss = row.cache_outcome === "miss";
  return [
    text("opper_agent.turn.id", id),
    whole("opper_agent.turn.revision", row.revision),
    text("user.id", row.person),
    text("host.name", row.host),
    text("opper_agent.source", row.source),
    text("gen_ai.provider.name", row.provider),
    text("gen_ai.request.model", row.model),
    text("opper_agent.project", row.project),
    text("vcs.owner.name", owner),
    text("vcs.repository.name", repository),
    text("gen_ai.conversation.id", row.session_id),
    text("opper_agent.chain", row.chain),
    whole("opper_agent.duration_ms", row.ended_at === null ? null : row.ended_at - row.started_at),
    // By the convention all of the prompt, whatever the cache did of it.
    whole("gen_ai.usage.input_tokens", input_tokens + cache_read_tokens + written),
    whole("gen_ai.usage.cache_read.input_tokens", cache_read_tokens),
    whole("gen_ai.usage.cache_write.input_tokens", written),
    whole("opper_agent.usage.cache_write_1h.input_tokens", cache_write_1h_tokens),
    whole("gen_ai.usage.output_tokens", row.output_tokens),
    ...(row.usd === null ? [] : [usd("gen_ai.usage.cost.amount", row.usd), text("gen_ai.usage.cost.currency", "USD")]),
    text("opper_agent.cost.basis", row.usd_basis),
    text("opper_agent.cache.outcome", row.cache_outcome),
    text("opper_agent.cache.miss.cause", row.miss_cause),
    whole("opper_agent.cache.expected_tokens", row.expected_tokens),
    whole("opper_agent.cache.missed_tokens", isMiss ? row.missed_tokens : null),
    ...(row.missed_usd === null ? [] : [usd("opper_agent.cache.missed_usd", row.missed_usd)]),
    whole("opper_agent.gap_ms", row.gap_ms),
    whole("opper_agent.ttl_ms", row.ttl_ms),
    { key: "opper_agent.inherited", value: { boolValue: row.inherited === 1 } },
    { key: "opper_agent.is_total", value: { boolValue: row.is_total === 1 } },
  ].filter((attribute) => attribute !== undefined);
}

/** Undefined for what is not known, or was left out. */
function text(key: string, value: string): Attribute;
function text(key: string, value: string | null | undefined): Attribute | undefined;
function text(key: string, value: string | null | undefined): Attribute | undefined {
  return value ? { key, value: { stringValue: value } } : undefined;
}

/** 64 bits are a text in the JSON of protobuf. */
function whole(key: string, value: number | null): Attribute | undefined {
  return value === null ? undefined : { key, value: { intValue: String(value) } };
}

function usd(key: string, value: bigint): Attribute {
  return { key, value: { doubleValue: Number(value) / 1e9 } };
}

function nanoseconds(at: number): string {
  return `${BigInt(at) * 1_000_000n}`;
}
