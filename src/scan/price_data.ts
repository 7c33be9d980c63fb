/** The price data of one scan: the public list prices under the user's own, loaded at most once and only when needed. */
import type { Diagnostic } from "../core/model.ts";
import type { PriceBook } from "../core/pricing.ts";
import { loadPriceBook, priceBookVersion } from "./price_book.ts";
import { parsePriceOverrides } from "./price_overrides.ts";

export class PriceData {
  readonly overridesPath: string;
  readonly overridesExist: boolean;
  readonly problems: readonly Diagnostic[];
  readonly #overridesText: string | undefined;
  #book: Promise<PriceBook> | undefined;

  constructor(overridesPath: string, overridesText: string | undefined) {
    this.overridesPath = overridesPath;
    this.overridesExist = overridesText !== undefined;
    this.#overridesText = overridesText;
    this.problems = parsePriceOverrides(overridesText).problems.map((message) => ({ path: overridesPath, message }));
  }

  version(): Promise<string> {
    return priceBookVersion(this.#overridesText);
  }

  readonly load = (): Promise<PriceBook> => this.#book ??= loadPriceBook(this.#overridesText);
}
