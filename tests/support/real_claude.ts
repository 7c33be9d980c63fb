/** The real Claude Code from npm, and how it is started with nothing of the developer's machine. */
import { dirname, join } from "node:path";
import { binDirectoryOf, npmPackage, realNode } from "./real_pi.ts";

/** One version for all tests, as it is large. */
export const CLAUDE_VERSION = "2.1.332";

/** For a fake model alone. */
export const CLAUDE_KEY = "sk-ant-api03-of-nobody-0000000000000000000000000000";

/** It asks nobody but the model. */
export const CLAUDE_QUIET: Readonly<Record<string, string>> = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  DISABLE_AUTOUPDATER: "1",
};

/** Program and first argument. The wrapper runs on Node, and does without the package's install script. */
export async function realClaude(): Promise<readonly [program: string, ...args: string[]]> {
  return [await realNode(), join(await npmPackage("@anthropic-ai/claude-code", CLAUDE_VERSION), "cli-wrapper.cjs")];
}

/** Holds `claude`, as the package's install script leaves it: the program of this system itself. */
export async function claudeBin(): Promise<string> {
  const system = `claude-code-${Deno.build.os}-${Deno.build.arch === "aarch64" ? "arm64" : "x64"}`;
  const all = dirname(await npmPackage("@anthropic-ai/claude-code", CLAUDE_VERSION));
  return await binDirectoryOf("claude", CLAUDE_VERSION, join(all, system, "claude"));
}
