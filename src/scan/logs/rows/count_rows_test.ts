/** Turns out of counts that the engine takes by itself are those that the source's fold makes of the same lines. */
import { deepStrictEqual, ok } from "node:assert/strict";
import { loadSource } from "../../../agents/agents.ts";
import { foldFile } from "../../../../tests/support/fold_file.ts";
import { seededRandom } from "../../../../tests/support/random.ts";
import { withTemporaryDirectory } from "../../../../tests/support/run_agent.ts";
import { walkFiles } from "../../../host/walk_files.ts";
import { TurnTable } from "../turns/turn_table.ts";

const ID = "01a1a919-253a-79be-a995-08ea7d66770f";
const TURN = "01a1a919-2559-7c9f-9226-4f251f66120d";
const FIRST = Date.UTC(2026, 10, 5);

type Json = Record<string, unknown>;
type Counts = Record<string, unknown>;

const countsOf = (input: number, cached: number, written: number, output: number): Counts => ({
  input_tokens: input,
  cached_input_tokens: cached,
  cache_write_input_tokens: written,
  output_tokens: output,
  reasoning_output_tokens: 2,
  total_tokens: input + output,
});
const added = (a: Counts, b: Counts): Counts =>
  Object.fromEntries(Object.entries(a).map(([key, value]) => [key, value as number + (b[key] as number)]));

const header = (payload: Json): Json => ({
  timestamp: timeOf(0),
  type: "session_meta",
  payload: { id: ID, ...payload },
});
const turnContext = (row: number, model: string): Json => ({
  timestamp: timeOf(row),
  type: "turn_context",
  payload: { turn_id: TURN, model },
});
const eventOf = (row: number, kind: string, rest: Json = {}): Json => ({
  timestamp: timeOf(row),
  type: "event_msg",
  payload: { type: kind, ...rest },
});

function timeOf(row: number): string {
  return new Date(FIRST + row * 4000).toISOString();
}

/** What a line may have in place of what is usual: paths, and values. */
const PATHS: readonly (readonly string[])[] = [
  ["timestamp"],
  ["type"],
  ["payload"],
  ["payload", "type"],
  ["payload", "info"],
  ["payload", "model"],
  ["payload", "thread_id"],
  ["payload", "turn_id"],
  ["payload", "response_id"],
  ...["usage", "thread_token_usage"].map((key) => ["payload", key]),
  ...["total_token_usage", "last_token_usage"].map((key) => ["payload", "info", key]),
  ...Object.keys(countsOf(0, 0, 0, 0)).flatMap((key) => [
    ["payload", "usage", key],
    ["payload", "thread_token_usage", key],
    ["payload", "info", "total_token_usage", key],
    ["payload", "info", "last_token_usage", key],
  ]),
];
const VALUES: readonly unknown[] = [
  undefined,
  null,
  0,
  -1,
  1.5,
  7,
  2e9,
  1e300,
  "x",
  "a\nb",
  "\u00e9",
  {},
  [],
  timeOf(1),
];

function replaceAt(line: Json, path: readonly string[], value: unknown): void {
  let place = line;
  for (const key of path.slice(0, -1)) {
    if (typeof place[key] !== "object" || place[key] === null) return;
    place = place[key] = { ...place[key] as Json };
  }
  place[path.at(-1)!] = value;
}

/** A log as one version after the other writes it, each response counted in one way or the other. */
function makeLog(random: () => number): readonly Json[] {
  const below = (end: number) => Math.floor(random() * end);
  const pick = <Value>(values: readonly Value[]): Value => values[below(values.length)]!;
  const fork = below(6) === 0 ? { forked_from_id: "01a1a918-0000-7000-8000-000000000000" } : {};
  const lines = [header({ ...fork, timestamp: timeOf(0) }), turnContext(1, "gpt-5.1-codex")];
  const hasRecords = below(2) === 0;
  const hasWrites = below(4) > 0;
  let total = countsOf(0, 0, 0, 0);
  for (let row = 2, end = 2 + below(60); row < end; row++) {
    const input = 100 + below(5000);
    const counts = countsOf(input, below(input / 2), hasWrites ? below(input / 2) : 0, 1 + below(300));
    if (below(12) > 0) total = added(total, counts);
    const logged = (set: Counts) => {
      const { cache_write_input_tokens: _, ...rest } = set;
      return hasWrites ? set : rest;
    };
    const record: Json = {
      timestamp: timeOf(row),
      ordinal: row,
      type: "token_usage_record",
      payload: {
        thread_id: ID,
        turn_id: TURN,
        response_id: `resp_${row}`,
        usage: logged(counts),
        thread_token_usage: logged(total),
      },
    };
    const count = eventOf(row, "token_count", {
      info: { total_token_usage: logged(total), last_token_usage: logged(counts), model_context_window: 258400 },
      rate_limits: null,
    });
    const written = (below(10) === 0 ? !hasRecords : hasRecords) ? [record, count] : [count];
    if (below(15) === 0) written.reverse();
    if (below(8) === 0) written.push(count);
    if (below(20) === 0) written.pop();
    lines.push(...written.map((line) => {
      if (below(12) > 0) return line;
      const changed = { ...line };
      replaceAt(changed, pick(PATHS), pick(VALUES));
      return changed;
    }));
    if (below(12) === 0) {
      const model = pick(["gpt-5.1-codex", "gpt-5.6", "gpt-5.1-codex"]);
      lines.push(pick([
        turnContext(row, model),
        eventOf(row, "task_started", { turn_id: TURN }),
        eventOf(row, "context_compacted"),
        eventOf(row, "thread_settings_applied", {
          thread_id: ID,
          thread_settings: { model, model_provider_id: "openai", service_tier: pick(["flex", undefined]) },
        }),
        eventOf(row, "token_count", { info: null }),
        header({}),
      ]));
    }
  }
  return lines;
}

Deno.test("usual counts are what the source's fold makes of them, whatever stands between", async () => {
  const source = await loadSource("codex");
  const random = seededRandom(41);
  let taken = 0;
  let turns = 0;
  class CountingTable extends TurnTable {
    override addRows(...given: Parameters<TurnTable["addRows"]>): void {
      taken += given[1].length;
      super.addRows(...given);
    }
  }
  await withTemporaryDirectory((directory) => {
    for (let round = 0; round < 400; round++) {
      const text = makeLog(random).map((line) => `${JSON.stringify(line)}\n`).join("");
      Deno.writeTextFileSync(`${directory}/rollout-2026-11-05T00-00-00-${ID}.jsonl`, text);
      const file = walkFiles(directory, () => true).files[0]!;
      const found = ({ turns, state, facts, problems, nextSeq }: ReturnType<typeof foldFile>) => (
        { turns, state: JSON.parse(JSON.stringify(state)), facts, problems, nextSeq }
      );
      const fast = found(foldFile(source, file, undefined, { table: new CountingTable() }));
      turns += fast.turns.length;
      deepStrictEqual(fast, found(foldFile(source, file, undefined, { isParsed: true })), `round ${round}`);
    }
  });
  ok(taken > turns / 4 && taken < turns, `${taken} of ${turns}`);
});
