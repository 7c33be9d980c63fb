/** Prices of GitHub Copilot by the token that today's second list no longer has. */

/**
 * Whose price each had at Copilot: the maker's list, row by row.
 * Source: GitHub, "Models and pricing for GitHub Copilot", versions of 2026-06 to 2026-09.
 */
export const DISCONTINUED_AT_COPILOT: Readonly<Record<string, string>> = {
  "claude-opus-4.5": "anthropic",
  "claude-opus-4.6": "anthropic",
  "claude-opus-4.7": "anthropic",
  "claude-opus-4.8-fast": "anthropic",
  "claude-sonnet-4": "anthropic",
  "claude-sonnet-4.5": "anthropic",
  "gemini-3.1-pro-preview": "google",
  "gemini-3.5-flash": "google",
  "gemini-3.6-flash": "google",
  "gemini-3.7-flash": "google",
  "gpt-4.1": "openai",
  "gpt-5-mini": "openai",
  "gpt-5.2": "openai",
  "gpt-5.2-codex": "openai",
  "gpt-5.4": "openai",
  "gpt-5.4-mini": "openai",
  "gpt-5.5": "openai",
};
