/** Turns out of lines that the engine takes by itself are those that the source's fold makes of the same lines. */
import { deepStrictEqual, ok } from "node:assert/strict";
import { loadSource } from "../../../agents/agents.ts";
import { foldFile } from "../../../../tests/support/fold_file.ts";
import { piHeader } from "../../../../tests/support/logs.ts";
import { seededRandom } from "../../../../tests/support/random.ts";
import { withTemporaryDirectory } from "../../../../tests/support/run_agent.ts";
import { walkFiles } from "../../../host/walk_files.ts";
import { TurnTable } from "../turns/turn_table.ts";

const ID = "01a1fb64-0000-7000-8000-000000000001";
/** JSON writes it as zero. */
const MINUS_ZERO = "minus zero";
const FIRST = Date.UTC(2026, 10, 20, 10);

interface Message {
  [field: string]: unknown;
  message: { [field: string]: unknown; usage: Record<string, unknown> };
}

/** A message as Pi writes most of its own. */
function messageAt(row: number): Message {
  return {
    type: "message",
    id: `id${row}`,
    parentId: `id${row - 1}`,
    timestamp: new Date(FIRST + row * 60_000).toISOString(),
    message: {
      role: "assistant",
      content: [{ type: "text", text: 'a "quote" {' }],
      provider: "openai",
      model: "gpt-5.1",
      usage: {
        input: 100 + row,
        cacheRead: 7,
        cacheWrite: 20,
        output: 5,
        totalTokens: 132,
        cost: { input: 0.1, output: 0.0001 + row / 3, cacheRead: 1e-7, cacheWrite: 0, total: 0.1001 + row / 3 },
      },
      timestamp: FIRST + row * 60_000 - 1500,
      responseId: "msg_1",
    },
  };
}

type Change = (line: Message, row: number) => unknown;
const ofUsage = (key: string, value: unknown): Change => ({ message }) => message.usage[key] = value;
const ofCost = (key: string, value: unknown): Change => ({ message }) =>
  message.usage["cost"] = { ...message.usage["cost"] as object, [key]: value };
const ofMessage = (key: string, value: unknown): Change => ({ message }) => message[key] = value;
const ofEntry = (key: string, value: unknown): Change => (line) => line[key] = value;

/** Whatever a line may have in place of what is usual. */
const CHANGES: readonly Change[] = [
  ...["input", "output", "cacheRead", "cacheWrite", "cacheWrite1h"].flatMap((key) =>
    [undefined, null, 0, MINUS_ZERO, 19, 21, -1, 1.5, 1e9, 1e9 + 1, "5", {}, []].map((value) => ofUsage(key, value))
  ),
  ...["input", "output", "cacheRead", "cacheWrite", "total"].flatMap((key) =>
    [undefined, null, 0, MINUS_ZERO, -1, 10_000, 10_001, 0.1 + 0.2, 1e-9 / 3, "5", {}].map((value) =>
      ofCost(key, value)
    )
  ),
  ...[undefined, null, true, false, "x", {}].map((value) => ofCost("totalFromProvider", value)),
  ...[undefined, null, [], "x"].map((value) => ofUsage("cost", value)),
  ...[undefined, null, [], "x", {}].map((value) => ofMessage("usage", value)),
  ...[undefined, null, "OpenAI", "anthropic", " openai", "", 5].map((value) => ofMessage("provider", value)),
  ...[undefined, null, "gpt-5.2", "g\u00e9", "x".repeat(200)].map((value) => ofMessage("model", value)),
  ...[undefined, null, "user", "toolResult", "assistant ", 1].map((value) => ofMessage("role", value)),
  ...[undefined, null, "gpt-5.1-2026-11-01", "other", ""].map((value) => ofMessage("responseModel", value)),
  ...[undefined, null, "gen-1793456789-x", " gen-1", "Gen-1", "chat", 5].map((value) => ofMessage("responseId", value)),
  ...[undefined, null, FIRST, FIRST + 0.5, FIRST / 1000, 5, "2026-11-20T10:00:00.000Z", 9e15]
    .flatMap((value) => [ofMessage("timestamp", value), ofEntry("timestamp", value)]),
  ...["2026-11-20T09:59:59.999Z", "2026-11-31T10:00:00.000Z", "2026-11-20T10:00:00+01:00", "x"]
    .map((value) => ofEntry("timestamp", value)),
  ...[undefined, null, "", " a ", "\u00e9", "a\nb", "x".repeat(200), 5].map((value) => ofEntry("id", value)),
  ...["message ", "custom", "compaction", "branch_summary", "usage", "model_change", "session_info", "session", null]
    .map((value) => ofEntry("type", value)),
  (line, row) => [ofCost("total", 0), ofMessage("responseModel", "other")].forEach((change) => change(line, row)),
  (line) => Object.assign(line, { type: "compaction", message: undefined, summary: '"usage"' }),
  (line) => Object.assign(line, { type: "model_change", provider: "openai", modelId: "gpt-5.2", message: undefined }),
  (line, row) => line["id"] = `id${row - 1}`,
];

Deno.test("usual lines are what the source's fold makes of them, whatever stands between", async () => {
  const source = await loadSource("pi");
  const random = seededRandom(37);
  const below = (end: number) => Math.floor(random() * end);
  let taken = 0;
  let others = 0;
  class CountingTable extends TurnTable {
    override addRows(...given: Parameters<TurnTable["addRows"]>): void {
      taken += given[1].length;
      super.addRows(...given);
    }
  }
  await withTemporaryDirectory((directory) => {
    for (let round = 0; round < 150; round++) {
      const lines = Array.from({ length: 1 + below(round % 10 === 0 ? 700 : 40) }, (_, row) => {
        const line = messageAt(row);
        for (let left = below(4) === 0 ? 1 + below(2) : 0; left > 0; left--) {
          others++;
          if (line.message?.usage && typeof line.message.usage === "object") CHANGES[below(CHANGES.length)]!(line, row);
        }
        return JSON.stringify(line).replaceAll(`"${MINUS_ZERO}"`, "-0");
      });
      const header = round % 7 === 0 ? [] : [JSON.stringify(piHeader(ID))];
      if (round % 5 === 0) lines.splice(below(lines.length), 0, "not JSON", '{"type":"message","usage":\t1}', "[]");
      const path = `${directory}/2026-11-20T10-00-00-000Z_${ID}.jsonl`;
      Deno.writeTextFileSync(path, [...header, ...lines].map((line) => `${line}\n`).join(""));
      const file = walkFiles(directory, () => true).files[0]!;
      const table = new CountingTable();
      const found = ({ turns, state, facts, problems, nextSeq }: ReturnType<typeof foldFile>) => (
        { turns, state, facts, problems, nextSeq }
      );
      const fast = found(foldFile(source, file, undefined, { table }));
      deepStrictEqual(fast, found(foldFile(source, file, undefined, { isParsed: true })), `round ${round}`);
    }
  });
  ok(taken > 2000 && others > 500, `${taken}, ${others}`);
});
