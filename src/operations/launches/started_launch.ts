/**
 * Follows a launch that this process started: its ledger, found by process id, and what the logs say of its
 * sessions. Starts nothing and asks nobody else.
 */
import * as z from "zod";
import { cacheHitRatio, type EpochMs } from "../../core/model.ts";
import { AgentError } from "../../core/errors.ts";
import { launchIds, type LaunchLedger, ledgerPath, readLedger, tracesOf } from "../../launch/ledger/ledger.ts";
import { relayTokensIn } from "../../launch/relay/relay_token.ts";
import { resolveCredentials } from "../../gateways/opper/credentials.ts";
import { KEY_VARIABLE, readKey } from "../../gateways/opper/api_key.ts";
import type { AccountContext } from "../contract/account_context.ts";
import { askAgain } from "../report/ask_again.ts";
import type { OperationContext } from "../contract/context.ts";
import { costSchema, usageSchema } from "../report/schemas.ts";
import { readTraced } from "./session_traces.ts";

export const startedTraceSchema = z.object({
  traceId: z.string().describe("The session's trace at Opper"),
  sessionId: z.string(),
  sessionFile: z.string().optional().describe("The session's log; absent when it is kept in none"),
  source: z.string().optional().describe("The agent whose session it is"),
  subagentId: z.string().optional(),
  parentTraceId: z.string().optional(),
  turns: z.number().optional().describe("Billed responses of the run so far; absent while the log has none"),
  usage: usageSchema.optional(),
  cost: costSchema.optional(),
  cacheHitRatio: z.number().optional().describe("Share of prompt tokens read from the cache, 0 to 1"),
});

/** A session of a launch. What is not known is left out. */
export type StartedTrace = z.infer<typeof startedTraceSchema>;

/** What {@linkcode startedTraces} need not look at, when it is asked before the launch begins. */
export function launchesSoFar(stateDirectory: string): ReadonlySet<string> {
  return launchIds(stateDirectory);
}

/**
 * The sessions that a launch has reported, the one it was started for first.
 *
 * @param pid process id of the launch
 * @param known launches that there were before: they are not even opened
 */
export function startedTraces(
  stateDirectory: string,
  pid: number,
  known: ReadonlySet<string>,
): readonly StartedTrace[] {
  const ledger = findLedger(stateDirectory, pid, known);
  return ledger === undefined ? [] : tracesOf(ledger).map((record) => ({
    traceId: record.traceId,
    sessionId: record.sessionId,
    ...Object.fromEntries(
      (["sessionFile", "source", "subagentId", "parentTraceId"] as const)
        .flatMap((name) => record[name] === undefined ? [] : [[name, record[name]]]),
    ),
  }));
}

function findLedger(stateDirectory: string, pid: number, known: ReadonlySet<string>): LaunchLedger | undefined {
  for (const launchId of launchIds(stateDirectory)) {
    if (known.has(launchId)) continue;
    const ledger = readLedger(ledgerPath(stateDirectory, launchId));
    if (ledger?.launch.pid === pid) return ledger;
  }
  return undefined;
}

/** The same sessions with what their logs say from when the launch began until now. */
export async function readStartedTraces(
  traces: readonly StartedTrace[],
  { since, now }: { readonly since: EpochMs; readonly now: EpochMs },
  context: Pick<OperationContext, "resolvePath" | "openIndex" | "distrustIndex">,
): Promise<readonly StartedTrace[]> {
  if (traces.length === 0) return [];
  const read = async () =>
    await readTraced(await context.openIndex(), traces, { since, now, namesOf: context.resolvePath });
  const found = await read().catch((error) => askAgain(error, context, read));
  return traces.map((trace) => {
    const local = found.get(trace.traceId);
    if (local === undefined || local.turns === 0) return trace;
    const ratio = cacheHitRatio(local.usage);
    return { ...trace, ...local, ...(ratio === undefined ? {} : { cacheHitRatio: ratio }) };
  });
}

/** Where keys may be. */
export interface LaunchKeys extends Pick<AccountContext, "opperHome"> {
  readonly env: AccountContext["machine"]["env"];
}

/** Keys that a started agent could have read, and tokens, that are in what it says. */
export function launchSecrets(keys: LaunchKeys, said: string): readonly string[] {
  return [...keysOf(keys), ...relayTokensIn(said)];
}

function keysOf({ env, opperHome }: LaunchKeys): readonly string[] {
  const fromEnvironment = env[KEY_VARIABLE];
  // An agent has it as it is, or as it was understood.
  if (fromEnvironment) return [...new Set([fromEnvironment, readKey(fromEnvironment)])].filter((key) => key !== "");
  try {
    return [resolveCredentials({ env, opperHome }).apiKey];
  } catch (error) {
    // Without a key nothing is launched either.
    if (error instanceof AgentError) return [];
    throw error;
  }
}
