/** Who sells, by the names that logs and tools' files have for it. */

/** Names of one seller, each with the one that prices are kept under. A plan of OpenAI's is priced as its API. */
const SAME_SELLER: Readonly<Record<string, string>> = {
  "azure-openai": "azure",
  "azure-openai-responses": "azure",
  bedrock: "amazon-bedrock",
  "google-generative-ai": "google",
  "google-vertex-anthropic": "google-vertex",
  "openai-codex": "openai",
  vertex: "google-vertex",
};

export function sellerOf(provider: string): string {
  return Object.hasOwn(SAME_SELLER, provider) ? SAME_SELLER[provider]! : provider;
}
