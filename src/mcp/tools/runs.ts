/**
 * Agents that tools started: at most a few at once, each with a limit of time, ended with everything below it. Those that
 * have ended are remembered for a while.
 *
 * Knows no protocol and no log: a run is a program, what it was given to read, and what it printed.
 */
import { AgentError } from "../../core/errors.ts";
import type { DurationMs, EpochMs } from "../../core/model.ts";
import { type GroupOptions, type GroupOutput, type ProcessGroup, startGroup } from "../../host/process_group.ts";

export type RunStatus = "running" | "finished" | "cancelled" | "timed_out";

/** One agent that a tool started. It changes while the agent runs. */
export interface Run {
  /** A uuid. */
  readonly id: string;
  /** Process id of the program. */
  readonly pid: number;
  readonly startedAt: EpochMs;
  /** After which it is ended. */
  readonly timeoutMs: DurationMs;
  status: RunStatus;
  endedAt?: EpochMs;
  /** Once it has ended. */
  output?: GroupOutput;
  /** Resolves when it has ended, however it did. */
  readonly ended: Promise<void>;
}

/** What to start, and how long it may take. */
export interface RunOptions extends GroupOptions {
  readonly timeoutMs: DurationMs;
}

/** How long an ended run is remembered: an hour. */
export const RUNS_KEPT_MS: DurationMs = 3_600_000;

/** What all runs together may take. */
export interface RunLimits {
  /** @default 2 */
  readonly running?: number;
  /** Ended runs that are remembered. @default 50 */
  readonly kept?: number;
  /** @default {@linkcode RUNS_KEPT_MS} */
  readonly keptMs?: DurationMs;
  /** Between asking a run to end and killing it. @default 2000 */
  readonly graceMs?: DurationMs;
  /** The same while the server ends, which must not take a second. @default 400 */
  readonly closingGraceMs?: DurationMs;
  /** @default Date.now */
  now?(): EpochMs;
}

interface Entry {
  readonly run: Run;
  readonly group: ProcessGroup;
}

/** The runs of one server, from its start to {@linkcode close}. */
export class Runs {
  readonly #limits: Required<RunLimits>;
  /** In the order in which they began. */
  readonly #entries = new Map<string, Entry>();
  /** Places that are taken by runs that are about to start. */
  #reserved = 0;
  readonly #inquiries = new Set<ProcessGroup>();
  #closed = false;

  constructor(limits: RunLimits = {}) {
    this.#limits = {
      running: 2,
      kept: 50,
      keptMs: RUNS_KEPT_MS,
      graceMs: 2000,
      closingGraceMs: 400,
      now: Date.now,
      ...limits,
    };
  }

  /**
   * Keeps a place for a run that takes a while to prepare.
   *
   * @returns gives the place back; to be called when the run was started, or was not
   * @throws {AgentError} failed, when there is none
   */
  reserve(): () => void {
    if (this.#closed) throw closedError();
    const running = this.#running();
    if (running.length + this.#reserved >= this.#limits.running) {
      const ids = running.map(({ run }) => run.id).join(", ") || "they are starting";
      throw new AgentError("failed", `Busy: ${this.#limits.running} runs are going already (${ids}).`, {
        hint: "Wait for one with run_status, or end one with cancel_run; then call again.",
      });
    }
    this.#reserved++;
    let isReserved = true;
    return () => {
      if (isReserved) this.#reserved--;
      isReserved = false;
    };
  }

  /** Starts a program in a place that {@linkcode reserve} kept. @throws {AgentError} failed, when it cannot be started */
  start({ timeoutMs, ...options }: RunOptions): Run {
    if (this.#closed) throw closedError();
    const { now } = this.#limits;
    const startedAt = now();
    const group = startGroup(options);
    const timer = setTimeout(() => void this.#end({ run, group }, "timed_out", this.#limits.graceMs), timeoutMs);
    const run: Run = {
      id: crypto.randomUUID(),
      pid: group.pid,
      startedAt,
      timeoutMs,
      status: "running",
      ended: group.ended.then((output) => {
        clearTimeout(timer);
        run.output = output;
        run.endedAt = now();
        if (run.status === "running") run.status = "finished";
        this.#forget();
      }),
    };
    this.#entries.set(run.id, { run, group });
    return run;
  }

  /**
   * Runs a program to its end for what it prints, and is no run that anybody knows of.
   *
   * @param signal ends it
   * @throws {AgentError} failed, when it cannot be started
   */
  async inquire({ timeoutMs, ...options }: RunOptions, signal: AbortSignal): Promise<GroupOutput> {
    if (this.#closed) throw closedError();
    const group = startGroup(options);
    const end = () => void group.end(this.#limits.closingGraceMs);
    const timer = setTimeout(end, timeoutMs);
    signal.addEventListener("abort", end);
    this.#inquiries.add(group);
    try {
      return await group.ended;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      this.#inquiries.delete(group);
    }
  }

  /** @throws {AgentError} failed, for a run that is not known, or not any more */
  find(id: string): Run {
    return this.#find(id).run;
  }

  /** Undefined for a run that is not known, or not any more. */
  findIfAny(id: string): Run | undefined {
    this.#forget();
    return this.#entries.get(id)?.run;
  }

  /** Ends a run with everything below it, and waits until it has; one that has ended stays as it was. */
  async cancel(id: string): Promise<Run> {
    const entry = this.#find(id);
    await this.#end(entry, "cancelled", this.#limits.graceMs);
    return entry.run;
  }

  /** Ends all that run, and starts none any more. */
  async close(): Promise<void> {
    this.#closed = true;
    const { closingGraceMs } = this.#limits;
    await Promise.all([
      ...this.#running().map((entry) => this.#end(entry, "cancelled", closingGraceMs)),
      ...[...this.#inquiries].map((group) => group.end(closingGraceMs)),
    ]);
  }

  #running(): readonly Entry[] {
    return [...this.#entries.values()].filter(({ run }) => run.output === undefined);
  }

  #find(id: string): Entry {
    this.#forget();
    const entry = this.#entries.get(id);
    if (entry !== undefined) return entry;
    throw new AgentError("failed", "There is no such run, or it ended too long ago.", {
      hint: "Give the run_id that launch_traced returned; list_traces has all launches.",
    });
  }

  async #end({ run, group }: Entry, status: RunStatus, graceMs: DurationMs): Promise<void> {
    if (run.output !== undefined) return;
    if (run.status === "running") run.status = status;
    await group.end(graceMs);
    await run.ended;
  }

  #forget(): void {
    const { kept, keptMs, now } = this.#limits;
    const oldest = now() - keptMs;
    const ended = [...this.#entries.values()].map(({ run }) => run).filter(({ endedAt }) => endedAt !== undefined)
      .sort((a, b) => b.endedAt! - a.endedAt!);
    for (const [index, { id, endedAt }] of ended.entries()) {
      if (index >= kept || endedAt! < oldest) this.#entries.delete(id);
    }
  }
}

function closedError(): AgentError {
  return new AgentError("failed", "The server is ending: nothing is started any more.");
}
