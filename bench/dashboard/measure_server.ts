/** What the program takes behind the page: for an answer, and of memory. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "../../tests/support/browser.ts";
import { Dashboard } from "../../tests/support/dashboard.ts";
import { agentCommand, agentEnvironment } from "../../tests/support/run_agent.ts";
import { Terminal } from "../../tests/support/tmux.ts";
import { readTextFileIfAny } from "../../src/host/files.ts";
import { medianOf } from "./median_of.ts";
import { askMemory, type MemoryTold, readPid, TELLING_FLAGS } from "./memory_told.ts";
import { openOurs } from "./open_page.ts";
import { childrenOf, processorSeconds, residentMb } from "./process_figures.ts";

const FAST_CLOCK = fileURLToPath(new URL("./fast_clock.ts", import.meta.url));
/** Looks at resident memory on the way through the ticks. */
const STEPS = 8;
const SECOND = 1000;

/** An answer, asked for again and again as a page that has none of it. */
export interface MeasuredAnswer {
  readonly ms: number;
  readonly processorMs: number;
  readonly bytes: number;
}

/** @param path Behind `/api/v1/` */
export async function measureAnswer(served: Dashboard, path: string, rounds: number): Promise<MeasuredAnswer> {
  const [times, processor] = [[] as number[], [] as number[]];
  let bytes = 0;
  // What is asked first is loaded.
  for (let round = -2; round < rounds; round++) {
    const before = processorSeconds(served.child.pid);
    const began = performance.now();
    const response = await fetch(`${served.base}/api/v1/${path}`, {
      headers: { authorization: `Bearer ${served.key}`, "accept-encoding": "gzip" },
    });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    if (round < 0) continue;
    times.push(performance.now() - began);
    processor.push((processorSeconds(served.child.pid) - before) * SECOND);
    bytes = text.length;
  }
  return { ms: medianOf(times), processorMs: medianOf(processor), bytes };
}

/** The session with the most turns. */
export async function findLongest(served: Dashboard) {
  const { text } = await served.ask("sessions?sort=turns&limit=1");
  const [session] = JSON.parse(text).sessions;
  return { session: [session.source, session.sessionId] as const, turns: session.turns as number };
}

/** Of `watch`, in a terminal, once it shows everything. @param work An empty directory */
export async function measureWatch(home: string, work: string): Promise<MeasuredMemory> {
  const path = join(work, "watch.json");
  const [program, ...own] = agentCommand();
  await using terminal = await Terminal.open(join(work, "tmux"), {
    command: [program, ...own.slice(0, -1), ...tellingFlags(), ...own.slice(-1), "watch"],
    cwd: home,
    env: { ...agentEnvironment({ home }), TELL_MEMORY: path },
  });
  await terminal.waitFor("figures", async () => (await terminal.screen()).includes("Sessions") || undefined);
  await new Promise((resolve) => setTimeout(resolve, 5 * SECOND));
  const [pid] = childrenOf(await terminal.shellId());
  return await readMemory(pid!, path);
}

/** Of the dashboard, once all pages were looked at. */
export async function measureDashboard(browser: Browser, home: string, work: string): Promise<MeasuredMemory> {
  const path = join(work, "dashboard.json");
  const opened = await openOurs(browser, home, { denoFlags: tellingFlags(), env: { TELL_MEMORY: path } });
  for (const name of ["cost", "sessions", "caches", "misses", "now"]) {
    await opened.page.evaluate(`location.hash = "#/${name}"`);
    await opened.page.waitForTimeout(500);
    await opened.page.evaluate("probe.until(probe.isWhole)");
  }
  await opened.page.waitForTimeout(5 * SECOND);
  const measured = await readMemory(opened.served.child.pid, path);
  await opened.end();
  return measured;
}

/** In MB. */
export interface MeasuredMemory {
  readonly resident: number;
  /** See MemoryTold. @default a compiled program does not say it: nothing can be loaded into it */
  readonly live?: number;
}

/** OPPER_AGENT_BINARY names one. */
function isCompiled(): boolean {
  return Boolean(Deno.env.get("OPPER_AGENT_BINARY"));
}

function tellingFlags(): readonly string[] {
  return isCompiled() ? [] : TELLING_FLAGS;
}

async function readMemory(pid: number, path: string): Promise<MeasuredMemory> {
  return isCompiled() ? { resident: residentMb(pid) } : await askMemory(path);
}

/** Of a dashboard with a page open, before and after ticks that nothing happens in, and resident memory on the way. */
export interface MeasuredTicks {
  readonly before: MemoryTold;
  readonly after: MemoryTold;
  /** MB at even distances. */
  readonly resident: readonly number[];
  readonly processorMsATick: number;
}

/** @param ticks A second of the program's clock each */
export async function measureTicks(
  browser: Browser,
  home: string,
  work: string,
  ticks: number,
): Promise<MeasuredTicks> {
  const [path, clock] = [join(work, "ticks.json"), join(work, "clock")];
  const opened = await openOurs(browser, home, {
    denoFlags: [`--preload=${FAST_CLOCK}`, ...TELLING_FLAGS],
    env: { TELL_MEMORY: path, FAST_CLOCK: clock },
  });
  const pid = await readPid(path);
  await opened.page.waitForTimeout(5 * SECOND);
  const before = await askMemory(path);
  const began = processorSeconds(pid);
  Deno.kill(pid, "SIGUSR1");
  const resident: number[] = [];
  for (let step = 1; step <= STEPS; step++) {
    await waitFor(clock, ticks * step / STEPS);
    resident.push(residentMb(pid));
  }
  const processorMsATick = (processorSeconds(pid) - began) * SECOND / ticks;
  const after = await askMemory(path);
  await opened.end();
  return { before, after, resident, processorMsATick };
}

/** However long that takes. */
async function waitFor(clock: string, seconds: number): Promise<void> {
  while (Number(readTextFileIfAny(clock) ?? 0) < seconds) await new Promise((resolve) => setTimeout(resolve, 50));
}
