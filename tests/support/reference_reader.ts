/**
 * Reads logs of all agents the slow, obvious way: whole files, `JSON.parse` of every line, everything in memory.
 *
 * Written from descriptions of the formats alone, and sharing nothing with src/scan, so that a mistake in the one is not
 * repeated in the other. It knows the kinds of records that tests/fixtures/home and the benchmark's corpus hold, no others,
 * and takes every log to be whole.
 */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";

/** Tokens of a session; the five counts are disjoint. */
export interface ReferenceSums {
  turns: number;
  input: number;
  cacheRead: number;
  cacheWrite: number;
  cacheWrite1h: number;
  output: number;
  /** As logged; 0 where the tool logs none. */
  usd: number;
}

// deno-lint-ignore no-explicit-any -- logs are anything, and this reader is to be plain
type Json = any;

interface Log {
  readonly path: string;
  readonly lines: readonly Json[];
}

/** One response as one log has it. */
interface Response {
  readonly key: string;
  readonly session: string;
  readonly isCopy: boolean;
  readonly sums: ReferenceSums;
}

/** What an agent's logs hold: every session, and every record of a response. */
interface Found {
  readonly sessions: readonly string[];
  readonly responses: readonly Response[];
}

const READERS: Readonly<Record<string, (home: string) => Found>> = {
  pi(home) {
    const logs = readLogs(join(home, ".pi/agent/sessions"));
    return { sessions: logs.map(({ lines }) => lines[0].id), responses: readPi(logs) };
  },
  claude(home) {
    const logs = readLogs(join(home, ".claude/projects"));
    return { sessions: logs.filter((log) => !isClaudeAgent(log)).map(claudeSession), responses: readClaude(logs) };
  },
  codex(home) {
    const logs = [...readLogs(join(home, ".codex/sessions")), ...readLogs(join(home, ".codex/archived_sessions"))];
    return { sessions: logs.map(codexSession), responses: readCodex(logs) };
  },
  qwen(home) {
    // What lies in `subagents` stands in the session's log as well.
    const logs = readLogs(join(home, ".qwen/projects")).filter(({ path }) => /[/\\]chats[/\\]/.test(path));
    return { sessions: logs.map(qwenSession), responses: readQwen(logs) };
  },
};

/** Whose logs it reads. */
export const REFERENCE_SOURCES: readonly string[] = Object.keys(READERS);

/** By `<source> <session id>`; sessions without a response are there with zeros. */
export function readReference(home: string): Map<string, ReferenceSums> {
  const found = new Map<string, ReferenceSums>();
  for (const [source, read] of Object.entries(READERS)) {
    const { sessions, responses } = read(home);
    for (const id of sessions) found.set(`${source} ${id}`, noSums());
    for (const { session, sums } of onceEach(responses)) add(found.get(`${source} ${session}`)!, sums);
  }
  return found;
}

/** None where the directory is not there: not every home has every agent's. */
function readLogs(directory: string): Log[] {
  const logs: Log[] = [];
  if (!existsSync(directory)) return logs;
  for (const entry of [...Deno.readDirSync(directory)].sort((a, b) => a.name < b.name ? -1 : 1)) {
    const path = join(directory, entry.name);
    if (entry.isDirectory) logs.push(...readLogs(path));
    else if (entry.name.endsWith(".jsonl")) {
      const lines = Deno.readTextFileSync(path).split("\n").filter((line) => line !== "").map((line) =>
        JSON.parse(line)
      );
      logs.push({ path, lines });
    }
  }
  return logs;
}

/** Of several records of a response the original's counts, and of those the fullest. */
function onceEach(responses: readonly Response[]): Response[] {
  const best = new Map<string, Response>();
  for (const response of responses) {
    const other = best.get(response.key);
    const isBetter = other === undefined || (other.isCopy && !response.isCopy) ||
      (other.isCopy === response.isCopy && tokens(response.sums) > tokens(other.sums));
    if (isBetter) best.set(response.key, response);
  }
  return [...best.values()];
}

/** Every entry with usage was billed; a fork repeats entries that are older than itself. */
function readPi(logs: readonly Log[]): Response[] {
  return logs.flatMap(({ lines }) => {
    const [header, ...entries] = lines;
    return entries.flatMap((entry): Response[] => {
      const usage = entry.usage ?? entry.message?.usage;
      if (usage === undefined) return [];
      const hour = usage.cacheWrite1h ?? 0;
      const sums = {
        turns: 1,
        input: usage.input,
        cacheRead: usage.cacheRead,
        cacheWrite: usage.cacheWrite - hour,
        cacheWrite1h: hour,
        output: usage.output,
        usd: usage.cost?.total ?? 0,
      };
      // Attempts that failed are written down as well.
      if (tokens(sums) === 0) return [];
      const isCopy = Date.parse(entry.timestamp) < Date.parse(header.timestamp);
      return [{ key: `${entry.id} ${entry.timestamp}`, session: header.id, isCopy, sums }];
    });
  });
}

function isClaudeAgent({ path }: Log): boolean {
  return basename(path).startsWith("agent-");
}

/** The file's name; a sub-agent's lines name the session that started it. */
function claudeSession(log: Log): string {
  return isClaudeAgent(log) ? log.lines.find((line) => line.sessionId).sessionId : basename(log.path, ".jsonl");
}

