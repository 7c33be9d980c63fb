/**
 * Terms that a price depends on beside model and tokens: searches, the region and the service tier, by who sells and
 * what.
 */
import { readModelName } from "../../core/model_name.ts";
import type { ModelRef } from "../../core/model.ts";
import { baseOf, type PriceTable, type TokenRates } from "../../core/cost/price_table.ts";
import { mapRates, multiplyRate } from "./claude_prices.ts";
import type { PriceSchedule } from "./price_schedule.ts";

/**
 * Claude, whoever sells it: a search $10 a thousand, batches half. Where Anthropic itself is kept to the US, all tokens
 * cost 1.1 times. What priority costs is agreed with the customer.
 * Source: Anthropic, "Pricing", sections "Web search tool", "Batch processing" and "Data residency", 2026-11; Claude Code
 * 2.1.332 multiplies the same.
 */
const CLAUDE = { webSearch: 0.01, regions: { us: 1.1 }, serviceTiers: { batch: 0.5 } } as const;

const OPENAI_PROVIDERS = new Set(["openai", "openai-codex", "azure", "azure-openai", "azure-openai-responses"]);

/** Source: OpenAI, "Flex processing" and "Batch API"; pi-ai 1.5.2 has the same for flex. */
const HALF_PRICE = 0.5;

/** Source: pi-ai 1.5.2, which multiplies all of OpenAI's prices so, and OpenAI's own figures as far as they are known. */
const PRIORITY = 2;
const PRIORITY_BY_MODEL: Readonly<Record<string, number>> = { "gpt-5.5": 2.5 };

/**
 * Where OpenAI's figures are not that multiple of today's standard price: the price was cut, that of priority was not.
 * Input, cache read and output. Source: OpenAI, "Pricing", 2026-11.
 */
const PRIORITY_TODAY: Readonly<Record<string, readonly [number, number, number]>> = {
  "gpt-5.6": [10, 1, 60],
  "gpt-5.6-sol": [10, 1, 60],
};

/** Adds what is known to every list of a schedule. A free model stays free, its searches with it. */
export function addTerms(schedule: PriceSchedule, { provider, model }: ModelRef): PriceSchedule {
  const name = readModelName(model);
  const isOpenAi = OPENAI_PROVIDERS.has(provider) && name.vendor === "openai";
  const last = schedule.lists.length - 1;
  return {
    ...schedule,
    lists: schedule.lists.map((list, index) => {
      const { table } = list;
      if (table === undefined) return list;
      if (isFree(table)) return { ...list, table: { webSearch: 0, ...table } };
      if (name.family === "claude") {
        const { regions, ...everywhere } = CLAUDE;
        // Bedrock's regions are in its ids, and in its prices.
        return { ...list, table: { ...everywhere, ...(name.isBedrock ? {} : { regions }), ...table } };
      }
      if (!isOpenAi) return list;
      const priority = priorityOf(table, name.name, index === last);
      return {
        ...list,
        table: { serviceTiers: { flex: HALF_PRICE, batch: HALF_PRICE, priority, fast: priority }, ...table },
      };
    }),
  };
}

/** Long prompts cost as many times more as they do at the standard tier: OpenAI lists no other price for them. */
function priorityOf(table: PriceTable, model: string, isToday: boolean): number | TokenRates {
  const name = model.replace(/-\d{4}-\d\d-\d\d$/, "");
  const own = isToday && Object.hasOwn(PRIORITY_TODAY, name) ? PRIORITY_TODAY[name] : undefined;
  if (own === undefined) return Object.hasOwn(PRIORITY_BY_MODEL, name) ? PRIORITY_BY_MODEL[name]! : PRIORITY;
  const [input, cacheRead, output] = own;
  const target: Readonly<Record<string, number>> = { cacheRead, output };
  const inputFactor = input / baseOf(table.input ?? input);
  return mapRates(table, (rate, kind) => {
    const asked = target[kind];
    return multiplyRate(rate, asked === undefined ? inputFactor : asked / baseOf(rate));
  });
}

function isFree(table: PriceTable): boolean {
  return [table.input, table.output, table.cacheRead, table.cacheWrite, table.cacheWrite1h]
    .every((rate) => rate === undefined || rate === 0);
}
