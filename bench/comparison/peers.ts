/**
 * Other programs that read the same logs, where they are installed, and how to read what they say.
 *
 *     npm install --prefix bench/corpus/peers ccusage@20.0.24 @ccusage/ccusage-linux-x64@20.0.24
 */
import { join } from "node:path";
import { NO_SUMS, SOURCE_IDS, type SourceId, type Sums } from "../corpus_generator/truth.ts";
import { CASE } from "./case_names.ts";
import { answers, type Program } from "./run_measured.ts";

/** Tokens by source. Writes to the cache are one number, `cacheWrite`; peers count neither turns nor lifetimes. */
export type PeerTotals = Readonly<Record<SourceId, Sums>>;

export interface Peer extends Program {
  readonly totalsOf: (stdout: string) => PeerTotals;
}

export const HOW_TO_INSTALL =
  "npm install --prefix bench/corpus/peers ccusage@20.0.24 @ccusage/ccusage-linux-x64@20.0.24";

/**
 * The peers below `<directory>/node_modules`, the one that ratios refer to first. ccusage is run twice: as the command that npm
 * installs, which starts Node first, and as the program that this starts.
 */
export async function findPeers(directory: string): Promise<readonly Peer[]> {
  const modules = join(directory, "node_modules");
  const question = ["session", "--json", "--offline"] as const;
  const peers: Peer[] = [
    { name: CASE.peer, command: [join(modules, ".bin/ccusage"), ...question], totalsOf: ccusageTotals },
    {
      name: "ccusage, without Node",
      command: [join(modules, `@ccusage/ccusage-${Deno.build.os}-${arch()}/bin/ccusage`), ...question],
      totalsOf: ccusageTotals,
    },
  ];
  const found: Peer[] = [];
  for (const peer of peers) if (await answers([peer.command[0], "--version"])) found.push(peer);
  return found;
}

function arch(): string {
  return Deno.build.arch === "x86_64" ? "x64" : "arm64";
}

function ccusageTotals(stdout: string): PeerTotals {
  const { session } = JSON.parse(stdout) as {
    session: {
      agent: SourceId;
      inputTokens: number;
      outputTokens: number;
      cacheReadTokens: number;
      cacheCreationTokens: number;
    }[];
  };
  const totals = Object.fromEntries(SOURCE_IDS.map((id) => [id, { ...NO_SUMS }])) as Record<SourceId, Sums>;
  for (const row of session) {
    const { input, cacheRead, cacheWrite, output } = totals[row.agent];
    totals[row.agent] = {
      ...NO_SUMS,
      input: input + row.inputTokens,
      cacheRead: cacheRead + row.cacheReadTokens,
      cacheWrite: cacheWrite + row.cacheCreationTokens,
      output: output + row.outputTokens,
    };
  }
  return totals;
}
