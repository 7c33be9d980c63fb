/**
 * Opper in Claude Code's `settings.json`: the address as `ANTHROPIC_BASE_URL` of its `env`, and in `apiKeyHelper` a command of ours
 * that prints the key, which it sends as bearer and as `x-api-key` (2.1.332, run 2026-11-27). It hands the command to a shell.
 *
 * Both keys are Claude Code's own, and there may be others of the user's in their place: only what is ours is ever taken
 * away.
 */
import { readJsonKey, removeJsonKey, setJsonKey } from "../../core/json/json_edit.ts";
import { commandLine } from "../../core/shell_words.ts";
import type { Machine } from "../../core/machine.ts";
import { BASE_URL_FLAG, KEY_WORD, type ProviderSetup } from "../provider_setup.ts";
import { userSettingsPath } from "./places.ts";

const BASE_URL = ["env", "ANTHROPIC_BASE_URL"] as const;
const HELPER = ["apiKeyHelper"] as const;

/** What Claude Code sends in place of, or beside, what the command prints. */
const OTHER_KEYS = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"] as const;

export const claudeProviderSetup: ProviderSetup = {
  keyBy: "command",
  file: {
    title: "Opper's address and key command",
    path: userSettingsPath,
    add(text, { baseUrl, keyCommand: { command, args }, os }) {
      return setJsonKey(setJsonKey(text, BASE_URL, baseUrl), HELPER, commandLine([command, ...args], os));
    },
    // The other way round, which gives back the same bytes.
    remove(text, path) {
      const withoutHelper = isOurs(text, HELPER, path) ? removeJsonKey(text, HELPER) : text;
      return isOurs(text, BASE_URL, path) ? removeJsonKey(withoutHelper, BASE_URL) : withoutHelper;
    },
    others(text, path, edit) {
      if (edit === "remove") return [];
      return [BASE_URL, HELPER]
        .filter((key) => readJsonKey(text, key) !== undefined && !isOurs(text, key, path))
        .map((key) => key.join("."));
    },
  },
  advice: (_provider, machine) => ({
    sentences: [
      "Claude Code uses it from its next start on. `claude --model ID` takes a model of Opper's.",
      ...OTHER_KEYS.flatMap((name) => whereSet(name, machine)).map((where) =>
        `${where} is set: Claude Code sends it to Opper as well, or instead. Remove it.`
      ),
    ],
  }),
};

/** Settings go before the environment. */
function whereSet(name: string, machine: Machine): readonly string[] {
  const path = userSettingsPath(machine);
  const inSettings = readJsonKey(machine.readTextFile(path) ?? "", ["env", name]);
  if (typeof inSettings === "string" && inSettings !== "") return [`env.${name} in "${path}"`];
  return machine.env[name] ? [name] : [];
}

const HELPER_END = new RegExp(
  `(?:^|\\s)${KEY_WORD} ${BASE_URL_FLAG} (?:'[^']*'|"[^"]*"|\\S+)(?: --key (?:'[^']*'|"[^"]*"|\\S+))?$`,
);

/** Of whatever version and place of our program. */
function isOurs(text: string, key: readonly string[], path: string): boolean {
  const value = readJsonKey(text, key);
  return typeof value === "string" && (key === HELPER ? HELPER_END.test(value) : value.endsWith(path));
}
