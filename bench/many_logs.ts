/**
 * What a great many small logs cost: memory at the peak of each command, and bytes of the index a log.
 *
 *     deno task bench:many --binary dist/opper-agent
 *     deno task bench:many --logs 20000
 *
 * The logs are of a kilobyte, one or two turns each, of all three tools in equal parts. Ends with status 1 when a peak or
 * the index is above what is allowed, or when a sum is wrong. Needs GNU time.
 */
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Draws } from "./corpus_generator/draws.ts";
import { ourCommand, placeOf } from "./comparison/programs.ts";
import { hasGnuTime, type Program, runForAnswer, runMeasured } from "./comparison/run_measured.ts";

/** Of any command whose answer is not a list of all. */
const MOST_MB = 250;
/** Of the index, what SQLite puts beside it included. */
const MOST_BYTES_A_LOG = 1000;
/** Logs of one project, or of one day. */
const LOGS_A_DIRECTORY = 250;

const START = Date.UTC(2026, 0, 5, 8);

const COMMANDS: readonly (readonly [name: string, ...args: string[]])[] = [
  ["first scan", "sessions", "--json", "--limit", "20"],
  ["warm scan", "sessions", "--json", "--limit", "20"],
  ["sessions --limit 20", "sessions", "--limit", "20"],
  ["cost", "cost"],
  ["cache", "cache"],
  ["doctor", "doctor"],
  ["overview", "overview"],
  ["statusline --refresh", "statusline", "--refresh"],
];

/** Their answers name each session, and take as much memory as that needs. */
const WHOLE_LISTS: readonly (readonly [name: string, ...args: string[]])[] = [
  ["all sessions", "sessions", "--json", "--limit", "0"],
];

interface ManyLogs {
  readonly count: number;
  readonly bytes: number;
  readonly turns: number;
}

/** Writes the logs below a directory that takes the place of a home. The same count gives the same bytes. */
export function makeManyLogs(home: string, count: number): ManyLogs {
  const draws = new Draws(1);
  const made = new Set<string>();
  let [bytes, turns] = [0, 0];
  for (let number = 0; number < count; number++) {
    const makers = [makePiLog, makeClaudeLog, makeCodexLog];
    const log = makers[number % makers.length]!(draws, Math.floor(number / makers.length), START + number * 180_000);
    const path = join(home, log.path);
    if (!made.has(dirname(path))) Deno.mkdirSync(dirname(path), { recursive: true });
    made.add(dirname(path));
    const text = log.lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    Deno.writeTextFileSync(path, text);
    bytes += text.length;
    turns += log.turns;
  }
  return { count, bytes, turns };
}

interface MadeLog {
  /** Below the home. */
  readonly path: string;
  readonly lines: readonly object[];
  readonly turns: number;
}

