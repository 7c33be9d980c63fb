/**
 * A year of somebody who lives in agents: as many sessions as wanted, with a hundred turns each on average and one of 5,000,
 * in logs that hold little beside what is counted. Claude Code, Codex and Pi in equal parts.
 */
import { join } from "node:path";
import { Draws } from "../corpus_generator/draws.ts";
import { LogFile } from "../corpus_generator/log_file.ts";

/** What is wanted of it. */
export interface YearOptions {
  /** Takes the place of a home. */
  readonly home: string;
  readonly sessions: number;
  /** When the last of them ended: what the page says of today and of what is warm depends on it. */
  readonly until: number;
}

const YEAR_MS = 365 * 86_400_000;
/** Turns of the longest, which is the first. */
export const LONGEST_TURNS = 5000;
const PROJECTS = 60;
const LEAST_PROMPT = 18_000;
const MOST_PROMPT = 180_000;

interface YearTurn {
  readonly at: number;
  readonly input: number;
  readonly read: number;
  readonly written: number;
  readonly output: number;
}

/** @returns how many turns it has */
export function makeYear({ home, sessions, until }: YearOptions): number {
  const draws = new Draws(1);
  const makers = [writeClaude, writeCodex, writePi];
  let count = 0;
  for (let number = 0; number < sessions; number++) {
    const wanted = number === 0 ? LONGEST_TURNS : draws.heavyTail(60, 1, 3, 3000);
    // They end one after the other, the last one now.
    const endsAt = until - YEAR_MS * (1 - (number + 1) / sessions);
    const turns = drawTurns(draws, wanted, endsAt);
    const cwd = `/srv/dev/team/project-${draws.whole(0, PROJECTS - 1)}`;
    makers[number % makers.length]!(home, draws, cwd, turns);
    count += turns.length;
  }
  return count;
}

/** A prompt that grows until it is compacted, and is now and then gone when its user comes back. */
function drawTurns(draws: Draws, count: number, endsAt: number): readonly YearTurn[] {
  const pauses = Array.from({ length: count }, () => draws.chance(0.03) ? draws.whole(400, 5000) : draws.whole(5, 90));
  let at = endsAt - pauses.reduce((sum, seconds) => sum + seconds * 1000, 0);
  let prompt = 0;
  return pauses.map((seconds) => {
    at += seconds * 1000;
    const isLost = prompt === 0 || prompt > MOST_PROMPT || seconds > 390;
    const read = isLost ? 0 : prompt;
    if (prompt === 0 || prompt > MOST_PROMPT) prompt = draws.whole(LEAST_PROMPT, 2 * LEAST_PROMPT);
    else prompt += draws.whole(200, 3000);
    return { at, input: draws.whole(3, 40), read, written: prompt - read, output: draws.whole(40, 1500) };
  });
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

/** As Claude Code 2.1 writes them, cut to what is counted. */
function writeClaude(home: string, draws: Draws, cwd: string, turns: readonly YearTurn[]): void {
  const sessionId = draws.uuid4();
  const model = draws.pick(["claude-opus-4-6", "claude-sonnet-4-6", "claude-haiku-4-5"]);
  const log = new LogFile(join(home, ".claude/projects", cwd.replaceAll("/", "-"), `${sessionId}.jsonl`));
  for (const { at, input, read, written, output } of turns) {
    const message = {
      id: `msg_01${draws.base62(22)}`,
      type: "message",
      role: "assistant",
      model,
      content: [{ type: "text", text: "Done." }],
      usage: {
        input_tokens: input,
        cache_creation_input_tokens: written,
        cache_read_input_tokens: read,
        output_tokens: output,
      },
    };
    log.line(JSON.stringify({
      isSidechain: false,
      cwd,
      sessionId,
      version: "2.1.329",
      type: "assistant",
      message,
      requestId: `req_01${draws.base62(22)}`,
      uuid: draws.uuid4(),
      timestamp: iso(at),
    }));
  }
  log.close(turns.at(-1)!.at);
}

/** As Codex 0.169 writes them. */
function writeCodex(home: string, draws: Draws, cwd: string, turns: readonly YearTurn[]): void {
  const { at: startsAt } = turns[0]!;
  const id = draws.uuid7(startsAt);
  const model = draws.pick(["gpt-5.2", "gpt-5.2-codex"]);
  const day = iso(startsAt).slice(0, 10).replaceAll("-", "/");
  const name = `rollout-${iso(startsAt).slice(0, 19).replaceAll(":", "-")}-${id}.jsonl`;
  const log = new LogFile(join(home, ".codex/sessions", day, name));
  const line = (at: number, type: string, payload: object) =>
    log.line(JSON.stringify({ timestamp: iso(at), type, payload }));
  const opening = { cwd, originator: "codex_cli_rs", model_provider: "openai", source: "cli" };
  line(startsAt, "session_meta", { id, timestamp: iso(startsAt), ...opening });
  const turnId = draws.uuid7(startsAt);
  line(startsAt + 1, "turn_context", { turn_id: turnId, cwd, model });
  let [allInput, allRead, allOutput] = [0, 0, 0];
  const counts = (input: number, read: number, output: number) => ({
    input_tokens: input,
    cached_input_tokens: read,
    cache_write_input_tokens: 0,
    output_tokens: output,
    reasoning_output_tokens: 0,
    total_tokens: input + output,
  });
  for (const { at, input, read, written, output } of turns) {
    allInput += input + read + written;
    allRead += read;
    allOutput += output;
    line(at, "token_usage_record", {
      thread_id: id,
      turn_id: turnId,
      response_id: `resp_${draws.hex(40)}`,
      usage: counts(input + read + written, read, output),
      thread_token_usage: counts(allInput, allRead, allOutput),
    });
  }
  log.close(turns.at(-1)!.at);
}

/** As Pi 0.87 writes them. */
function writePi(home: string, draws: Draws, cwd: string, turns: readonly YearTurn[]): void {
  const { at: startsAt } = turns[0]!;
  const id = draws.uuid7(startsAt);
  const directory = `--${cwd.slice(1).replaceAll("/", "-")}--`;
  const name = `${iso(startsAt).replaceAll(/[:.]/g, "-")}_${id}.jsonl`;
  const log = new LogFile(join(home, ".pi/agent/sessions", directory, name));
  log.line(JSON.stringify({ type: "session", version: 3, id, timestamp: iso(startsAt), cwd }));
  for (const { at, input, read, written, output } of turns) {
    const cost = { input: 3 * input, output: 15 * output, cacheRead: 0.3 * read, cacheWrite: 3.75 * written };
    const total = cost.input + cost.output + cost.cacheRead + cost.cacheWrite;
    const usd = Object.fromEntries(Object.entries({ ...cost, total }).map(([name, value]) => [name, value / 1e6]));
    const usage = { input, output, cacheRead: read, cacheWrite: written, totalTokens: input + output + read + written };
    const message = {
      role: "assistant",
      content: [{ type: "text", text: "Done." }],
      api: "anthropic-messages",
      provider: "anthropic",
      model: "claude-sonnet-4-6",
      usage: { ...usage, cost: usd },
      stopReason: "stop",
      timestamp: at,
    };
    log.line(JSON.stringify({ type: "message", id: draws.hex(8), parentId: null, timestamp: iso(at), message }));
  }
  log.close(turns.at(-1)!.at);
}
