/**
 * Which rows of Pi's catalogue are prices: of those who bill by the token, at a price that does not depend on who serves.
 * For the list that is built in, and for what Pi fetched since. The reasons are in docs/adr/0008-second_price_list.md.
 */

import { sellerOf } from "./sellers.ts";

/** By provider, the models in lower case. Plans are absent, and gateways whose hosts differ. */
export const CATALOGUE_ROWS: Readonly<Record<string, RegExp>> = {
  anthropic: /./,
  openai: /./,
  azure: /^(?:gpt-(?!oss)|o\d|codex)/,
  google: /^(?:gemini|deep-research)/,
  "google-vertex": /^gemini/,
  groq: /./,
  mistral: /./,
  deepseek: /./,
  xai: /./,
  cerebras: /./,
  moonshotai: /./,
  minimax: /./,
  zai: /./,
  together: /./,
  fireworks: /./,
  "kimi-coding": /./,
  xiaomi: /./,
  meta: /./,
  opencode: /./,
  "github-copilot": /./,
  // Routers: makers that sell their models themselves, at one price. Others cost what the host asks.
  openrouter: /^(?:anthropic\/claude|openai\/(?!gpt-oss|gpt-chat)|x-ai\/|google\/gemini|mistralai\/)/,
  "vercel-ai-gateway": /^(?:anthropic\/claude|openai\/(?!gpt-oss)|xai\/|google\/gemini)/,
};

/** @param provider As the catalogue calls it, or a log */
export function isCatalogueRow(provider: string, model: string): boolean {
  const seller = sellerOf(provider);
  return Object.hasOwn(CATALOGUE_ROWS, seller) && CATALOGUE_ROWS[seller]!.test(model.toLowerCase());
}

/** Whether the catalogue lists what this provider sells. */
export function isCatalogueProvider(provider: string): boolean {
  const seller = sellerOf(provider);
  return Object.hasOwn(CATALOGUE_ROWS, seller) || ["amazon-bedrock", "opper"].includes(seller);
}
