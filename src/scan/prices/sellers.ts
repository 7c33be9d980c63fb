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

/** One name for a provider that clients call by several. */
export function sellerOf(provider: string): string {
  return Object.hasOwn(SAME_SELLER, provider) ? SAME_SELLER[provider]! : provider;
}

/** Servers on the user's own machine, as tools call them. Nobody bills. */
const LOCAL_PROVIDERS = new Set([
  "gpt4all",
  "jan",
  "koboldcpp",
  "llama-cpp",
  "llama-server",
  "llama.cpp",
  "llama_cpp",
  "llamacpp",
  "lm-studio",
  "lm_studio",
  "lmstudio",
  "local",
  "localai",
  "mlx",
  "mlx-lm",
  "mlx_lm",
  "ollama",
  "oss",
  "sglang",
  "vllm",
]);

/** Whether it runs on the user's own machine, so that nobody bills it. */
export function isLocalProvider(provider: string): boolean {
  return LOCAL_PROVIDERS.has(provider);
}
