/** The summary after a launch: the ledger's sessions, what their logs say, and what the gateway counted. */
import type { LaunchRequest } from "../agents/launcher.ts";
import type { DurationMs, EpochMs } from "../core/model.ts";
import { isThere } from "../host/files.ts";
import type { SignalRelay } from "../host/signal_relay.ts";
import { readLedger, tracesOf } from "./ledger/ledger.ts";
import type { BilledRecord } from "./ledger/records.ts";
import { sessionName } from "./routing.ts";
import type { LaunchServices } from "./services.ts";
import { type LocalSession, summaryText } from "./summary.ts";

/** How long the summary waits for the gateway's own figure. */
const GATEWAY_PATIENCE_MS: DurationMs = 2000;

/** The launch that has ended. */
export interface EndedLaunch extends Pick<LaunchRequest, "launchId" | "ledgerPath"> {
  /** Of the agent. */
  readonly title: string;
  readonly host: string;
  readonly apiKey: string;
  readonly startedAt: EpochMs;
}

/** Says what a launch did. Never fails: how the agent ended is what counts. */
export async function sumUp(
  { title, launchId, ledgerPath, host, apiKey, startedAt }: EndedLaunch,
  services: LaunchServices,
  relay: SignalRelay,
): Promise<void> {
  const durationMs = services.now() - startedAt;
  const look = async () => {
    const ledger = readLedger(ledgerPath);
    const sessions = tracesOf(ledger ?? { sessions: [] })
      .filter(({ sessionFile }) => sessionFile === undefined || isThere(sessionFile));
    const billed = ledger?.billed ?? new Map<string, BilledRecord>();
    if (sessions.length === 0) return { sessions, billed, local: new Map<string, LocalSession>() };
    const usage = services.readUsage(host, apiKey, sessionName(launchId), GATEWAY_PATIENCE_MS);
    const [local, gateway] = await Promise.all([
      services.readSessions(sessions, startedAt),
      // The figure is a courtesy: no answer is none.
      unlessAborted(usage.catch(() => undefined), AbortSignal.timeout(GATEWAY_PATIENCE_MS)),
    ]);
    return { sessions, billed, local, gateway };
  };
  try {
    // Who presses Ctrl-C now has seen enough.
    const facts = await unlessAborted(look(), relay.interrupted);
    if (facts === undefined) return;
    services.stderr(summaryText({ title, durationMs, ...facts }, services.format));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    services.stderr(`note: The summary could not be made: ${why.replace(/\s+/g, " ")}\n`);
  }
}

async function unlessAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const aborted = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  return await Promise.race([answer, aborted]);
}
