/** The real Copilot CLI from npm. */
import { join } from "node:path";
import { binDirectoryOf, npmPackage } from "./real_pi.ts";

export const COPILOT_VERSION = "1.0.102";

/** Holds `copilot`. */
export async function copilotBin(): Promise<string> {
  const directory = await npmPackage("@github/copilot", COPILOT_VERSION);
  return await binDirectoryOf("copilot", COPILOT_VERSION, join(directory, "npm-loader.js"));
}
