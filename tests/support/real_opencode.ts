/** The real OpenCode from npm. */
import { dirname, join } from "node:path";
import { binDirectoryOf, npmPackage } from "./real_pi.ts";

export const OPENCODE_VERSION = "1.18.33";

/** Its program, which is in a package for each system, beside the one that names them all. */
export async function realOpencode(): Promise<string> {
  const system = Deno.build.os === "windows" ? "windows" : Deno.build.os;
  const name = `opencode-${system}-${Deno.build.arch === "aarch64" ? "arm64" : "x64"}`;
  return join(dirname(await npmPackage("opencode-ai", OPENCODE_VERSION)), name, "bin", "opencode");
}

/** Holds `opencode`. */
export async function opencodeBin(): Promise<string> {
  return await binDirectoryOf("opencode", OPENCODE_VERSION, await realOpencode());
}
