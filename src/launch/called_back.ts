/**
 * Finds out whether this launch was started by a script that a launch took for the agent. Such scripts are called like
 * the agent and start it through us: without care each would find itself in PATH again, and start us in it without end.
 */
import { basename, isAbsolute } from "node:path";
import { AgentError } from "../core/errors.ts";
import { isCompiled, ownProgram } from "../host/child.ts";
import { processesAbove, programOf, readProcessTable } from "../host/process_table.ts";
import { ASKED_VARIABLE, LEDGER_VARIABLE, STARTED_VARIABLE } from "../agents/launcher.ts";
import { readLedger } from "./ledger/ledger.ts";
import { WHOLE_LAUNCH } from "./ledger/records.ts";

/**
 * Programs that may stand between a script and what it starts. With anything else in between, such as the agent itself,
 * we were not called back but started from within.
 */
const SCRIPTING =
  /^(ba|da|a|z|k|mk|fi)?sh(\d[\d.]*)?$|^(env|busybox|toybox|timeout|nice|ionice|nohup|setsid|stdbuf|sudo|doas|xargs|python[\d.]*|perl[\d.]*|ruby[\d.]*|tini|dumb-init)$/;

/**
 * @param env what this launch was started with
 * @throws {AgentError} launch_not_executable, when it was called back, so that whoever started it looks further
 */
export function refuseCallBack(env: Readonly<Record<string, string | undefined>>): void {
  // Where we know what was started, it is passed over instead (find_agent.ts).
  if (!env[ASKED_VARIABLE] && (env[STARTED_VARIABLE] || !isCalledBack())) return;
  throw new AgentError("launch_not_executable", CALLED_BACK, {
    hint: "A script of the agent's name starts opper-agent: let it start the agent by its path, or rename it.",
  });
}

/** How a launch that asked for a version knows the answer of one that was called back. */
export const CALLED_BACK = "This launch was started by a script that opper-agent had started as the agent.";

/** Also when the script gives us none of its environment. */
function isCalledBack(): boolean {
  // From source, Deno is the program, and may be anything.
  if (!isCompiled()) return false;
  const table = readProcessTable();
  return table !== undefined && isScriptBelow(ownProgram(), processesAbove(table).map(programOf));
}

/**
 * @internal exported for its test
 * @param above programs of the processes from the one that started this one upwards, as far as they are known
 */
export function isScriptBelow(program: string, above: readonly (string | undefined)[]): boolean {
  const at = above.indexOf(program);
  return at !== -1 && above.slice(0, at).every((path) => path !== undefined && SCRIPTING.test(basename(path)));
}

/**
 * What was started in a row by launches without an agent coming up. An agent that asks a model by the relay of its launch
 * has come up, whether it knows of our variable or not: what it starts then is no script around us.
 */
export function startedBefore(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const started = env[STARTED_VARIABLE]?.split("\n").filter((path) => path !== "") ?? [];
  if (started.length === 0) return started;
  const ledger = env[LEDGER_VARIABLE];
  const sessions = ledger !== undefined && isAbsolute(ledger) ? readLedger(ledger)?.sessions ?? [] : [];
  // Without a relay the launch itself is recorded before anything runs.
  return sessions.some(({ reason }) => reason !== WHOLE_LAUNCH) ? [] : started;
}
