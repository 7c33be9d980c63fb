/** Runs rounds of campaigns until the time is up, several at once, and keeps what they found. */
import { join } from "node:path";
import { Draws } from "../corpus_generator/draws.ts";
import type { AgentProgram } from "./agent_program.ts";
import type { Campaign, Fault, Finding } from "./campaign.ts";
import type { KnownLogs } from "./known_logs.ts";

export interface TortureOptions {
  readonly campaigns: readonly Campaign[];
  /** Of the first round of each campaign; each next one's is one more. */
  readonly seed: number;
  /** No round begins later. */
  readonly ms: number;
  /** Rounds of each campaign at most. @default as many as there is time for */
  readonly rounds?: number;
  /** Rounds at once. */
  readonly jobs: number;
  readonly agent: AgentProgram;
  readonly logs: KnownLogs;
  /** Where rounds have their directories. */
  readonly directory: string;
  /** Called with the first few findings of a kind. */
  onFinding(finding: Finding): void;
}

export interface TortureResult {
  /** All of them, in the order in which they were found. */
  readonly findings: readonly Finding[];
  /** How many of each campaign, by its name. */
  readonly rounds: ReadonlyMap<string, number>;
}

/** Directories that are kept of one kind of a campaign's findings: one fault can show in every round. */
const KEPT_A_KIND = 3;

interface Progress {
  readonly campaign: Campaign;
  started: number;
  spentMs: number;
}

export async function runCampaigns(options: TortureOptions): Promise<TortureResult> {
  const { campaigns, ms, rounds = Infinity, jobs } = options;
  const until = performance.now() + ms;
  const all = campaigns.map((campaign): Progress => ({ campaign, started: 0, spentMs: 0 }));
  const findings: Finding[] = [];
  const work = async () => {
    while (performance.now() < until) {
      // Whoever is furthest from its share. What is running counts as if it took a while.
      const shareOf = ({ campaign, spentMs, started }: Progress) => (spentMs + started) / campaign.weight;
      const [next] = all.filter(({ started }) => started < rounds).sort((a, b) => shareOf(a) - shareOf(b));
      if (next === undefined) return;
      const seed = options.seed + next.started++;
      const startedAt = performance.now();
      await runRound(next.campaign, seed, options, findings);
      next.spentMs += performance.now() - startedAt;
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return { findings, rounds: new Map(all.map(({ campaign, started }) => [campaign.name, started])) };
}

async function runRound(
  campaign: Campaign,
  seed: number,
  { agent, logs, directory: parent, onFinding }: TortureOptions,
  findings: Finding[],
): Promise<void> {
  const directory = join(parent, `${campaign.name}-${seed}`);
  await Deno.mkdir(directory, { recursive: true });
  let keeps = false;
  const report = (...faults: readonly Fault[]) => {
    for (const fault of faults) {
      const alike = findings.filter(({ campaign: name, kind }) => name === campaign.name && kind === fault.kind);
      const isShown = alike.filter((finding) => finding.seed !== seed).length < KEPT_A_KIND &&
        alike.every((finding) => finding.seed !== seed);
      const finding = { ...fault, campaign: campaign.name, seed, directory };
      findings.push(finding);
      if (!isShown) continue;
      keeps = true;
      onFinding(finding);
    }
    return faults.length > 0;
  };
  try {
    await campaign.run({ draws: new Draws(seed), directory, agent, logs, report });
  } catch (error) {
    report({
      kind: "the round itself failed",
      what: error instanceof Error ? error.stack ?? error.message : `${error}`,
    });
  }
  if (!keeps) await Deno.remove(directory, { recursive: true });
}
