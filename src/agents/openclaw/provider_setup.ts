/**
 * Opper among the providers of OpenClaw's `openclaw.json`. The key is in a variable that the file names: OpenClaw puts its
 * value in, and begins without it as well (2026.9.6, run 2026-11-27).
 */
import type { CatalogueModel } from "../../core/catalogue_model.ts";
import { isRecord } from "../../core/json/is_record.ts";
import { readJsonKey, removeJsonKey, setJsonKey } from "../../core/json/json_edit.ts";
import { CHILD_KEY_VARIABLE } from "../launcher.ts";
import type { AddedProvider, ProviderSetup } from "../provider_setup.ts";
import { settingsPath } from "./places.ts";

const PROVIDER = ["models", "providers", "opper"] as const;
const FIELDS: readonly string[] = ["baseUrl", "api", "apiKey", "models"];
const API = "openai-completions";
const KEY_REFERENCE = `\${${CHILD_KEY_VARIABLE}}`;

export const openclawProviderSetup: ProviderSetup = {
  keyBy: "variable",
  file: {
    title: `the provider "opper"`,
    path: settingsPath,
    add: (text, provider) => setJsonKey(text, PROVIDER, openclawProvider(provider)),
    remove: (text) => removeJsonKey(text, PROVIDER),
    others(text, path) {
      const provider = readJsonKey(text, PROVIDER);
      return provider === undefined || isOurs(provider, path) ? [] : [PROVIDER.join(".")];
    },
  },
  advice: () => ({
    sentences: [
      "OpenClaw runs in the background: the variable has to be set where its gateway is started, for example in " +
      "`~/.openclaw/.env`, which then has the key. Restart the gateway.",
      "`openclaw models set opper/MODEL` makes one of its models the usual one.",
    ],
  }),
};

function openclawProvider({ baseUrl, models }: AddedProvider) {
  return { baseUrl, api: API, apiKey: KEY_REFERENCE, models: models.map(openclawModel) };
}

/** As its schema has it, which refuses keys that it does not know. A price that is not known cannot be said. */
function openclawModel({ id, name = id, reasoning, vision, price, contextWindow, maxOutputTokens }: CatalogueModel) {
  const { input, output, cacheRead = input, cacheWrite = input } = price;
  const isPriced = input !== undefined && output !== undefined;
  return {
    id,
    name,
    reasoning: reasoning.some((level) => level !== "none"),
    input: vision ? ["text", "image"] : ["text"],
    ...(isPriced ? { cost: { input, output, cacheRead, cacheWrite } } : {}),
    contextWindow,
    maxTokens: maxOutputTokens,
    // The gateway speaks the common part of the protocol to every vendor behind it.
    compat: { supportsDeveloperRole: false, supportsStore: false },
  };
}

function isOurs(provider: unknown, path: string): boolean {
  return isRecord(provider) && Object.keys(provider).every((field) => FIELDS.includes(field)) &&
    provider["api"] === API && provider["apiKey"] === KEY_REFERENCE && typeof provider["baseUrl"] === "string" &&
    provider["baseUrl"].endsWith(path);
}
