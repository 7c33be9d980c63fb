/** What is said of a run that a tool started: how it goes, what its sessions cost, and what the agent answered. */
import { plainText } from "../../core/plain_text.ts";
import { launchSecrets, readStartedTraces, type startedTraces } from "../../operations/launches/started_launch.ts";
import type { RunOutput } from "./run_schemas.ts";
import type { Run } from "./runs.ts";
import type { JsonObject, ToolCall } from "./tool_definition.ts";

/** Of a text's JSON, so that a result stays below what clients cut. */
const MAXIMUM_FINAL_BYTES = 8_000;
export const SHOWN_ERROR_BYTES = 2_000;
/** Traces of one run that are shown: the rest are those of agents that the run started. */
const MAXIMUM_TRACES = 10;

/** Where keys that a run could have read may be. */
export interface RunKeys {
  /** Of the server, which the run gets. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Keys that a run could have read, and tokens of its launch. @param said what is searched for them */
export function secretsOf(said: string, { context }: ToolCall, { env }: RunKeys): readonly string[] {
  return launchSecrets({ env, opperHome: context.account.opperHome }, said);
}

/** What there is to say of a run so far. @param traces of its sessions, the first of which it was started for */
export async function reportRun(
  run: Run,
  traces: ReturnType<typeof startedTraces>,
  call: ToolCall,
  options: RunKeys,
): Promise<JsonObject> {
  const now = Date.now();
  const [first] = traces;
  // Before its logs are read: what is said to be its end has all that it wrote.
  const { id, startedAt, endedAt, output } = run;
  const status = output === undefined ? "running" : run.status;
  const shown = await readStartedTraces(traces.slice(0, MAXIMUM_TRACES), { since: startedAt, now }, call.context);
  const secrets = output === undefined ? [] : secretsOf(output.stdout + output.stderr, call, options);
  const result: RunOutput = {
    runId: id,
    status,
    durationMs: (endedAt ?? now) - startedAt,
    traceId: first?.traceId,
    sessionId: first?.sessionId,
    sessionFile: first?.sessionFile,
    ...(output === undefined ? {} : {
      exitCode: output.code,
      finalText: finalText(output.stdout, output.isCut, secrets),
      error: output.code === 0
        ? undefined
        : plainText(output.stderr, SHOWN_ERROR_BYTES, secrets, true).text.trim() || undefined,
    }),
    traces: [...shown],
  };
  // Through JSON: what is not known is left out.
  return JSON.parse(JSON.stringify(result)) as JsonObject;
}

function finalText(stdout: string, isCut: boolean, secrets: readonly string[]): RunOutput["finalText"] {
  const { text, cut } = plainText(stdout.replace(/\n$/, ""), MAXIMUM_FINAL_BYTES, secrets);
  return text === "" ? undefined : { untrusted: true, text, cut: cut || isCut };
}
