/** The real Codex from npm. */
import { join } from "node:path";
import { npmPackage, realNode } from "./real_pi.ts";

export const CODEX_VERSION = "0.169.0";

/** Program and first argument. */
export async function realCodex(): Promise<readonly [program: string, ...args: string[]]> {
  return [await realNode(), join(await npmPackage("@openai/codex", CODEX_VERSION), "bin/codex.js")];
}
