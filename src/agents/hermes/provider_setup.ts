/**
 * Opper among the providers of Hermes' `config.yaml`, with the name of the variable that has the key. Read in
 * `hermes_cli/runtime_provider.py` of its main branch (2026-11-27); not run.
 */
import { isRecord } from "../../core/json/is_record.ts";
import { readYamlEntry, removeYamlEntry, setYamlEntry, type YamlPath } from "../formats/yaml_entry.ts";
import { CHILD_KEY_VARIABLE } from "../launcher.ts";
import type { ProviderSetup } from "../provider_setup.ts";
import { settingsPath } from "./places.ts";

const PROVIDER: YamlPath = ["providers", "opper"];

export const hermesProviderSetup: ProviderSetup = {
  keyBy: "variable",
  file: {
    title: `the provider "opper"`,
    path: settingsPath,
    add: (text, { baseUrl }) => setYamlEntry(text, PROVIDER, { base_url: baseUrl, key_env: CHILD_KEY_VARIABLE }),
    remove: (text) => removeYamlEntry(text, PROVIDER),
    others(text, path) {
      const provider = readYamlEntry(text, PROVIDER);
      return provider === undefined || isOurs(provider, path) ? [] : [PROVIDER.join(".")];
    },
  },
  advice: () => ({
    sentences: [
      "`hermes chat --provider opper -m MODEL` uses it. Hermes also reads the variable from `.env` in its home.",
    ],
  }),
};

function isOurs(provider: unknown, path: string): boolean {
  if (!isRecord(provider)) return false;
  const { base_url, key_env, ...others } = provider;
  return Object.keys(others).length === 0 && key_env === CHILD_KEY_VARIABLE && typeof base_url === "string" &&
    base_url.endsWith(path);
}
