/** A model that the gateway offers, in units that depend neither on the gateway nor on an agent. */
import type { Tokens, Usd } from "./model.ts";

export interface CatalogueModel {
  readonly id: string;
  readonly name?: string;
  readonly contextWindow: Tokens;
  readonly maxOutputTokens: Tokens;
  readonly vision: boolean;
  /** Levels of reasoning that can be asked for; empty for a model that does not reason. */
  readonly reasoning: readonly string[];
  /** US dollars per million tokens; a price that is not known is absent, never zero. */
  readonly price: {
    readonly input?: Usd;
    readonly output?: Usd;
    readonly cacheRead?: Usd;
    readonly cacheWrite?: Usd;
  };
}