/** A line for each block of a response, all with its usage, of which the early ones may be short of output. */
function readClaude(logs: readonly Log[]): Response[] {
  return logs.flatMap((log) =>
    log.lines.filter(({ type, message }) => type === "assistant" && message.usage).map((line): Response => {
      const { usage } = line.message;
      const hour = usage.cache_creation?.ephemeral_1h_input_tokens ?? 0;
      return {
        key: `${line.message.id} ${line.requestId}`,
        session: claudeSession(log),
        isCopy: line.forkedFrom !== undefined ||
          (line.requestSessionId !== undefined && line.requestSessionId !== line.sessionId),
        sums: {
          turns: 1,
          input: usage.input_tokens,
          cacheRead: usage.cache_read_input_tokens,
          cacheWrite: usage.cache_creation_input_tokens - hour,
          cacheWrite1h: hour,
          output: usage.output_tokens,
          usd: 0,
        },
      };
    })
  );
}

function codexHeader({ lines }: Log): Json {
  return lines.find(({ type }) => type === "session_meta").payload;
}

function codexParent(header: Json): string | undefined {
  return header.forked_from_id ?? header.source?.subagent?.thread_spawn?.parent_thread_id;
}

/** A sub-agent counts for the session of the thread that started it. */
function codexSession(log: Log): string {
  const header = codexHeader(log);
  return header.source?.subagent?.thread_spawn?.parent_thread_id ?? header.id;
}

/** Records where a log has them, else running totals that changed, without those that a parent had first. */
function readCodex(logs: readonly Log[]): Response[] {
  const totalsOf = (id: string | undefined) => {
    const log = logs.find((candidate) => codexHeader(candidate).id === id);
    return log === undefined ? [] : codexTotals(log).map(({ key }) => key);
  };
  return logs.flatMap((log) => {
    const header = codexHeader(log);
    const session = codexSession(log);
    const records = log.lines.filter(({ type, payload }) =>
      type === "token_usage_record" && payload.thread_id === header.id
    );
    if (records.length > 0) {
      return records.map(({ payload }, index) => ({
        key: `${header.id} ${index}`,
        session,
        isCopy: false,
        sums: codexSums(payload.usage),
      }));
    }
    const parents = totalsOf(codexParent(header));
    const totals = codexTotals(log);
    let replayed = 0;
    while (replayed < totals.length && totals[replayed]!.key === parents[replayed]) replayed++;
    return totals.slice(replayed).map(({ key, last }) => ({
      key: `${header.id} ${key}`,
      session,
      isCopy: false,
      sums: codexSums(last),
    }));
  });
}

/** Running totals in order, each once, with the counts of the response behind it. */
function codexTotals({ lines }: Log): { key: string; last: Json }[] {
  const totals: { key: string; last: Json }[] = [];
  for (const { type, payload } of lines) {
    if (type !== "event_msg" || payload.type !== "token_count" || payload.info === null) continue;
    const key = JSON.stringify(payload.info.total_token_usage);
    if (totals.at(-1)?.key !== key) totals.push({ key, last: payload.info.last_token_usage });
  }
  return totals;
}

/** Cached and cache-written tokens are inside the input. */
function codexSums(usage: Json): ReferenceSums {
  return {
    turns: 1,
    input: usage.input_tokens - usage.cached_input_tokens - usage.cache_write_input_tokens,
    cacheRead: usage.cached_input_tokens,
    cacheWrite: usage.cache_write_input_tokens,
    cacheWrite1h: 0,
    output: usage.output_tokens,
    usd: 0,
  };
}

/** Its name is that of its file. */
function qwenSession({ path }: Log): string {
  return basename(path, ".jsonl");
}

/** Telemetry has all responses, answers only those of the conversation. A fork marks the lines that it was given. */
function readQwen(logs: readonly Log[]): Response[] {
  return logs.flatMap((log) =>
    log.lines.filter((line) => line.systemPayload?.uiEvent?.["event.name"] === "qwen-code.api_response")
      .map(({ forkedFrom, systemPayload: { uiEvent: event } }) => ({
        key: `${event.response_id} ${event["event.timestamp"]}`,
        session: qwenSession(log),
        isCopy: forkedFrom !== undefined,
        sums: qwenSums(event),
      }))
  );
}

/** Cached tokens are inside the input. Thoughts are beside the output where the total says so. */
function qwenSums(event: Json): ReferenceSums {
  const { input_token_count: input, output_token_count: output, thoughts_token_count: thoughts } = event;
  const isBeside = event.total_token_count === input + output + thoughts;
  return {
    turns: 1,
    input: input - event.cached_content_token_count,
    cacheRead: event.cached_content_token_count,
    cacheWrite: 0,
    cacheWrite1h: 0,
    output: isBeside ? output + thoughts : output,
    usd: 0,
  };
}

function noSums(): ReferenceSums {
  return { turns: 0, input: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 0, usd: 0 };
}

function tokens({ input, cacheRead, cacheWrite, cacheWrite1h, output }: ReferenceSums): number {
  return input + cacheRead + cacheWrite + cacheWrite1h + output;
}

function add(sum: ReferenceSums, other: ReferenceSums): void {
  for (const name of Object.keys(sum) as (keyof ReferenceSums)[]) sum[name] += other[name];
}
