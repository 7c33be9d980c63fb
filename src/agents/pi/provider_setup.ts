/** Opper among the providers of Pi's `models.json` (as of 0.74.2, 0.87.1 and 1.5.2, read 2026-11-20). */
import { isRecord } from "../../core/json/is_record.ts";
import { readJsonKey, removeJsonKey, setJsonKey } from "../../core/json/json_edit.ts";
import type { AddedProvider, ProviderSetup } from "../provider_setup.ts";
import { piModel } from "./models.ts";
import { modelsPath } from "./places.ts";

const PROVIDER = ["providers", "opper"] as const;
/** What a provider of ours consists of; one with anything else was changed by somebody. */
const FIELDS: readonly string[] = ["baseUrl", "api", "apiKey", "models"];
const API = "openai-completions";

export const piProviderSetup: ProviderSetup = {
  keyBy: "text",
  file: {
    title: `the provider "opper"`,
    path: modelsPath,
    add: (text, provider) => setJsonKey(text, PROVIDER, piProvider(provider)),
    remove: (text) => removeJsonKey(text, PROVIDER),
    others(text, path) {
      const provider = readJsonKey(text, PROVIDER);
      return provider === undefined || isOurs(provider, path) ? [] : [PROVIDER.join(".")];
    },
  },
  advice: () => ({ sentences: ["In Pi, /model chooses among the models of opper."] }),
};

function piProvider({ baseUrl, apiKey, models }: AddedProvider) {
  // Pi reads `$NAME` in a key as a variable, and a key that begins with `!` as a command: doubled, or after `$`, they
  // stand for themselves.
  const literal = apiKey.replaceAll("$", "$$$$").replace(/^!/, "$!");
  return { baseUrl, api: API, apiKey: literal, models: models.map(piModel) };
}

function isOurs(provider: unknown, path: string): boolean {
  return isRecord(provider) && Object.keys(provider).every((field) => FIELDS.includes(field)) &&
    provider["api"] === API && typeof provider["baseUrl"] === "string" && provider["baseUrl"].endsWith(path);
}
