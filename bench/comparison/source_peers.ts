/**
 * Other programs that read the logs of many agents, where they are installed, and how to read what they say.
 *
 * codeburn needs Node 22.13, which comes as a package too. tokscale's own package only starts the program of this one.
 */
import { join } from "node:path";
import type { TokenUsage } from "../../src/core/model.ts";
import { addUsage, NO_USAGE } from "../../src/core/model.ts";
import { answers, type Program, type RunPlace } from "./run_measured.ts";

export interface SourcePeer extends Program {
  /** By the agent's id, as the peer calls it. Writes to the cache are one number, `cacheWrite`. */
  usageOf(stdout: string): ReadonlyMap<string, TokenUsage>;
}

export const HOW_TO_INSTALL_SOURCE_PEERS =
  "npm install --prefix DIRECTORY ccusage@20.0.24 @ccusage/ccusage-linux-x64@20.0.24 " +
  "@tokscale/cli-linux-x64-gnu@4.17.0 codeburn@0.9.15 node@22";

/** @param directory That they are installed in */
export async function findSourcePeers(directory: string): Promise<readonly SourcePeer[]> {
  const modules = join(directory, "node_modules");
  const bin = (name: string) => join(modules, ".bin", name);
  const peers = [
    {
      name: "ccusage",
      program: [bin("node"), bin("ccusage")] as const,
      args: ["session", "--json", "--offline"],
      usageOf: ccusageUsage,
    },
    {
      name: "tokscale",
      program: [join(modules, "@tokscale/cli-linux-x64-gnu/bin/tokscale")] as const,
      args: ["models", "--json", "--no-spinner"],
      usageOf: tokscaleUsage,
    },
    {
      name: "codeburn",
      program: [bin("node"), bin("codeburn")] as const,
      args: ["models", "--period", "all", "--format", "json"],
      usageOf: codeburnUsage,
    },
  ];
  const found: SourcePeer[] = [];
  for (const { name, program: [first, ...rest], args, usageOf } of peers) {
    if (await answers([first, ...rest, "--version"])) {
      found.push({ name, command: [first, ...rest, ...args], isQuiet: true, usageOf });
    }
  }
  return found;
}

/** Some keep what they read: each run is to be their first. */
export function withoutCaches(place: RunPlace, scratch: string): RunPlace {
  return {
    ...place,
    env: { ...place.env, XDG_CACHE_HOME: scratch, XDG_CONFIG_HOME: scratch, CODEBURN_CACHE_DIR: scratch },
  };
}

function sumUp<Row>(
  rows: readonly Row[],
  agentOf: (row: Row) => string,
  usageOf: (row: Row) => TokenUsage,
): ReadonlyMap<string, TokenUsage> {
  const sums = new Map<string, TokenUsage>();
  for (const row of rows) sums.set(agentOf(row), addUsage(sums.get(agentOf(row)) ?? NO_USAGE, usageOf(row)));
  return sums;
}

interface CcusageRow {
  readonly agent: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheCreationTokens: number;
}

function ccusageUsage(stdout: string): ReadonlyMap<string, TokenUsage> {
  const { session } = JSON.parse(stdout) as { readonly session: readonly CcusageRow[] };
  return sumUp(session, ({ agent }) => agent, (row) => ({
    input: row.inputTokens,
    cacheRead: row.cacheReadTokens,
    cacheWrite: row.cacheCreationTokens,
    cacheWrite1h: 0,
    output: row.outputTokens,
  }));
}

interface TokscaleRow {
  readonly client: string;
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  /** Beside the output. */
  readonly reasoning: number;
}

function tokscaleUsage(stdout: string): ReadonlyMap<string, TokenUsage> {
  const { entries } = JSON.parse(stdout) as { readonly entries: readonly TokscaleRow[] };
  return sumUp(entries, ({ client }) => client, ({ input, output, cacheRead, cacheWrite, reasoning }) => ({
    input,
    cacheRead,
    cacheWrite,
    cacheWrite1h: 0,
    output: output + reasoning,
  }));
}

interface CodeburnRow {
  readonly provider: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
}

function codeburnUsage(stdout: string): ReadonlyMap<string, TokenUsage> {
  const rows = JSON.parse(stdout) as readonly CodeburnRow[];
  return sumUp(rows, ({ provider }) => provider, (row) => ({
    input: row.inputTokens,
    cacheRead: row.cacheReadTokens,
    cacheWrite: row.cacheWriteTokens,
    cacheWrite1h: 0,
    output: row.outputTokens,
  }));
}
