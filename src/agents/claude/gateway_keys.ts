/**
 * The key that Claude Code sends to OpenRouter, where its base URL is OpenRouter's: `ANTHROPIC_AUTH_TOKEN` beside
 * `ANTHROPIC_BASE_URL`, in `env` of its settings.json, which goes before the environment there (2.1.332, read 2026-11-26).
 */
import { isRecord } from "../../core/json/is_record.ts";
import type { Machine } from "../../core/machine.ts";
import type { GatewayKey } from "../gateway_key.ts";
import { userSettingsPaths } from "./places.ts";

const BASE_URL = "ANTHROPIC_BASE_URL";
const TOKEN = "ANTHROPIC_AUTH_TOKEN";

/** One at most for each of its directories. */
export function readClaudeKeys(machine: Machine): readonly GatewayKey[] {
  const keys: GatewayKey[] = [];
  for (const path of userSettingsPaths(machine)) {
    const settings = parseEnvironment(machine.readTextFile(path));
    const [baseUrl, token] = [BASE_URL, TOKEN].map((name) => settings[name] ?? machine.env[name]);
    if (!isOpenRouter(baseUrl) || !token || keys.some(({ key }) => key === token)) continue;
    const where = settings[TOKEN] === undefined ? `Claude Code's ${TOKEN}` : `${TOKEN} in Claude Code's settings.json`;
    keys.push({ gateway: "openrouter", origin: where, key: token });
  }
  return keys;
}

/** Its own host alone, and not one whose name begins or ends like it. */
function isOpenRouter(baseUrl: string | undefined): boolean {
  const url = URL.parse(baseUrl?.trim() ?? "");
  return url !== null && url.protocol === "https:" && url.hostname === "openrouter.ai";
}

/** What settings say of the environment; nothing where they are missing or broken. */
function parseEnvironment(text: string | undefined): Readonly<Record<string, string | undefined>> {
  if (text === undefined) return {};
  try {
    const settings: unknown = JSON.parse(text);
    const env = isRecord(settings) ? settings["env"] : undefined;
    if (!isRecord(env)) return {};
    return Object.fromEntries(
      Object.entries(env).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    );
  } catch (error) {
    // Its text may be a key: nothing of the error is passed on.
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
