/**
 * Prices of the gateway's own: of its models as it last listed them, kept in `catalogue.json` of our state directory by what
 * asks it (gateways/opper/catalogue.ts, version 1 of that file). For sessions whose agent says that Opper billed them, and
 * not what. US dollars per million tokens; a price that the gateway does not tell is left out.
 */
import type { DiskPrice } from "../../core/cost/disk_price.ts";
import { isListPrice } from "../../core/plausible.ts";
import {
  makePriceTable,
  notePrices,
  type PriceFields,
  priceFieldsOf,
  priceRowsOf,
} from "../../agents/formats/price_file.ts";

/** As agents call the gateway in their logs. */
const PROVIDER = "opper";

/** Price kinds that the gateway has. */
const KINDS = ["input", "output", "cacheRead", "cacheWrite"] as const;

/** Of several hosts the one that was asked last comes first. Never throws. */
export function parseGatewayPrices(text: string, problems: string[]): DiskPrice[] {
  const hosts = Object.values(priceFieldsOf(priceFieldsOf(parseOrNothing(text)).hosts)).map(priceFieldsOf);
  return hosts.toSorted((a, b) => timeOf(b) - timeOf(a))
    .flatMap(({ models }) => priceRowsOf(models).map((row) => readModelPrice(priceFieldsOf(row), problems)))
    .filter((price) => price !== undefined);
}

function readModelPrice({ id, price }: PriceFields, problems: string[]): DiskPrice | undefined {
  const prices = priceFieldsOf(price);
  if (typeof id !== "string" || id === "") return undefined;
  notePrices(`${PROVIDER}/${id}`, prices, KINDS, problems);
  if (!isListPrice(prices.input) || !isListPrice(prices.output)) return undefined;
  const table = makePriceTable((kind) => {
    const rate = prices[kind];
    return isListPrice(rate) ? rate : undefined;
  });
  return { provider: PROVIDER, model: id.toLowerCase(), table };
}

function timeOf({ fetchedAt }: PriceFields): number {
  return typeof fetchedAt === "number" ? fetchedAt : 0;
}

function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
