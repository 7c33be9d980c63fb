import { deepStrictEqual, match, ok, strictEqual, throws } from "node:assert/strict";
import { AgentError } from "../../core/errors.ts";
import { readActivityCsv } from "./read_activity_csv.ts";

/** The columns of a file of responses, as seen in public in 2026-09. */
const HEADER =
  "generation_id,created_at,cost_total,cost_web_search,cost_cache,cost_file_processing,byok_usage_inference," +
  "tokens_prompt,tokens_completion,tokens_reasoning,tokens_cached,model_permaslug,provider_name,variant,cancelled,streamed," +
  "user,finish_reason_raw,finish_reason_normalized,generation_time_ms,time_to_first_token_ms,api_key_disabled," +
  "api_key_name,app_name";

const row = (id: string, at: string, usd: string, byok = "0", app = "pi") =>
  `${id},${at},${usd},0,-0.01,0,${byok},100,20,0,50,anthropic/claude-4.6-sonnet-20260217,Anthropic,standard,false,true,` +
  `,stop,stop,1200,300,false,key,${app}`;

Deno.test("a file of responses: ids, times in UTC, and what was paid in all", () => {
  const text = `\ufeff${HEADER}\r\n` +
    `${row("gen-1763632800-a", "2026-11-20 10:00:00.123", "0.0495", "0", '"pi, the agent; ""new"""')}\r\n` +
    // Credits 0.000225, and 0.0045 to a key of the person's own: 0.004725.
    `${row("gen-1763632801-b", "2026-11-19T23:59:59Z", "2.25e-4", "0.0045")}\r\n`;
  const { lines, isByDay, repeated } = readActivityCsv(text, "activity.csv");
  deepStrictEqual([isByDay, repeated], [false, 0]);
  const shared = { models: ["anthropic/claude-4.6-sonnet-20260217"], upstream: "Anthropic", requests: 1 };
  deepStrictEqual(lines[0], {
    id: "gen-1763632800-a",
    at: Date.parse("2026-11-20T10:00:00.123Z"),
    usd: 0.0495,
    ...shared,
  });
  strictEqual(lines[1]!.byokUsd, 0.0045);
  ok(Math.abs(lines[1]!.usd - 0.004725) < 1e-12);
  strictEqual(lines[1]!.at, Date.parse("2026-11-19T23:59:59Z"));
});

Deno.test("a response that stands twice counts once", () => {
  const one = row("gen-1763632800-a", "2026-11-20 10:00:00", "1");
  const { lines, repeated } = readActivityCsv([HEADER, one, one, ""].join("\n"), "a.csv");
  deepStrictEqual([lines.length, repeated], [1, 1]);
});

Deno.test("sums of days, by any of the names that columns have", () => {
  const expected = [{ at: Date.parse("2026-11-20T00:00:00Z"), models: ["z-ai/glm-5.3"], usd: 1234.5, requests: 3 }];
  for (
    const text of [
      'Date,Model,Spend,Requests\n2026-11-20,z-ai/glm-5.3,"$1,234.50",3\n',
      "day;model_name;Total Spend;Request Count\r\n2026-11-20;z-ai/glm-5.3;1234.50;3\r\n",
      "requests\tcost (USD)\tModel Slug\tDay\n3\t1234.5\tz-ai/glm-5.3\t2026-11-20\n",
      "Time Bucket,model,cost,count,something new\n2026-11-20T00:00:00Z,z-ai/glm-5.3,1234.5,3,?\n",
    ]
  ) {
    deepStrictEqual(readActivityCsv(text, "a.csv"), { lines: expected, isByDay: true, repeated: 0 });
  }
});

Deno.test("columns as of GET /activity: both names of a model", () => {
  const text = "date,model,model_permaslug,provider_name,usage,byok_usage_inference,requests\n" +
    "2026-11-20,anthropic/claude-4.6-sonnet,anthropic/claude-4.6-sonnet-20260217,Google,0.5,0,4\n";
  deepStrictEqual(readActivityCsv(text, "a.csv").lines[0], {
    at: Date.parse("2026-11-20T00:00:00Z"),
    models: ["anthropic/claude-4.6-sonnet-20260217", "anthropic/claude-4.6-sonnet"],
    upstream: "Google",
    usd: 0.5,
    requests: 4,
  });
});

Deno.test("an id alone tells the time", () => {
  const { lines } = readActivityCsv("generation_id,cost\ngen-1763632800-a,1\n", "a.csv");
  strictEqual(lines[0]!.at, 1_763_632_800_000);
});

Deno.test("only the header: a bill of nothing", () => {
  deepStrictEqual(readActivityCsv(`${HEADER}\r\n`, "a.csv").lines, []);
});

Deno.test("what is no such file is refused, with where and why", () => {
  const cases: readonly (readonly [text: string, message: RegExp])[] = [
    ["", /^"a\.csv" is empty\.$/],
    ["Model,Price\nm,1\n", /no column of the cost \(cost_total, .*\): its columns are "Model", "Price"\./],
    ["Model,Spend\nm,1\n", /no column of the day \(created_at, .*\): its columns are "Model", "Spend"\./],
    ["day,cost\n2026-11-20,1\n2026-11-21,free\n", /^Line 3 of "a\.csv" has "free" as its cost\.$/],
    ["day,cost\n2026-11-20,\n", /^Line 2 of "a\.csv" has "" as its cost\.$/],
    ["day,cost\n2026-11-20,$1,23\n", /more fields than the first in line 2/],
    ['day,cost\n2026-11-20,"$1,23"\n', /"\$1,23" as its cost/],
    ["day,cost\n20/11/2026,1\n", /"20\/11\/2026" as its time/],
    ["day,cost\n2026-02-30,1\n", /"2026-02-30" as its time/],
    ["generation_id,cost\nbatch,1\n", /"" as its time/],
    ['day,cost\n"2026-11-20,1\n', /^"a\.csv" is no CSV: a quote/],
  ];
  for (const [text, message] of cases) {
    throws(() => readActivityCsv(text, "a.csv"), (error) => {
      ok(error instanceof AgentError);
      strictEqual(error.code, "usage");
      match(error.message, message);
      return true;
    });
  }
});
