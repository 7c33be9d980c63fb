/**
 * `enrich --opper`: asks Opper for the traces that launches opened, and keeps what it says. Nobody is asked for leave first:
 * Opper made these traces itself of calls that were sent to it, and the key is the one that they were sent with.
 */
import { AgentError } from "../../core/errors.ts";
import { isoTime } from "../../core/iso_time.ts";
import type { EpochMs } from "../../core/model.ts";
import { openEvidence } from "../../evidence/open_evidence.ts";
import type { AccountChoice } from "../account/open_account.ts";
import type { OperationContext } from "../contract/context.ts";
import { openTraceAsker, type TraceAsker } from "../launches/ask_traces.ts";
import { enrichTraces, pendingTraces, type TraceRun } from "../launches/enrich_traces.ts";
import { listOpenedTraces, type OpenedTrace } from "../launches/opened_traces.ts";
import { moneyText } from "../report/cells.ts";
import { formatCount } from "../report/format.ts";
import { countOf } from "../report/notes.ts";
import type { EnrichAnswer } from "./enrich_output.ts";
import { startClock, takeLock } from "./run_enrich.ts";

/** What of the input is Opper's. */
export interface EnrichOpperInput extends AccountChoice {
  readonly limit: number;
  readonly dryRun: boolean;
}

/**
 * @param answer What is known already
 * @param since Older traces are left out
 * @throws {AgentError} failed, when there is no key, it is refused, or another run asks
 */
export async function enrichOpper(
  answer: EnrichAnswer,
  since: EpochMs,
  input: EnrichOpperInput,
  context: OperationContext,
  notes: string[],
): Promise<EnrichAnswer> {
  const { stateDirectory } = context;
  const all = listOpenedTraces(stateDirectory).filter(({ record }) => record.at >= since);
  const asker = openAsker(input, context, input.dryRun || all.length === 0, notes);
  const evidence = await openEvidence({ stateDirectory, onWarning: (text) => notes.push(text) });
  const pending = pendingTraces(stateDirectory, { since, traces: evidence?.traces });
  evidence?.close();
  const askable = pending.filter(({ ledger }) => asker === undefined || ledger.launch.host === asker.host);
  if (askable.length < pending.length) {
    notes.push(`${countOf(pending.length - askable.length, "trace")} went to another gateway than this key is for.`);
  }
  const wanted = input.limit === 0 ? askable : askable.slice(0, input.limit);
  if (wanted.length < askable.length) {
    notes.push(`${formatCount(askable.length - wanted.length)} more are not asked about, because of --limit.`);
  }
  const planned: EnrichAnswer = {
    ...answer,
    gateway: "opper",
    ...(asker === undefined ? {} : { host: asker.host, key: asker.origin }),
    turns: all.length,
    known: all.length - pending.length,
    toAsk: wanted.length,
    oldest: isoTime(wanted.at(-1)?.record.at),
    newest: isoTime(wanted[0]?.record.at),
    left: wanted.length,
  };
  if (wanted.length === 0) return planned;
  if (input.dryRun || asker === undefined) return { ...planned, end: "planned" };
  const { run, isInterrupted } = await ask(wanted, asker, context, notes);
  const { found, missing, left, problem } = run;
  if (found > run.billed) {
    notes.push(`Opper says of ${countOf(found - run.billed, "trace")} nothing of what it cost.`);
  }
  return {
    ...planned,
    found,
    missing,
    left,
    ...(run.billed === 0 ? {} : { billedUsd: run.usd }),
    end: isInterrupted ? "interrupted" : asker.ended === undefined ? "done" : "unreachable",
    ...(problem === undefined ? {} : { problem }),
  };
}

/** @param isOptional Whether it is no error that there is no key */
function openAsker(
  choice: AccountChoice,
  { account }: OperationContext,
  isOptional: boolean,
  notes: string[],
): TraceAsker | undefined {
  try {
    return openTraceAsker(choice, account);
  } catch (error) {
    if (!isOptional || !(error instanceof AgentError)) throw error;
    notes.push(`${error.message} ${error.hint ?? ""}`.trim());
    return undefined;
  }
}

async function ask(
  pending: readonly OpenedTrace[],
  asker: TraceAsker,
  context: OperationContext,
  notes: string[],
): Promise<{ readonly run: TraceRun; readonly isInterrupted: boolean }> {
  const release = takeLock(context);
  try {
    const { EvidenceStore } = await import("../../evidence/evidence_store.ts");
    const store = EvidenceStore.openToWrite(context.stateDirectory, (text) => notes.push(text));
    try {
      const signal = await context.person?.catchInterrupt();
      const run = await enrichTraces({
        pending,
        asker,
        traces: store.traces,
        now: startClock(context.now),
        signal,
        onProgress: ({ found, missing, usd }) =>
          context.person?.showProgress(
            `Asking Opper  ${formatCount(found + missing)} of ${formatCount(pending.length)}   ` +
              `${moneyText(usd, context)} billed so far`,
          ),
      });
      return { run, isInterrupted: signal?.aborted === true };
    } finally {
      store.close();
    }
  } finally {
    release();
  }
}
