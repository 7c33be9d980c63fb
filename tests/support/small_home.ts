/**
 * A home with four small sessions, one of each tool and a fork, whose figures can be worked out by hand. Prices are
 * those of the tools' logs or of the price data, in US dollars per million tokens:
 *
 * | id  | tool   | model             | tokens of its turns                                       | cost of its turns            |
 * | --- | ------ | ----------------- | --------------------------------------------------------- | ---------------------------- |
 * | PI  | Pi     | claude-sonnet-4-6 | 10 in, 1000 written, 100 out; 20 in, 1000 read, 200 w, 50 | $0.00528, $0.00186, reported |
 * | FORK| Pi     | acme-1            | the first of PI's again, a copy; 500 in, 20 out           | no price is known            |
 * | CLA | Claude | claude-opus-4-6   | 100 in, 2000 written for 1 h, 300 out; 50, 2000 read, 40  | below                        |
 * |     |        | claude-haiku-4-5  | its sub-agent: 1000 in, 20 out                            | below                        |
 * | COD | Codex  | gpt-5.2           | 2000 in of which 1024 read, 100 out                       | below                        |
 *
 * CLA: claude-opus-4-6 is 5 in, 25 out, 0.5 read, 6.25 written for 5 minutes, 10 for an hour:
 *      (100 * 5 + 2000 * 10 + 300 * 25) / 1e6 = 28000 / 1e6 = 0.028
 *      (50 * 5 + 2000 * 0.5 + 40 * 25) / 1e6 = 2250 / 1e6 = 0.00225
 *      claude-haiku-4-5 is 1 in, 5 out: (1000 * 1 + 20 * 5) / 1e6 = 0.0011; together 0.03135
 * COD: gpt-5.2 is 1.75 in, 0.175 read, 14 out: (976 * 1.75 + 1024 * 0.175 + 100 * 14) / 1e6
 *      = (1708 + 179.2 + 1400) / 1e6 = 0.0032872
 * What caching saved, as plain input less what it cost: CLA writes 2000 at 10 instead of 5 (-0.01), and reads 2000 at 0.5
 * (0.009); COD reads 1024 at 0.175 instead of 1.75 (0.0016128); PI, at 3 in, 0.3 read and 3.75 written, loses 1000 * 0.75
 * (-0.00075), then saves 1000 * 2.7 less 200 * 0.75 (0.00255). In all 0.0024128.
 * All: 0.00714 (PI) + 0.03135 (CLA) + 0.0032872 (COD) = 0.0417772, and FORK's turn without a price.
 */
import { join } from "node:path";
import { piHeader, piLogPath, piTurn, writeLog } from "./logs.ts";

export const PI = "01a1fb64-0000-7000-8000-00000000000a";
export const FORK = "01a1fb66-0000-7000-8000-00000000000b";
export const CLAUDE = "e99afcf6-0000-4000-8000-00000000000c";
export const CODEX = "01a1f6c5-0000-7000-8000-00000000000d";
const AGENT = "a78eb7ae8984c9ef8";

/** When the golden answers are asked for. PI's cache has 2 minutes 59 seconds left, CLAUDE's 20 minutes. */
export const SMALL_NOW = "2026-11-20T12:00:00Z";

/** Everything that was billed in the small home. */
export const SMALL_USD = 0.0417772;

export async function makeSmallHome(home: string): Promise<void> {
  const first = piTurn({ id: "1", at: "2026-11-20T11:57:30.000Z", cacheWrite: 1000, output: 100, usd: 0.00528 });
  const second = { input: 20, cacheRead: 1000, cacheWrite: 200, output: 50, usd: 0.00186 };
  await writeLog(piLogPath(home, PI), [
    piHeader(PI),
    { type: "session_info", id: "n", parentId: null, timestamp: "2026-11-20T11:57:00.000Z", name: "fix the build" },
    first,
    piTurn({ id: "2", at: "2026-11-20T11:58:00.000Z", ...second }),
  ]);
  await writeLog(piLogPath(home, FORK), [
    { ...piHeader(FORK), parentSession: piLogPath("/srv", PI) },
    first,
    piTurn({
      id: "3",
      at: "2026-11-20T11:59:00.000Z",
      provider: "acme",
      model: "acme-1",
      input: 500,
      output: 20,
      usd: 0,
    }),
  ]);
  await writeLog(claudeLogPath(join(home, ".claude"), CLAUDE), claudeLines(CLAUDE));
  await writeLog(join(home, `.claude/projects/-srv-web/${CLAUDE}/subagents/agent-${AGENT}.jsonl`), [
    claudeResponse(CLAUDE, {
      id: "3",
      at: "2026-11-20T11:10:00.000Z",
      model: "claude-haiku-4-5",
      input: 1000,
      output: 20,
      agent: AGENT,
    }),
  ]);
  await writeLog(codexLogPath(join(home, ".codex"), CODEX), codexLines(CODEX));
}

