/** Homes whose turns a gateway billed, and `reconcile` over them at a time that stands still. */
import { ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { piHeader, piLogPath, piTurn, writeLog } from "./logs.ts";
import { type AgentRun, runSource } from "./run_agent.ts";

const STILL_CLOCK = fileURLToPath(new URL("./still_clock.ts", import.meta.url));

/** A Friday. */
export const RECONCILED_AT = "2026-11-27T04:10:00.000Z";

export interface BilledTurn {
  readonly id?: string;
  /** When the response was complete. */
  readonly at: string;
  readonly usd: number;
  /** Whether the log says that it is what was charged. */
  readonly isBill?: boolean;
  readonly model?: string;
}

/** Pi's log of one session. */
export async function writeBilledLog(
  home: string,
  session: string,
  provider: string,
  turns: readonly BilledTurn[],
): Promise<string> {
  const lines = turns.map(({ id, at, usd, isBill, model = "anthropic/claude-sonnet-4.6" }, index) => {
    const turn = piTurn({ id: `${index}`, at, provider, model, usd, input: 100 + index }) as {
      message: { usage: { cost: object } };
    };
    const { usage } = turn.message;
    const cost = { ...usage.cost, ...(isBill ? { totalFromProvider: true } : {}) };
    return { ...turn, message: { ...turn.message, responseId: id, usage: { ...usage, cost } } };
  });
  const path = piLogPath(home, session);
  await writeLog(path, [piHeader(session), ...lines]);
  return path;
}

/** @param secrets That may be in nothing it prints */
export async function runReconcile(
  home: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  secrets: readonly string[] = [],
): Promise<AgentRun> {
  const run = await runSource(["reconcile", ...args], { home, env: { STILL_CLOCK: RECONCILED_AT, ...env } }, [
    `--preload=${STILL_CLOCK}`,
  ]);
  for (const secret of secrets) ok(!(run.stdout + run.stderr).includes(secret), `a key was printed: ${args.join(" ")}`);
  return run;
}
