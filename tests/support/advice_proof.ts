/** Holds what a replay says of a made-up world against what was tried in it, figure by figure. */
import type * as Ledger from "../../src/core/advice/advice_ledger.ts";
import type { ReplayTurn } from "../../src/core/advice/follow_chain.ts";
import { type EverySetting, leastOf, type Tried } from "./advice_world/every_setting.ts";
import { sendConversations, type Sent } from "./advice_world/send_conversations.ts";
import type { Kept, Knowable, Project, WorldModel } from "./advice_world/world.ts";
import { WORLD_NOW } from "./advice_world/world_time.ts";
import { directoryOf } from "./advice_world/write_world.ts";

/** A billionth of a dollar. */
const EXACTLY = 1e-9;

/** What a replay says of a figure. Without bounds it is exact. */
export interface SaidFigure {
  readonly usd: number;
  readonly lowUsd?: number;
  readonly highUsd?: number;
  readonly pings?: number;
}

/** What it is. */
type Truth = Pick<Tried, "usd"> & Partial<Tried>;

/** Names of figures that are wrong, and how many were compared. */
export class Comparison {
  count = 0;
  readonly wrong: string[] = [];

  /** Whether a figure is as near the truth as logs let it be. */
  compare(name: string, said: SaidFigure | undefined, { usd, pings }: Truth, knowable: Knowable): void {
    this.count++;
    const problem = said === undefined ? "is not said" : problemOf(said, usd, knowable);
    if (problem !== undefined) this.wrong.push(`${name} ${problem}`);
    else if (said!.pings !== undefined && pings !== undefined && said!.pings !== pings) {
      this.wrong.push(`${name}: ${said!.pings} pings of ${pings}`);
    }
  }
}

function problemOf({ usd, lowUsd = usd, highUsd = usd }: SaidFigure, truth: number, knowable: Knowable) {
  if (knowable === "exact") return isSame(usd, truth) ? undefined : `is ${usd}, not ${truth}`;
  if (truth < lowUsd - EXACTLY) return `is ${truth}, below ${lowUsd}`;
  if (knowable !== "at least" && truth > highUsd + EXACTLY) return `is ${truth}, above ${highUsd}`;
  return knowable === "at most" && truth > usd + EXACTLY ? `is ${truth}, above the ${usd} that were said` : undefined;
}

export function isSame(a: number, b: number): boolean {
  return Math.abs(a - b) <= EXACTLY;
}

/** @param ledger The module under test, or a copy that something is wrong with */
export function replayProject(
  { AdviceLedger }: Pick<typeof Ledger, "AdviceLedger">,
  project: Project,
): readonly Ledger.RowReplay[] {
  const ledger = new AdviceLedger({ since: 0, until: WORLD_NOW + 1 });
  const sent = Map.groupBy(sendConversations(project, { pings: project.warmed }, WORLD_NOW), ({ chain }) => chain);
  for (const [session, { chains, forkOf }] of project.conversations.entries()) {
    const copied = forkOf === undefined ? [] : sent.get(forkOf.chains[0]!)!;
    const turns = [
      ...copied.map((each) => ({ ...turnOf(each), isAsked: false, isCopy: true })),
      ...chains.flatMap((chain) => sent.get(chain)!.map(turnOf)),
    ].sort((a, b) => a.at - b.at);
    const directory = directoryOf(project);
    ledger.add({ session, project: directory, directory, source: project.source }, turns);
  }
  return ledger.replay().rows;
}

function turnOf({ chain, ask, at, isPing, counted }: Sent): ReplayTurn {
  const { input, read, write5m, write1h, output } = counted;
  return {
    key: `${chain.id} ${chain.asks.indexOf(ask)} ${at}`,
    at,
    endedAt: at + (isPing ? 500 : ask.lastsMs),
    model: { provider: "anthropic", model: ask.model.name },
    usage: { input, cacheRead: read, cacheWrite: write5m, cacheWrite1h: write1h, output },
    chain: chain.role === "main" ? "main" : chain.id,
    ...(ask.afterCompaction ? { afterCompaction: true } : {}),
    ...(isPing ? { keepsWarm: true } : {}),
    rates: ratesOf(ask.model, input + read + write5m + write1h),
    isAsked: true,
    isCopy: false,
  };
}

function ratesOf({ input, read, output, long }: WorldModel, length: number): ReplayTurn["rates"] {
  const each = (long !== undefined && length > long.above ? long.factor : 1) / 1e6;
  return {
    input: input * each,
    read: read * each,
    write5m: 1.25 * input * each,
    write1h: 2 * input * each,
    output: output * each,
  };
}

/** Every figure of a row of the core: both lifetimes, every count of pings, the recorded sum, a thousand tokens more. */
export function compareRow(comparison: Comparison, row: Ledger.RowReplay | undefined, tried: EverySetting): void {
  const { project, role } = tried;
  const name = `${project.name} ${role}`;
  const option = (id: string) => row?.options.find((each) => each.id === id);
  for (const kept of ["5m", "1h"] satisfies Kept[]) {
    comparison.compare(
      `${name} cache_${kept}`,
      lifetimeOf(option(`cache_${kept}`)),
      tried.lifetimes[kept],
      project.lifetimes,
    );
    const counts = tried.keepAlive[kept];
    const said = option(`keep_alive_${kept}`);
    for (const [count, each] of counts.entries()) {
      comparison.compare(`${name} keep_alive_${kept} ${count}`, said?.byCount?.[count], each, project.keepAlive);
    }
    if (counts.length > 0 && project.keepAlive === "exact") {
      comparison.compare(`${name} keep_alive_${kept}`, said, counts[leastOf(counts)]!, "exact");
    }
  }
  compareSums(comparison, row, tried);
}

/** What does not hang on a setting, of the core or of `--json`. */
export function compareSums(
  comparison: Comparison,
  row: Pick<Ledger.RowReplay, "recordedUsd" | "per1000AlwaysLoadedUsd"> | undefined,
  { project, role, recordedUsd, per1000Usd, hasTiers }: EverySetting,
): void {
  const name = `${project.name} ${role}`;
  comparison.compare(`${name} recorded`, row && { usd: row.recordedUsd }, { usd: recordedUsd }, "exact");
  if (hasTiers) return;
  comparison.compare(`${name} per 1,000`, row && { usd: row.per1000AlwaysLoadedUsd }, { usd: per1000Usd }, "exact");
}

/** Pings that were really sent are none of the option's. */
function lifetimeOf(option: Ledger.OptionReplay | undefined): SaidFigure | undefined {
  return option && { usd: option.usd, lowUsd: option.lowUsd, highUsd: option.highUsd };
}
