import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { otlpRequest } from "./otlp_records.ts";
import { CSV_HEADER, csvLine, jsonLine } from "./render_rows.ts";
import { TURN_COLUMNS, type TurnRow } from "./turn_row.ts";

const ROW: TurnRow = {
  turn_id: -1n,
  person: 'Anna "A", Berg',
  host: "",
  source: "a",
  provider: "anthropic",
  model: "m",
  project: "acme/shop",
  session_id: "s",
  trace_id: "01234567-89ab-4def-8123-456789abcdef",
  chain: "\\.",
  started_at: Date.UTC(2026, 10, 1, 12),
  ended_at: null,
  day: 20_758,
  input_tokens: 1,
  cache_read_tokens: 20,
  cache_write_tokens: 300,
  cache_write_1h_tokens: 4000,
  output_tokens: 5,
  usd: 1n,
  usd_basis: "computed",
  cache_outcome: "hit",
  miss_cause: null,
  expected_tokens: 0,
  missed_tokens: 0,
  missed_usd: null,
  gap_ms: null,
  ttl_ms: null,
  input_rate: 0.1,
  inherited: 0,
  revision: 1000,
  is_total: 0,
};

Deno.test("csvLine(): nothing for null, quotes for an empty text, and what COPY takes for its end", () => {
  strictEqual(CSV_HEADER.split(",").length, TURN_COLUMNS.length);
  strictEqual(
    csvLine(ROW),
    '-1,"Anna ""A"", Berg","",a,anthropic,m,acme/shop,s,01234567-89ab-4def-8123-456789abcdef,"\\.",' +
      "2026-11-01T12:00:00.000Z,,2026-11-01,1,20,300,4000,5,0.000000001,computed,hit,,0,0,,,,0.1,0,1000,0\n",
  );
});

Deno.test("jsonLine(): 64 bits as text, money with all its decimals", () => {
  const line = jsonLine({ ...ROW, usd: -12_345_678_901n });
  const value = JSON.parse(line);
  deepStrictEqual(Object.keys(value), TURN_COLUMNS.map(({ name }) => name));
  deepStrictEqual([value.turn_id, value.person, value.host, value.ended_at], ["-1", ROW.person, "", null]);
  deepStrictEqual([value.started_at, value.day], ["2026-11-01T12:00:00.000Z", "2026-11-01"]);
  strictEqual(/"usd":([^,]*)/.exec(line)![1], "-12.345678901");
});

Deno.test("otlpRequest(): the prompt as a whole, names of the conventions, nothing that is not known", () => {
  const request = otlpRequest([ROW]) as {
    resourceLogs: [{ scopeLogs: [{ logRecords: [{ attributes: { key: string; value: object }[] }] }] }];
  };
  const { attributes, ...record } = request.resourceLogs[0].scopeLogs[0].logRecords[0];
  deepStrictEqual(record, {
    timeUnixNano: "1793534400000000000",
    observedTimeUnixNano: "1000000000",
    severityNumber: 9,
    severityText: "INFO",
    eventName: "opper_agent.turn",
    body: { stringValue: "a m" },
    traceId: "0123456789ab4def8123456789abcdef",
    spanId: "ffffffffffffffff",
  });
  const said = Object.fromEntries(attributes.map(({ key, value }) => [key, value]));
  const rows: [key: string, value: object | undefined][] = [
    ["gen_ai.usage.input_tokens", { intValue: "4321" }],
    ["gen_ai.usage.cache_read.input_tokens", { intValue: "20" }],
    ["gen_ai.usage.cache_write.input_tokens", { intValue: "4300" }],
    ["gen_ai.usage.output_tokens", { intValue: "5" }],
    ["gen_ai.usage.cost.amount", { doubleValue: 1e-9 }],
    ["vcs.owner.name", { stringValue: "acme" }],
    ["vcs.repository.name", { stringValue: "shop" }],
    ["opper_agent.turn.id", { stringValue: "ffffffffffffffff" }],
    ["opper_agent.turn.revision", { intValue: "1000" }],
    ["opper_agent.inherited", { boolValue: false }],
    ["host.name", undefined],
    ["opper_agent.cache.missed_tokens", undefined],
  ];
  for (const [key, value] of rows) deepStrictEqual(said[key], value, key);
});
