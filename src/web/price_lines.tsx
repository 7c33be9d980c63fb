/** Copies what prices.json would have to say of models without a price, for their prices to be filled in. */
import type { VNode } from "preact";
import type { AskedFields } from "../core/answer_key.ts";
import type { CostOutput, CostRow } from "../operations/usage/cost_output.ts";
import { useClient } from "./client.ts";
import { CopyButton } from "./copy_button.tsx";
import { filterOfPart } from "./part_filter.ts";

/** @param fields Of the question whose sum lacks them: period and filters */
export function CopyPriceLines({ fields }: { readonly fields: AskedFields }): VNode {
  const client = useClient();
  const find = async () => {
    const { rows } = await client.ask("cost", { ...fields, by: "model", limit: 0 }) as CostOutput;
    return priceLines(rows);
  };
  return (
    <CopyButton
      text={find}
      label="Copy lines for prices.json"
      title="In US dollars per million tokens: null stands where a price is missing"
      failed="Not now"
    />
  );
}

/** Pure. Without zeros: a price of zero is one. @param rows By model. @returns undefined where each has a price */
export function priceLines(rows: readonly Pick<CostRow, "key" | "cost">[]): string | undefined {
  const providers: Record<string, { models: Record<string, object> }> = {};
  for (const { key, cost } of rows) {
    const { provider, model } = filterOfPart("model", key)!;
    if (cost.unpricedTurns > 0) {
      (providers[provider ?? "?"] ??= { models: {} }).models[model!] = { input: null, output: null };
    }
  }
  return Object.keys(providers).length === 0 ? undefined : JSON.stringify({ providers }, null, 2);
}
