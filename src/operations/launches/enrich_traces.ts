/**
 * Opper's part of `enrich`: asks for the traces that launches opened and keeps what was found, so that `traces` and `reconcile`
 * know what was billed from then on, offline.
 */
import type { DurationMs, EpochMs, Usd } from "../../core/model.ts";
import { addAmounts } from "../../core/cost/add_amounts.ts";
import type { OpperEvidence } from "../../evidence/opper_evidence.ts";
import { listOpenedTraces, type OpenedTrace } from "./opened_traces.ts";
import type { TraceAsker } from "./ask_traces.ts";

/** A trace has all of its spans some time after the launch has ended. */
const SETTLED_MS: DurationMs = 60_000;

/** Which traces are asked for. */
export interface PendingOptions {
  /** Opened at this time or later. @default any time */
  readonly since?: EpochMs;
  /** At most so many, the newest. @default all */
  readonly limit?: number;
  /** What is known already. @default nothing */
  readonly traces?: Pick<OpperEvidence, "find">;
}

/** The traces that are not known, or were asked for while their launch still ran; newest first. */
export function pendingTraces(
  stateDirectory: string,
  { since = -Infinity, limit = Infinity, traces }: PendingOptions = {},
): readonly OpenedTrace[] {
  return listOpenedTraces(stateDirectory)
    .filter(({ record, ledger }) => record.at >= since && !isSettled(ledger.exit?.at, traces?.find(record.traceId)))
    .slice(0, limit);
}

function isSettled(endedAt: EpochMs | undefined, found: { readonly askedAt: EpochMs } | undefined): boolean {
  return endedAt !== undefined && found !== undefined && found.askedAt >= endedAt + SETTLED_MS;
}

/** How far a run has come. */
export interface TraceRun {
  /** Traces that were found, and are kept. */
  readonly found: number;
  /** Of these, such as say what they cost. */
  readonly billed: number;
  /** What those cost. */
  readonly usd: Usd;
  /** Asked for, and not known to the gateway. */
  readonly missing: number;
  /** Left for the next run. */
  readonly left: number;
  /** Why some were left; the first reason. */
  readonly problem?: string;
}

/** What is asked for, whom, and where it is kept. */
export interface EnrichTracesOptions {
  readonly pending: readonly OpenedTrace[];
  readonly asker: TraceAsker;
  readonly traces: Pick<OpperEvidence, "save">;
  now(): EpochMs;
  /** After each answer. */
  onProgress?(run: TraceRun): void;
  /** Ends it: what was found stays. */
  readonly signal?: AbortSignal;
}

/**
 * Each answer is kept as it comes, so that a run that is killed has lost none.
 *
 * @throws {AgentError} failed, when the key is refused
 */
export async function enrichTraces(options: EnrichTracesOptions): Promise<TraceRun> {
  const { pending, asker, traces, now, onProgress, signal } = options;
  let run: TraceRun = { found: 0, billed: 0, usd: 0, missing: 0, left: pending.length };
  const askOne = async ({ record, ledger }: OpenedTrace) => {
    if (signal?.aborted) return;
    const askedAt = now();
    const { trace, problem, isMissing } = await asker.ask(record.traceId, ledger.launch.host);
    if (trace !== undefined) {
      traces.save({ trace, askedAt, key: asker.keyFingerprint });
      const { usd } = trace;
      run = {
        ...run,
        found: run.found + 1,
        billed: run.billed + (usd === undefined ? 0 : 1),
        usd: addAmounts(run.usd, usd ?? 0),
        left: run.left - 1,
      };
    } else if (isMissing) run = { ...run, missing: run.missing + 1, left: run.left - 1 };
    else run = { problem, ...run };
    onProgress?.(run);
  };
  // Not more are begun than are under way, so that an end of it is one.
  const queue = pending[Symbol.iterator]();
  const askOn = async () => {
    for (const one of queue) await askOne(one);
  };
  await Promise.all([askOn(), askOn(), askOn(), askOn()]);
  return run;
}
