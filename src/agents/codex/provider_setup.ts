/**
 * Opper among the model providers of Codex's `config.toml`: one table, which asks our command for the key. Which provider is
 * used stays the user's to say: a thread is bound to its provider, and Codex lists those of the current one alone (0.169.0,
 * run 2026-11-27).
 */
import type { AddedProvider, ProviderSetup } from "../provider_setup.ts";
import { isKeyCommand } from "../provider_setup.ts";
import { isRecord } from "../../core/json/is_record.ts";
import {
  readTomlTable,
  removeTomlTable,
  setTomlMembers,
  tomlList,
  type TomlMember,
  type TomlPlace,
} from "../formats/toml_table.ts";
import { configPath } from "./places.ts";

const PROVIDER: TomlPlace = {
  path: ["model_providers", "opper"],
  remedy: "Remove it by hand. Nothing was changed.",
};

/** The only protocol that Codex speaks. */
const PROTOCOL = "responses";

export const codexProviderSetup: ProviderSetup = {
  keyBy: "command",
  file: {
    title: `the provider "opper"`,
    path: configPath,
    add(text, provider) {
      const { values, members } = codexProvider(provider);
      if (JSON.stringify(readTomlTable(text, PROVIDER)) === JSON.stringify(values)) return text;
      // As a whole: what is left of another one, or in tables of its own, would not go with ours.
      return setTomlMembers(removeTomlTable(text, PROVIDER), PROVIDER, members, values);
    },
    remove: (text) => removeTomlTable(text, PROVIDER),
    others(text, path) {
      const provider = readTomlTable(text, PROVIDER);
      return provider === undefined || isOurs(provider, path) ? [] : [PROVIDER.path.join(".")];
    },
  },
  advice: () => ({
    sentences: [
      "`codex -c model_provider=opper -m MODEL` uses it; model_provider and model in config.toml make it the usual one.",
      "A thread of Codex stays with its provider: `codex fork` goes on with one of another.",
    ],
  }),
};

/** As a parser has it, and as it is written. */
function codexProvider({ baseUrl, keyCommand: { command, args } }: AddedProvider) {
  const values = { name: "Opper", base_url: baseUrl, wire_api: PROTOCOL, auth: { command, args } };
  const members: readonly TomlMember[] = [
    ...([["name", values.name], ["base_url", baseUrl], ["wire_api", PROTOCOL]] as const)
      .map(([key, value]) => [key, JSON.stringify(value)] as const),
    ["auth", `{ command = ${JSON.stringify(command)}, args = ${tomlList(args)} }`],
  ];
  return { values, members };
}

function isOurs({ name, base_url, wire_api, auth, ...others }: Readonly<Record<string, unknown>>, path: string) {
  return Object.keys(others).length === 0 && typeof name === "string" && wire_api === PROTOCOL &&
    typeof base_url === "string" && base_url.endsWith(path) && isOurAuth(auth);
}

function isOurAuth(auth: unknown): boolean {
  if (!isRecord(auth)) return false;
  const { command, args, ...others } = auth;
  return typeof command === "string" && Array.isArray(args) && isKeyCommand(args) && Object.keys(others).length === 0;
}
