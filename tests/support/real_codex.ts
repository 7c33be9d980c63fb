/** The real Codex from npm. */
import { join } from "node:path";
import { binDirectoryOf, npmPackage, realNode } from "./real_pi.ts";

export const CODEX_VERSION = "0.169.0";

/** Program and first argument. */
export async function realCodex(): Promise<readonly [program: string, ...args: string[]]> {
  return [await realNode(), join(await npmPackage("@openai/codex", CODEX_VERSION), "bin/codex.js")];
}

/** Holds `codex`. */
export async function codexBin(): Promise<string> {
  const directory = await npmPackage("@openai/codex", CODEX_VERSION);
  return await binDirectoryOf("codex", CODEX_VERSION, join(directory, "bin/codex.js"));
}
