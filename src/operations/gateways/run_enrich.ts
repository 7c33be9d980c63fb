/** What `enrich` does once it may: takes the lock, tries the key, asks, and keeps. Or forgets. */
import { AgentError } from "../../core/errors.ts";
import { isoTime } from "../../core/iso_time.ts";
import type { EpochMs } from "../../core/model.ts";
import { removeEvidence } from "../../evidence/evidence_file.ts";
import { takeEnrichLock } from "../../evidence/enrich_lock.ts";
import { openEvidence } from "../../evidence/open_evidence.ts";
import type { OpenRouterClient } from "../../gateways/openrouter/client.ts";
import type { OperationContext } from "../contract/context.ts";
import { moneyText } from "../report/cells.ts";
import { formatCount, formatCountdown } from "../report/format.ts";
import { countOf } from "../report/notes.ts";
import { askAtOnce, type AskedSoFar, askOneByOne, type AskOptions, type AskResult } from "./ask_openrouter.ts";
import type { EnrichAnswer } from "./enrich_output.ts";
import type { AskableTurn } from "./list_askable_turns.ts";

/** What is to be asked, and with which keys. */
export interface EnrichPlan {
  readonly client: OpenRouterClient;
  readonly management?: OpenRouterClient;
  readonly turns: readonly AskableTurn[];
  /** Whether those that another run found to be missing meanwhile are left out. */
  readonly skipsMissing: boolean;
}

type EnrichResult = Pick<
  EnrichAnswer,
  "toAsk" | "found" | "missing" | "unread" | "left" | "billedUsd" | "end" | "problem"
>;

/** @throws {AgentError} failed, when another run asks, the key is refused, or nobody answers */
export async function runEnrich(
  plan: EnrichPlan,
  { details }: { readonly details: boolean },
  context: OperationContext,
  notes: string[],
): Promise<EnrichResult> {
  const release = takeLock(context);
  const clock = startClock(context.now);
  try {
    const { EvidenceStore } = await import("../../evidence/evidence_store.ts");
    const store = EvidenceStore.openToWrite(context.stateDirectory, (text) => notes.push(text));
    try {
      // Another run may have asked, from when these were looked for until it let go of the lock.
      const turns = plan.turns.filter(({ id }) => {
        const state = store.stateOf(id, plan.client.keyFingerprint);
        return state === "found" ? details && !store.hasDetails(id) : state === "unasked" || !plan.skipsMissing;
      });
      // Tries the key, before anything else goes out.
      await (details ? plan.client : plan.management ?? plan.client).readKey();
      const options = {
        store,
        now: clock,
        signal: await context.person?.catchInterrupt(),
        onProgress: showProgress(turns.length, clock, context),
      };
      const result = await ask(plan, turns, details, options, notes);
      store.saveRun({ endedAt: clock(), left: result.left });
      const { usd, found, ...others } = result;
      return { ...others, found, toAsk: turns.length, billedUsd: found === 0 ? undefined : usd };
    } finally {
      store.close();
    }
  } finally {
    release();
  }
}

async function ask(
  { client, management }: EnrichPlan,
  turns: readonly AskableTurn[],
  details: boolean,
  options: AskOptions,
  notes: string[],
): Promise<AskResult> {
  if (management === undefined || details) return await askOneByOne(client, turns, options);
  const result = await askAtOnce(management, turns, options);
  if (result.left > 0 && result.end === "done") {
    notes.push(
      `OpenRouter's statistics do not have ${
        formatCount(result.left)
      } of them, which may be too new, too old (31 days) ` +
        "or never there: --details asks about each.",
    );
  }
  return result;
}

/** Time as it passes from when the command began: the system's clock may be set meanwhile. */
export function startClock(now: EpochMs): () => EpochMs {
  const startedAt = performance.now();
  return () => now + Math.round(performance.now() - startedAt);
}

/** @returns lets go of it @throws {AgentError} failed, while another run asks */
export function takeLock({ stateDirectory, now }: OperationContext): () => void {
  const lock = takeEnrichLock(stateDirectory, now);
  if ("release" in lock) return lock.release;
  const { processId, startedAt } = lock.heldBy;
  const who = processId === undefined ? "" : `: process ${processId}, since ${isoTime(startedAt)}`;
  throw new AgentError("failed", `Another enrich is running${who}.`, {
    hint: "Wait until it is done, or end it: what it was answered is kept.",
  });
}

/** `Asking OpenRouter  412 of 1,204   $8.31 billed so far   1m 40s left` */
function showProgress(total: number, clock: () => EpochMs, { person, digits }: OperationContext) {
  const startedAt = clock();
  return ({ found, missing, usd }: AskedSoFar): void => {
    const done = found + missing;
    const leftMs = done === 0 ? undefined : (clock() - startedAt) / done * (total - done);
    person?.showProgress(
      `Asking OpenRouter  ${formatCount(done)} of ${formatCount(total)}   ${moneyText(usd, { digits })} billed so far` +
        (leftMs === undefined ? "" : `   ${formatCountdown(leftMs)} left`),
    );
  };
}

/** Deletes the file. @throws {AgentError} failed, while another run asks */
export async function forgetEvidence(
  context: OperationContext,
  notes: string[],
): Promise<Pick<EnrichAnswer, "forgotten">> {
  const release = takeLock(context);
  try {
    const evidence = await openEvidence({
      stateDirectory: context.stateDirectory,
      onWarning: (text) => notes.push(text),
    });
    const { found, missing } = evidence?.counts() ?? { found: 0, missing: 0 };
    const traces = evidence?.traces.count() ?? 0;
    evidence?.close();
    removeEvidence(context.stateDirectory);
    return { forgotten: { found, missing, ...(traces === 0 ? {} : { traces }) } };
  } finally {
    release();
  }
}

/** How what is left is told. */
export function leftText(left: number, noun: "turn" | "trace"): string {
  return `${countOf(left, noun)} left; run it again to go on.`;
}
