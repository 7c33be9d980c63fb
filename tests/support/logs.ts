/** Small logs of each tool, as their tools write them, for tests that need a certain number in a certain place. */
import { dirname, join } from "node:path";

export async function writeLog(path: string, lines: readonly (string | object)[]): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(
    path,
    lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`).join(""),
  );
}

/** Where Pi keeps the log of a session. */
export function piLogPath(home: string, id: string): string {
  return join(home, ".pi/agent/sessions/--srv-app--", `2026-11-20T10-00-00-000Z_${id}.jsonl`);
}

export function piHeader(id: string, cwd = "/srv/app"): object {
  return { type: "session", version: 3, id, timestamp: "2026-11-20T10:00:00.000Z", cwd };
}

export interface PiTurn {
  readonly id: string;
  /** ISO time at which the response was complete. */
  readonly at: string;
  readonly provider?: string;
  readonly model?: string;
  readonly input?: number;
  readonly output?: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
  readonly usd?: number;
}

export function piTurn(turn: PiTurn): object {
  const { input = 10, output = 5, cacheRead = 0, cacheWrite = 0, usd = 0.01 } = turn;
  return {
    type: "message",
    id: turn.id,
    parentId: null,
    timestamp: turn.at,
    message: {
      role: "assistant",
      content: [{ type: "text", text: "done" }],
      api: "anthropic-messages",
      provider: turn.provider ?? "anthropic",
      model: turn.model ?? "claude-sonnet-4-6",
      usage: {
        input,
        output,
        cacheRead,
        cacheWrite,
        totalTokens: input + output + cacheRead + cacheWrite,
        cost: { input: 0, output: usd, cacheRead: 0, cacheWrite: 0, total: usd },
        cacheWrite1h: 0,
      },
      stopReason: "stop",
      timestamp: Date.parse(turn.at) - 1000,
    },
  };
}

/** A home of Pi sessions `session-00000` and on, a minute apart; so many that reading them takes a while, if wanted. */
export async function makeLargeHome(home: string, sessions: number, turns: number): Promise<void> {
  const start = Date.parse("2026-11-20T10:00:00Z");
  for (let session = 0; session < sessions; session++) {
    const id = `session-${String(session).padStart(5, "0")}`;
    const at = (turn: number) => new Date(start + session * 60_000 + turn * 1000).toISOString();
    const logged = Array.from({ length: turns }, (_, turn) => piTurn({ id: `${session}-${turn}`, at: at(turn) }));
    await writeLog(piLogPath(home, id), [piHeader(id), ...logged]);
  }
}