function projectOf(number: number): string {
  return `/srv/dev/team/project-${Math.floor(number / LOGS_A_DIRECTORY)}`;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

function turnsOf(draws: Draws): readonly number[] {
  return draws.chance(0.4) ? [0, 1] : [0];
}

/** As Pi 0.87 writes them, cut to what a short question has. */
function makePiLog(draws: Draws, number: number, at: number): MadeLog {
  const id = draws.uuid7(at);
  const cwd = projectOf(number);
  const responses = turnsOf(draws).map((turn) => {
    const [input, output, read] = [draws.whole(5, 900), draws.whole(5, 500), turn * draws.whole(1024, 9000)];
    const usd = (3 * input + 15 * output + 0.3 * read) / 1e6;
    return {
      type: "message",
      id: draws.hex(8),
      parentId: null,
      timestamp: iso(at + 5000 + turn * 60_000),
      message: {
        role: "assistant",
        content: [{ type: "text", text: "x".repeat(draws.whole(40, 300)) }],
        api: "anthropic-messages",
        provider: "anthropic",
        model: "claude-sonnet-4-6",
        usage: {
          input,
          output,
          cacheRead: read,
          cacheWrite: 0,
          totalTokens: input + output + read,
          cost: {
            input: 3 * input / 1e6,
            output: 15 * output / 1e6,
            cacheRead: 0.3 * read / 1e6,
            cacheWrite: 0,
            total: usd,
          },
        },
        stopReason: "stop",
        timestamp: at + 1000 + turn * 60_000,
      },
    };
  });
  const header = { type: "session", version: 3, id, timestamp: iso(at), cwd };
  const directory = `--${cwd.slice(1).replaceAll("/", "-")}--`;
  return {
    path: `.pi/agent/sessions/${directory}/${iso(at).replaceAll(/[:.]/g, "-")}_${id}.jsonl`,
    lines: [header, ...responses],
    turns: responses.length,
  };
}

/** As Claude Code 2.1 writes them. */
function makeClaudeLog(draws: Draws, number: number, at: number): MadeLog {
  const id = draws.uuid4();
  const cwd = projectOf(number);
  const responses = turnsOf(draws).map((turn) => ({
    parentUuid: draws.uuid4(),
    isSidechain: false,
    userType: "external",
    cwd,
    sessionId: id,
    version: "2.1.329",
    gitBranch: "main",
    type: "assistant",
    message: {
      id: `msg_01${draws.base62(22)}`,
      type: "message",
      role: "assistant",
      model: "claude-opus-4-6",
      content: [{ type: "text", text: "x".repeat(draws.whole(40, 200)) }],
      usage: {
        input_tokens: draws.whole(5, 900),
        cache_creation_input_tokens: draws.whole(0, 2000),
        cache_read_input_tokens: turn * draws.whole(1024, 9000),
        output_tokens: draws.whole(5, 500),
      },
    },
    requestId: `req_01${draws.base62(22)}`,
    uuid: draws.uuid4(),
    timestamp: iso(at + 5000 + turn * 60_000),
  }));
  return {
    path: `.claude/projects/${cwd.replaceAll("/", "-")}/${id}.jsonl`,
    lines: responses,
    turns: responses.length,
  };
}

/** As Codex 0.169 writes them. */
function makeCodexLog(draws: Draws, number: number, at: number): MadeLog {
  const id = draws.uuid7(at);
  const turnId = draws.uuid7(at);
  const cwd = projectOf(number);
  const [input, output] = [draws.whole(500, 9000), draws.whole(5, 500)];
  const usage = {
    input_tokens: input,
    cached_input_tokens: 0,
    cache_write_input_tokens: 0,
    output_tokens: output,
    reasoning_output_tokens: 0,
    total_tokens: input + output,
  };
  const lines = [
    {
      timestamp: iso(at),
      type: "session_meta",
      payload: { id, timestamp: iso(at), cwd, originator: "codex_cli_rs", model_provider: "openai", source: "cli" },
    },
    { timestamp: iso(at + 100), type: "turn_context", payload: { turn_id: turnId, cwd, model: "gpt-5.2" } },
    {
      timestamp: iso(at + 5000),
      type: "token_usage_record",
      payload: {
        thread_id: id,
        turn_id: turnId,
        response_id: `resp_${draws.hex(40)}`,
        usage,
        thread_token_usage: usage,
      },
    },
  ];
  const day = iso(at).slice(0, 10).replaceAll("-", "/");
  const name = `rollout-${iso(at).slice(0, 19).replaceAll(":", "-")}-${id}.jsonl`;
  return { path: `.codex/sessions/${day}/${name}`, lines, turns: 1 };
}

/** All files of the index. */
function indexBytes(opperHome: string): number {
  const directory = join(opperHome, "agent");
  return [...Deno.readDirSync(directory)].filter(({ name }) => name.startsWith("index-"))
    .reduce((sum, { name }) => sum + Deno.statSync(join(directory, name)).size, 0);
}

async function measure(): Promise<number> {
  const { values } = parseArgs({
    options: {
      logs: { type: "string", default: "100000" },
      binary: { type: "string" },
      home: { type: "string" },
    },
  });
  if (!hasGnuTime) throw new Error("GNU time is missing: apt-get install time.");
  const command: Program["command"] = ourCommand(values.binary === undefined ? undefined : resolve(values.binary));
  const work = await Deno.makeTempDir({ prefix: "opper-agent-many-" });
  try {
    const home = values.home ?? join(work, "home");
    const opperHome = join(work, "opper");
    const { count, bytes, turns } = makeManyLogs(home, Number(values.logs));
    console.log(`${count} logs, ${(bytes / count).toFixed(0)} bytes each, ${turns} turns`);
    const place = placeOf(home, opperHome);
    let isWithin = true;
    for (const [name, ...args] of [...COMMANDS, ...WHOLE_LISTS]) {
      const { wallMs, peakMb } = await runMeasured({ name, command: [...command, ...args] }, place);
      console.log(`${name.padEnd(22)} ${wallMs.toFixed(0).padStart(6)} ms  ${peakMb!.toFixed(0).padStart(5)} MB`);
      isWithin &&= peakMb! <= MOST_MB || WHOLE_LISTS.some(([list]) => list === name);
    }
    const aLog = indexBytes(opperHome) / count;
    console.log(`index                  ${aLog.toFixed(0).padStart(6)} bytes a log`);
    const cost = JSON.parse(await runForAnswer({ name: "sum", command: [...command, "cost", "--json"] }, place));
    const isRight = cost.total.turns === turns;
    if (!isRight) console.log(`WRONG: ${cost.total.turns} turns of ${turns}`);
    isWithin &&= aLog <= MOST_BYTES_A_LOG;
    if (!isWithin) console.log(`above ${MOST_MB} MB or ${MOST_BYTES_A_LOG} bytes a log`);
    return isWithin && isRight ? 0 : 1;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

if (import.meta.main) Deno.exit(await measure());
