/**
 * The key that Pi has for OpenRouter: of `auth.json` the entry `openrouter`, `{"type":"api_key","key":…}`, or of its login in
 * the browser `{"type":"oauth","access":…}`, which is a permanent key. `key` is one, or `$NAME`, `${NAME}`, or `!command`.
 *
 * Source: Pi 1.5.2, read 2026-11-26. A command is not run: what it does is between Pi and its user.
 */
import { isRecord } from "../../core/json/is_record.ts";
import type { Machine } from "../../core/machine.ts";
import type { GatewayKey } from "../gateway_key.ts";
import { authPath } from "./places.ts";

const ORIGIN = "Pi's auth.json";

/** One at most. */
export function readPiKeys(machine: Machine): readonly GatewayKey[] {
  const entry = parseEntry(machine.readTextFile(authPath(machine)));
  if (entry === undefined) return [];
  const said = entry["type"] === "oauth" ? entry["access"] : entry["key"];
  if (typeof said !== "string" || said.trim() === "") return [];
  const found = (key: Pick<GatewayKey, "key" | "problem">): readonly GatewayKey[] => [
    { gateway: "openrouter", origin: ORIGIN, ...key },
  ];
  if (entry["type"] === "oauth") return found({ key: said });
  if (said.startsWith("!")) return found({ problem: "Pi gets this key from a command, which is not run here." });
  const variable = /^\$(?:(\w+)|\{(\w+)\})$/.exec(said.trim());
  if (variable === null) return found({ key: said });
  const name = (variable[1] ?? variable[2])!;
  const key = machine.env[name];
  return key ? found({ key }) : found({ problem: `Pi gets this key from ${name}, which is not set here.` });
}

function parseEntry(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  if (text === undefined) return undefined;
  try {
    const stored: unknown = JSON.parse(text);
    const entry = isRecord(stored) ? stored["openrouter"] : undefined;
    return isRecord(entry) ? entry : undefined;
  } catch (error) {
    // Its text may be a key: nothing of the error is passed on.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