export function claudeLogPath(configDirectory: string, id: string): string {
  return join(configDirectory, "projects/-srv-web", `${id}.jsonl`);
}

/** The two turns of a small session of Claude Code. */
export function claudeLines(id: string): object[] {
  return [
    claudeResponse(id, { id: "1", at: "2026-11-20T11:00:00.000Z", input: 100, write1h: 2000, output: 300 }),
    claudeResponse(id, { id: "2", at: "2026-11-20T11:20:00.000Z", input: 50, read: 2000, output: 40 }),
  ];
}

interface ClaudeTurn {
  readonly id: string;
  readonly at: string;
  readonly model?: string;
  readonly input: number;
  readonly read?: number;
  readonly write1h?: number;
  readonly output: number;
  readonly agent?: string;
}

/** A line as version 2.1.329 writes it, cut to what counts. */
function claudeResponse(session: string, turn: ClaudeTurn): object {
  const { write1h = 0, read = 0 } = turn;
  return {
    parentUuid: "cbd7ee79-604d-472c-ae1f-6ed0d3f3a3b2",
    isSidechain: turn.agent !== undefined,
    ...(turn.agent === undefined ? {} : { agentId: turn.agent }),
    message: {
      id: `msg_${session}_${turn.id}`,
      type: "message",
      role: "assistant",
      model: turn.model ?? "claude-opus-4-6",
      content: [{ type: "text", text: "done" }],
      usage: {
        input_tokens: turn.input,
        cache_creation_input_tokens: write1h,
        cache_read_input_tokens: read,
        output_tokens: turn.output,
        cache_creation: { ephemeral_1h_input_tokens: write1h, ephemeral_5m_input_tokens: 0 },
      },
    },
    requestId: `req_${session}_${turn.id}`,
    type: "assistant",
    uuid: `00000000-0000-4000-8000-00000000000${turn.id}`,
    timestamp: turn.at,
    cwd: "/srv/web",
    sessionId: session,
    version: "2.1.329",
  };
}

/** Evening of the 19th in UTC, and the 20th already in India. */
export function codexLogPath(codexHome: string, id: string, directory = "sessions/2026/11/19"): string {
  return join(codexHome, directory, `rollout-2026-11-19T20-00-00-${id}.jsonl`);
}

/** The one turn of a small session of Codex 0.169.0. */
export function codexLines(id: string): object[] {
  const counts = {
    input_tokens: 2000,
    cached_input_tokens: 1024,
    cache_write_input_tokens: 0,
    output_tokens: 100,
    reasoning_output_tokens: 0,
    total_tokens: 2100,
  };
  const turn = "01a1f6c5-0000-7000-8000-0000000000ff";
  return [
    {
      timestamp: "2026-11-19T20:00:00.000Z",
      type: "session_meta",
      payload: { id, timestamp: "2026-11-19T20:00:00.000Z", cwd: "/srv/app", model_provider: "openai", source: "cli" },
    },
    {
      timestamp: "2026-11-19T20:00:01.000Z",
      type: "turn_context",
      payload: { turn_id: turn, cwd: "/srv/app", model: "gpt-5.2" },
    },
    {
      timestamp: "2026-11-19T20:00:05.000Z",
      type: "token_usage_record",
      payload: { thread_id: id, turn_id: turn, response_id: `resp_${id}`, usage: counts, thread_token_usage: counts },
    },
  ];
}
