/** First scans of one agent's logs, by this program and by its peers in turn. */
import { join } from "node:path";
import type { TokenUsage } from "../../src/core/model.ts";
import { CaseRuns, type MeasuredCase } from "../comparison/measured_cases.ts";
import { placeOf, sessionsProgram } from "../comparison/programs.ts";
import { type Program, runForAnswer, runMeasured } from "../comparison/run_measured.ts";
import { type SourcePeer, withoutCaches } from "../comparison/source_peers.ts";
import { warmPageCache } from "../comparison/warm_page_cache.ts";
import type { SourceCorpus } from "./make_source_corpus.ts";

export interface MeasureOptions {
  readonly ours: Program["command"];
  readonly peers: readonly SourcePeer[];
  readonly rounds: number;
  /** A directory for what is made meanwhile. */
  readonly work: string;
}

export interface SourceFigures {
  /** Of the table, a program each. */
  readonly rows: readonly (readonly string[])[];
  /** What was read, and how far peers are off. */
  readonly about: string;
  /** What is wrong with our totals. */
  readonly wrong: readonly string[];
}

const OURS = "opper-agent";
const WARM = "opper-agent, warm";

export async function measureSource(
  { source, form, home, truth }: SourceCorpus,
  { ours, peers, rounds, work }: MeasureOptions,
): Promise<SourceFigures> {
  const runs = new CaseRuns();
  const before = new Set(filesBelow(home));
  const state = join(work, `state-${source}-${form}`);
  const ask = sessionsProgram(OURS, ours);
  const answer = JSON.parse(await runForAnswer(ask, placeOf(home, state))) as OurAnswer;
  const wrong = differenceOf(sumsOf(answer, source), truth.sums.usage);
  const turns = answer.sessions.reduce((sum, session) => sum + session.turns, 0);
  const off = new Map<string, string>();
  for (const peer of peers) {
    const usage = peer.usageOf(await runForAnswer(peer, withoutCaches(placeOf(home, state), join(work, "peer"))));
    off.set(peer.name, differenceOf(usageNamed(usage, source), truth.sums.usage));
    tidyUp(home, before, join(work, "peer"));
  }
  for (let round = 0; round <= rounds; round++) {
    if (round === 1) runs.forgetRuns();
    const scans: readonly (() => Promise<void>)[] = [
      async () => runs.add(OURS, await runMeasured(ask, placeOf(home, join(work, `cold-${source}-${round}`)))),
      ...peers.map((peer) => async () => {
        const place = withoutCaches(placeOf(home, state), join(work, "peer"));
        runs.add(peer.name, await runMeasured(peer, place));
        tidyUp(home, before, join(work, "peer"));
      }),
    ];
    for (const place of scans.keys()) {
      warmPageCache(home);
      await scans[(round + place) % scans.length]!();
    }
    await runForAnswer(ask, placeOf(home, state));
    runs.add(WARM, await runMeasured(ask, placeOf(home, state)));
  }
  const cases = runs.cases();
  const rows = [OURS, ...peers.map(({ name }) => name), WARM].map((name) => {
    const totals = name === OURS || name === WARM ? wrong : off.get(name)!;
    return rowOf(source, name, cases.get(name)!, totals, name === WARM ? undefined : { bytes: truth.bytes, turns });
  });
  const deviations = [...off].filter(([, text]) => text !== "").map(([name, text]) => `${name} ${text}`);
  return {
    rows,
    about:
      `${source}: ${(truth.bytes / 1e6).toFixed(0)} MB in ${truth.pieces} ${
        form === "tables" ? "rows" : "files"
      }, ${answer.sessions.length} sessions, ${turns} responses, seed ${truth.seed}. ` +
      (deviations.length === 0 ? "All totals are right." : `Off: ${deviations.join("; ")}.`),
    wrong: wrong === "" ? [] : [`${source}: ${wrong}`],
  };
}

interface OurAnswer {
  readonly sessions: readonly { readonly source: string; readonly turns: number; readonly usage: TokenUsage }[];
}

function sumsOf({ sessions }: OurAnswer, source: string): TokenUsage {
  const sum = { input: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 0 };
  for (const { usage } of sessions.filter((session) => session.source === source)) {
    for (const kind of Object.keys(sum) as (keyof TokenUsage)[]) sum[kind] += usage[kind];
  }
  return sum;
}

/** Peers call some agents by longer names. */
function usageNamed(usage: ReadonlyMap<string, TokenUsage>, source: string): TokenUsage | undefined {
  return usage.get(source) ?? [...usage].find(([name]) => name.startsWith(source))?.[1];
}

/** Such as `−3.20 % input, +1.00 % output`; empty where all is right. */
function differenceOf(found: TokenUsage | undefined, known: TokenUsage): string {
  if (found === undefined) return "finds nothing";
  const whole = ({ input, cacheRead, cacheWrite, cacheWrite1h, output }: TokenUsage) => ({
    input,
    cacheRead,
    cacheWrite: cacheWrite + cacheWrite1h,
    output,
  });
  const [is, was] = [whole(found), whole(known)];
  return (Object.keys(was) as (keyof typeof was)[]).filter((kind) => is[kind] !== was[kind]).map((kind) => {
    if (was[kind] === 0) return `${is[kind]} ${kind} of none`;
    const ratio = is[kind] / was[kind] - 1;
    return `${ratio < 0 ? "−" : "+"}${(Math.abs(ratio) * 100).toFixed(2)} % ${kind}`;
  }).join(", ");
}

function rowOf(
  source: string,
  name: string,
  { wallMs, peakMb }: MeasuredCase,
  off: string,
  read: { readonly bytes: number; readonly turns: number } | undefined,
): readonly string[] {
  const perSecond = (count: number) => (count / (wallMs.median / 1000)).toFixed(0);
  return [
    source,
    name,
    wallMs.median.toFixed(0),
    read === undefined ? "" : perSecond(read.bytes / 1e6),
    read === undefined ? "" : perSecond(read.turns),
    peakMb === undefined ? "" : peakMb.toFixed(0),
    off === "" ? "right" : "off",
  ];
}

function* filesBelow(directory: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(directory)) {
    const path = join(directory, name);
    yield path;
    if (isDirectory) yield* filesBelow(path);
  }
}

/** What a peer left: the next one is to find what it found. */
function tidyUp(home: string, before: ReadonlySet<string>, scratch: string): void {
  for (const path of [...filesBelow(home)].filter((path) => !before.has(path)).reverse()) {
    Deno.removeSync(path, { recursive: true });
  }
  try {
    Deno.removeSync(scratch, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
