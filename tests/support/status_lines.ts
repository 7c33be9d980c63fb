/** Status lines with limits, as a client and its terminals ask for them, in a home of their own; and what they keep. */
import { ok } from "node:assert/strict";
import { join } from "node:path";
import { agentCommand, agentEnvironment, type AgentRun, withTemporaryDirectory } from "./run_agent.ts";
import { waitUntil } from "./wait_until.ts";

/** What shows all that is known of limits. */
const FORMAT = "{limit_5h} {limit_week} {limit_reset}";
export const MINUTE = 60;
const HOUR = 3600;
export const NOW = Math.floor(Date.now() / 1000);
export const FIVE_HOURS = { used_percentage: 42.4, resets_at: NOW + 2 * HOUR + 30 * MINUTE };
export const WEEK = { used_percentage: 61, resets_at: NOW + 90 * HOUR };
export const BOTH = { five_hour: FIVE_HOURS, seven_day: WEEK };
/** Of what is shown, without the seconds that went by. */
export const SHOWN = /^42\.4% 61% 2h \d\dm\n$/;

export interface Said {
  readonly limits?: unknown;
  readonly turn?: string;
  readonly root?: string;
  readonly format?: string;
  /** What the shell is to do before. */
  readonly before?: string;
  /** What is to be shown. @default something */
  readonly shown?: RegExp;
}

export function pathOf(home: string): string {
  return join(home, ".opper/agent/limits.jsonl");
}

export async function draw(home: string, said: Said = {}): Promise<AgentRun> {
  const { limits = BOTH, turn = "a", root = join(home, ".claude"), format = FORMAT, before = "", shown = /[^? \n]/ } =
    said;
  const input = JSON.stringify({
    session_id: "ef153c45-eb93-40d9-9a4a-da3b138005f3",
    transcript_path: `${root}/projects/-srv-p1/ef153c45-eb93-40d9-9a4a-da3b138005f3.jsonl`,
    prompt_id: turn,
    rate_limits: limits,
  });
  // A line that comes late says ?: on a busy machine it is asked again.
  for (const end = performance.now() + 120_000;;) {
    const run = await drawOnce(home, input, format, before);
    if (shown.test(run.stdout) || run.stdout !== "? ? ?\n" || performance.now() > end) return run;
  }
}

export const NOTHING = {};

async function drawOnce(home: string, input: string, format: string, before: string): Promise<AgentRun> {
  const child = new Deno.Command("/bin/sh", {
    args: ["-c", `${before}\nexec "$0" "$@"`, ...agentCommand(), "statusline", "--format", format],
    cwd: home,
    clearEnv: true,
    env: agentEnvironment({ home }),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input)).catch(() => undefined);
  await writer.close().catch(() => undefined);
  const { code, stdout, stderr } = await child.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

type Kept = { readonly at: string; readonly root: string; readonly limits: typeof BOTH; readonly turn: string };

/** Each line parses, and the last one has ended. */
export async function keptOf(home: string): Promise<readonly Kept[]> {
  const text = await Deno.readTextFile(pathOf(home)).catch(() => "");
  ok(text === "" || text.endsWith("\n"), "the last line has no end");
  return text.split("\n").slice(0, -1).map((line) => JSON.parse(line));
}

/** So many readings of five hours, each higher than the one before, of which the last is one minute old. */
export function history(home: string, count: number): string {
  return Array.from({ length: count }, (_, index) => {
    const at = new Date((NOW - (count - index) * MINUTE) * 1000).toISOString();
    const limits = { five_hour: { used_percentage: index / 100, resets_at: FIVE_HOURS.resets_at } };
    return `${JSON.stringify({ at, source: "claude", root: join(home, ".claude"), limits, turn: `t${index}` })}\n`;
  }).join("");
}

/** A home that goes away once nothing is at work in it: lines start scans in the background, which write when they end. */
export async function withQuietHome(body: (home: string) => Promise<void>): Promise<void> {
  await withTemporaryDirectory(async (home) => {
    try {
      await body(home);
    } finally {
      await waitUntil("all to end that was started in the home", () => !isAtWork(home));
    }
  });
}

function isAtWork(home: string): boolean {
  if (Deno.build.os !== "linux") return false;
  return [...Deno.readDirSync("/proc")].filter(({ name }) => /^\d+$/.test(name)).some(({ name }) => {
    try {
      return Deno.readTextFileSync(`/proc/${name}/environ`).split("\0").includes(`HOME=${home}`);
    } catch {
      // It ended, or is somebody else's.
      return false;
    }
  });
}

/** A home in which no line starts a scan. */
export async function withHome(body: (home: string) => Promise<void>): Promise<void> {
  await withQuietHome(async (home) => {
    await Deno.mkdir(join(home, ".opper/agent"), { recursive: true });
    // Somebody is at it: the line starts no other.
    using lock = await Deno.open(join(home, ".opper/agent/statusline.lock"), { create: true, write: true });
    await lock.lock(true);
    await body(home);
  });
}

export async function namesIn(home: string): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(home)) names.push(name);
  return names.sort();
}
