import { deepStrictEqual } from "node:assert/strict";
import type { JsonRecord } from "../../core/json/is_record.ts";
import type { TraceFigures } from "../../core/trace_evidence.ts";
import { readFigures } from "./span_figures.ts";

Deno.test("figures of a span, wherever they lie", async (t) => {
  const all: TraceFigures = {
    usd: 0.0123,
    model: "anthropic/claude-sonnet-4.6",
    upstream: "bedrock",
    inputTokens: 100,
    cacheReadTokens: 40,
    cacheWriteTokens: 10,
    outputTokens: 20,
    reasoningTokens: 5,
    totalTokens: 120,
  };
  const cases: readonly [name: string, span: JsonRecord, figures: TraceFigures][] = [
    ["as the documents have it: nothing", { id: "a", name: "llm", meta: {}, metadata: {}, tags: { cost: 1 } }, {}],
    ["in meta, as an answer of /v3/call has it", {
      meta: {
        model: "anthropic/claude-sonnet-4.6",
        provider: "bedrock",
        cost: 0.0123,
        usage: {
          input_tokens: 100,
          output_tokens: 20,
          cache_read_tokens: 40,
          cache_creation_tokens: 10,
          reasoning_tokens: 5,
          total_tokens: 120,
        },
      },
    }, all],
    ["in metadata, as the compatible routes have it, as texts", {
      meta: null,
      metadata: {
        model_name: "anthropic/claude-sonnet-4.6",
        provider_name: "bedrock",
        total_cost: "0.0123",
        usage: {
          prompt_tokens: "100",
          completion_tokens: "20",
          prompt_tokens_details: { cached_tokens: "40", cache_write_tokens: 10 },
          completion_tokens_details: { reasoning_tokens: 5 },
          total_tokens: 120,
          something_new: { a: 1 },
        },
      },
    }, all],
    ["beside id and name", {
      model: "anthropic/claude-sonnet-4.6",
      provider: "bedrock",
      cost_usd: 0.0123,
      input_tokens: 100,
      output_tokens: 20,
      cache_read_input_tokens: 40,
      cache_creation_input_tokens: 10,
      reasoning_tokens: 5,
      total_tokens: 120,
    }, all],
    ["a cost of several parts", { meta: { cost: { input: 0.1, output: 0.2, total: 0.3 } } }, { usd: 0.3 }],
    ["meta before metadata", { metadata: { cost: 2 }, meta: { cost: 1 } }, { usd: 1 }],
    ["zero is a figure", { meta: { cost: 0, usage: { input_tokens: 0 } } }, { usd: 0, inputTokens: 0 }],
    ["what is none is unknown", {
      meta: { cost: "free", model: 7, usage: { input_tokens: -1, output_tokens: null } },
    }, {}],
  ];
  for (const [name, span, figures] of cases) await t.step(name, () => deepStrictEqual(readFigures(span), figures));
});
