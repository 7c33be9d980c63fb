import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { piHeader, piTurn } from "../../../tests/support/logs.ts";
import { withTemporaryDirectory } from "../../../tests/support/run_agent.ts";
import { walkFiles } from "../../host/walk_files.ts";
import { foldFile } from "../../../tests/support/fold_file.ts";
import { loadSource, LOGGED_AGENTS } from "../../agents/agents.ts";
import { verifyLogs } from "./verify_logs.ts";

const ID = "01a1fb64-0000-7000-8000-000000000001";
const at = "2026-11-20T10:00:00.000Z";
const piFailed = {
  type: "message",
  id: "1",
  timestamp: at,
  message: { role: "assistant", provider: "p", model: "m", stopReason: "error", usage: { input: 0, output: 0 } },
};
const claudeLine = (more: object, message: object) => ({
  type: "assistant",
  uuid: "u",
  timestamp: at,
  sessionId: ID,
  message: { id: "m", role: "assistant", model: "claude-sonnet-4-6", ...message },
  ...more,
});
const USAGE = { input_tokens: 5, output_tokens: 7 };
const codexLine = (type: string, payload: object) => ({ timestamp: at, type, payload });
const codexHeader = codexLine("session_meta", { id: ID, timestamp: at, cwd: "/srv/app" });
const total = (info: object | null) => codexLine("event_msg", { type: "token_count", info });
const INFO = {
  total_token_usage: { input_tokens: 9, output_tokens: 1, total_tokens: 10 },
  last_token_usage: { input_tokens: 9, output_tokens: 1, total_tokens: 10 },
};

Deno.test("a log that yielded nothing is named, a session without a response is not", async (t) => {
  const rows: [source: string, name: string, records: readonly object[], isNamed: boolean][] = [
    ["claude", "responses without usage", [claudeLine({}, {})], true],
    ["claude", "usage by other names", [claudeLine({}, { usage: { prompt_tokens: 5 } })], true],
    ["claude", "counts that are none", [claudeLine({}, { usage: { input_tokens: -1, output_tokens: "2" } })], true],
    ["claude", "a message as a text", [{ ...claudeLine({}, {}), message: '{"usage":{"input_tokens":5}}' }], true],
    ["claude", "no time", [claudeLine({ timestamp: "now" }, { usage: USAGE })], true],
    ["claude", "one of two counts", [claudeLine({}, {}), claudeLine({}, { usage: USAGE })], false],
    [
      "claude",
      "a question alone",
      [{ type: "user", parentUuid: null, timestamp: at, message: { role: "user" } }],
      false,
    ],
    ["claude", "errors of the tool's", [
      claudeLine({}, { model: "<synthetic>", usage: { input_tokens: 0, output_tokens: 0 } }),
      claudeLine({ isApiErrorMessage: true }, {}),
    ], false],
    ["claude", "a title alone", [{ type: "custom-title", customTitle: "x", sessionId: ID }], false],
    ["claude", "summaries of others", [{ type: "summary", summary: "x", leafUuid: "y" }], false],
    ["codex", "no header", [codexLine("turn_context", { model: "gpt-5.5" }), total(INFO)], true],
    ["codex", "a header without an id", [codexLine("session_meta", {}), total(INFO)], true],
    ["codex", "records without a header", [codexLine("token_usage_record", { model: "gpt-5.5" })], true],
    ["codex", "a header alone", [codexHeader], false],
    ["codex", "limits before any response", [codexHeader, total(null)], false],
    ["codex", "neither header nor tokens", [codexLine("turn_context", { model: "gpt-5.5" }), total(null)], false],
    ["codex", "a session", [codexHeader, codexLine("turn_context", { model: "gpt-5.5" }), total(INFO)], false],
    ["pi", "a header without an id", [{ type: "session" }, piTurn({ id: "1", at })], true],
    ["pi", "counts that are none", [piHeader(ID), piTurn({ id: "1", at, input: -5, output: -1 })], true],
    ["pi", "a log of another tool's", [claudeLine({}, { usage: USAGE })], true],
    ["pi", "a header alone", [piHeader(ID)], false],
    ["pi", "answers that failed", [piHeader(ID), piFailed], false],
    ["pi", "nothing of any tool's", [{ usage: { input: 5 } }], false],
  ];
  for (const [id, name, records, isNamed] of rows) {
    await t.step(`${id}: ${name}`, async () => {
      await withTemporaryDirectory(async (directory) => {
        const path = join(directory, `${ID}.jsonl`);
        Deno.writeTextFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
        const agent = LOGGED_AGENTS.find((each) => each.id === id)!;
        const source = await loadSource(id);
        const file = walkFiles(directory, () => true).files[0]!;
        const sentence = `It looks like a log of ${source.title} with responses, but none of them could be counted: ` +
          "the file yielded nothing.";
        for (
          const problems of [
            foldFile(source, file, undefined).problems,
            foldFile(source, file, undefined, { isParsed: true }).problems,
            await verifyLogs({ roots: [], files: [{ source: agent, file }], problems: [] }, Date.parse(at) + 1e6),
          ]
        ) {
          deepStrictEqual(
            problems.filter(({ message }) => message.startsWith("It looks")).map((
              { line, message },
            ) => [line, message]),
            isNamed ? [[undefined, sentence]] : [],
            JSON.stringify(problems),
          );
        }
        strictEqual(isNamed && foldFile(source, file, undefined).turns.length > 0, false);
      });
    });
  }
});

Deno.test("doctor names a log of another agent's that holds responses, whoever it is read as", async () => {
  const records = [piHeader(ID), piTurn({ id: "1", at }), piTurn({ id: "2", at })];
  await withTemporaryDirectory(async (directory) => {
    Deno.writeTextFileSync(
      join(directory, `${ID}.jsonl`),
      records.map((record) => `${JSON.stringify(record)}\n`).join(""),
    );
    const file = walkFiles(directory, () => true).files[0]!;
    const messagesOf = async (id: string) => {
      const source = LOGGED_AGENTS.find((agent) => agent.id === id)!;
      const problems = await verifyLogs({ roots: [], files: [{ source, file }], problems: [] }, Date.parse(at) + 1e6);
      return problems.map(({ message }) => message.replace(/:.*/, ""));
    };
    const sentence = (title: string) =>
      `It looks like a log of ${title} with responses, but none of them could be counted`;
    deepStrictEqual(await messagesOf("claude"), [sentence("Claude Code")]);
    deepStrictEqual(await messagesOf("codex"), [sentence("Codex")]);
    deepStrictEqual(await messagesOf("pi"), []);
  });
});
