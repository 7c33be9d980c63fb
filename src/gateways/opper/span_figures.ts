/**
 * Finds what a span or a trace cost among the members that Opper sends with it.
 *
 * The documents have no member for it: spans have free-form `meta`, `metadata` and `tags`, while the platform shows model, cost
 * and tokens of each. So each figure is looked for in the span itself, in `meta`, in `metadata`, and in `usage` and
 * `cost_details` of each, by the names that Opper's other answers have for it (docs/adr/0021-what_opper_says.md). Unknown members are
 * passed over, and what is in none is unknown.
 *
 * Source: opper.ai, OpenAPI file of 2026-04-24 (ResponseMeta, usage of the compatible routes), read 2026-11-26.
 */
import { isRecord, type JsonRecord } from "../../core/json/is_record.ts";
import type { TraceFigures } from "../../core/trace_evidence.ts";
import { numberOf, textField } from "../json_fields.ts";

type NumberFigure = Exclude<keyof TraceFigures, "model" | "upstream">;

const NUMBERS: Readonly<Record<NumberFigure, readonly string[]>> = {
  usd: ["cost", "total_cost", "cost_usd", "total_cost_usd"],
  inputTokens: ["input_tokens", "prompt_tokens"],
  cacheReadTokens: ["cache_read_tokens", "cache_read_input_tokens", "cached_tokens"],
  cacheWriteTokens: ["cache_creation_tokens", "cache_creation_input_tokens", "cache_write_tokens"],
  outputTokens: ["output_tokens", "completion_tokens"],
  reasoningTokens: ["reasoning_tokens"],
  totalTokens: ["total_tokens"],
};

const TEXTS = { model: ["model", "model_name"], upstream: ["provider", "provider_name"] } as const;

/** Objects within a place that have more of the same. */
const WITHIN = [
  ...["usage", "cost", "prompt_tokens_details", "input_tokens_details"],
  ...["completion_tokens_details", "output_tokens_details"],
];

/** Sums within an object that is called `cost`. */
const COST_SUMS = ["total", "total_cost", "usd"];

/** Absent: it is in none of the places. */
export function readFigures(row: JsonRecord): TraceFigures {
  const places = placesOf(row);
  const figures: { -readonly [key in keyof TraceFigures]: TraceFigures[key] } = {};
  for (const [figure, names] of Object.entries(NUMBERS) as [NumberFigure, readonly string[]][]) {
    const found = firstOf(places, names, amountOf);
    if (found !== undefined) figures[figure] = found;
  }
  if (figures.usd === undefined) {
    const costs = places.map((place) => place["cost"]).filter(isRecord);
    const usd = firstOf(costs, COST_SUMS, amountOf);
    if (usd !== undefined) figures.usd = usd;
  }
  for (const [figure, names] of Object.entries(TEXTS) as ["model" | "upstream", readonly string[]][]) {
    const found = firstOf(places, names, textField);
    if (found !== undefined) figures[figure] = found;
  }
  return figures;
}

/** The row, then what is free-form in it; of each what lies within it behind itself. */
function placesOf(row: JsonRecord): readonly JsonRecord[] {
  return [row, row["meta"], row["metadata"]].filter(isRecord).flatMap((place) => {
    const within = (one: JsonRecord) => WITHIN.map((name) => one[name]).filter(isRecord);
    return [place, ...within(place), ...within(place).flatMap(within)];
  });
}

function firstOf<T>(
  places: readonly JsonRecord[],
  names: readonly string[],
  read: (value: unknown) => T | undefined,
): T | undefined {
  for (const place of places) {
    for (const name of names) {
      const found = read(place[name]);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function amountOf(value: unknown): number | undefined {
  const number = numberOf(value);
  return number === undefined || number < 0 ? undefined : number;
}
