/**
 * Who answers at a host, for agents that write down where they sent a request. Only hosts of which one seller alone answers;
 * a gateway bills in its own name.
 */

const SELLERS: readonly (readonly [host: string, seller: string])[] = [
  ["opper.ai", "opper"],
  ["anthropic.com", "anthropic"],
  ["api.deepseek.com", "deepseek"],
  ["api.fireworks.ai", "fireworks"],
  ["api.githubcopilot.com", "github-copilot"],
  ["api.groq.com", "groq"],
  ["api.mistral.ai", "mistral"],
  ["api.openai.com", "openai"],
  ["api.x.ai", "xai"],
  ["generativelanguage.googleapis.com", "google"],
  ["inference-api.nousresearch.com", "nous"],
  ["openrouter.ai", "openrouter"],
];

/** As `provider` names them; undefined for a host that may be anybody's, and for what is no address. */
export function sellerAt(url: string | undefined): string | undefined {
  const host = /^[a-z][a-z+.-]*:\/\/(?:[^/?#]*@)?([^/?#:@]+)/i.exec(url ?? "")?.[1]?.toLowerCase();
  if (host === undefined) return undefined;
  return SELLERS.find(([known]) => host === known || host.endsWith(`.${known}`))?.[1];
}
