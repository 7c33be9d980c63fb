/**
 * What sub-agents and side requests would have cost at the prices of a cheaper model, with the same tokens. Another model counts
 * tokens otherwise, answers otherwise and may need more turns: it is the most that could be spared, and no advice.
 */
import { isSameModel, MAIN_CHAIN, type ModelRef, OWN_CHAINS, type Usd } from "../model.ts";
import type { PriceBook } from "../cost/cost.ts";
import { modelKey, type ReplayTurn } from "./follow_chain.ts";
import { tokensUsd } from "./turn_rates.ts";

/** One kind of chain and model, with the cheapest of the user's own models of the same provider. */
export interface CheaperModel {
  readonly source: string;
  /** `sub-agents`, or the side requests' own name: `compaction`. */
  readonly kind: string;
  readonly provider: string;
  readonly model: string;
  readonly turns: number;
  readonly usd: Usd;
  readonly cheaper: { readonly model: string; readonly usd: Usd };
}

interface Row extends Omit<CheaperModel, "cheaper" | "turns" | "usd"> {
  readonly others: readonly ModelRef[];
  readonly othersUsd: Float64Array;
  turns: number;
  usd: Usd;
}

export class ModelLedger {
  readonly #models: readonly ModelRef[];
  readonly #book: PriceBook;
  readonly #rows = new Map<string, Row>();

  /** @param models Those that the user has asked */
  constructor(models: Iterable<ModelRef>, book: PriceBook) {
    this.#models = [...new Map([...models].map((model) => [modelKey(model), model])).values()];
    this.#book = book;
  }

  add(source: string, turns: readonly ReplayTurn[]): void {
    for (const turn of turns) {
      if (turn.chain === MAIN_CHAIN || !turn.isAsked || turn.rates === undefined) continue;
      const row = this.#rowOf(source, OWN_CHAINS.has(turn.chain) ? turn.chain : "sub-agents", turn.model);
      row.turns++;
      row.usd += tokensUsd(turn.usage, turn.rates);
      for (const [place, model] of row.others.entries()) {
        row.othersUsd[place]! += this.#book.costOf(model, turn.usage, turn.at) ?? NaN;
      }
    }
  }

  /** The dearest first. */
  cheaper(): readonly CheaperModel[] {
    return [...this.#rows.values()].flatMap(({ others, othersUsd, ...row }): CheaperModel[] => {
      let best: CheaperModel["cheaper"] | undefined;
      for (const [place, { model }] of others.entries()) {
        const usd = othersUsd[place]!;
        if (usd < (best?.usd ?? row.usd)) best = { model, usd };
      }
      return best === undefined ? [] : [{ ...row, cheaper: best }];
    }).sort((a, b) => (b.usd - b.cheaper.usd) - (a.usd - a.cheaper.usd) || (a.model < b.model ? -1 : 1));
  }

  #rowOf(source: string, kind: string, model: ModelRef): Row {
    const key = JSON.stringify([source, kind, modelKey(model)]);
    let row = this.#rows.get(key);
    if (row === undefined) {
      const others = this.#models.filter((other) => other.provider === model.provider && !isSameModel(other, model));
      row = { source, kind, ...model, others, othersUsd: new Float64Array(others.length), turns: 0, usd: 0 };
      this.#rows.set(key, row);
    }
    return row;
  }
}
