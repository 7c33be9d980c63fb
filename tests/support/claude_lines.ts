/** Lines of Claude Code's logs, and the fold over them as the engine does it. */
import assert from "node:assert/strict";
import { claudeSource } from "../../src/agents/claude/source.ts";
import type { ClaudeState } from "../../src/agents/claude/state.ts";
import { mergeTurns } from "../../src/scan/logs/merge_turns.ts";
import { RecordFolder } from "../../src/scan/logs/rows/record_folder.ts";
import type { RecordedTurn, RecordResult } from "../../src/agents/source.ts";

export const SESSION = "0800ecd2-8a24-408f-9a69-a0254bdd0fcb";
export const MAIN = `-srv-work/${SESSION}.jsonl`;
export const SUBAGENT = `-srv-work/${SESSION}/subagents/agent-a78eb7ae8984c9ef8.jsonl`;

export type Json = Record<string, unknown>;

/** A response line of 2.1.329, cut to the fields that matter. `usage` and `message` are merged in. */
export function responseLine(fields: Json = {}, usage: Json = {}, message: Json = {}): Json {
  return {
    parentUuid: "cbd7ee79-604d-472c-ae1f-6ed0d3f3a3b2",
    isSidechain: false,
    message: {
      id: "msg_000190b5d429e86c7adbcf",
      type: "message",
      role: "assistant",
      model: "claude-sonnet-4-5",
      usage: {
        input_tokens: 11,
        cache_creation_input_tokens: 501,
        cache_read_input_tokens: 10001,
        output_tokens: 101,
        cache_creation: { ephemeral_1h_input_tokens: 0, ephemeral_5m_input_tokens: 501 },
        ...usage,
      },
      ...message,
    },
    requestId: "req_bb54b8482b8b534400c011c8",
    type: "assistant",
    uuid: "6b8e4bc6-e71a-464f-a710-d3c61370c2f9",
    timestamp: "2026-11-20T23:47:07.692Z",
    cwd: "/srv/work",
    sessionId: SESSION,
    version: "2.1.329",
    ...fields,
  };
}

export const boundary = (timestamp: string, fields: Json = {}): Json => ({
  parentUuid: null,
  logicalParentUuid: "7a7bf5a4-0000-4000-8000-000000000000",
  isSidechain: false,
  type: "system",
  subtype: "compact_boundary",
  content: "Conversation compacted",
  compactMetadata: { trigger: "auto", preTokens: 155025 },
  timestamp,
  sessionId: SESSION,
  ...fields,
});

export const requestLine = (id: string, timestamp: string): Json => ({
  type: "api-request",
  sessionId: SESSION,
  id,
  timestamp,
});

export interface Folded {
  readonly state: ClaudeState;
  readonly results: readonly RecordResult<ClaudeState>[];
  readonly turns: readonly RecordedTurn[];
  readonly problems: readonly string[];
}

/** Folds records; `reload` puts the state through JSON between any two, as resuming from the index does. */
export function foldClaude(relativePath: string, records: readonly unknown[], reload = false): Folded {
  const folder = new RecordFolder(claudeSource);
  let state = claudeSource.start({ path: `/home/u/.claude/projects/${relativePath}`, relativePath });
  const results = records.map((record) => {
    const result = folder.fold(state, record) as RecordResult<ClaudeState>;
    state = reload ? JSON.parse(JSON.stringify(result.state)) : result.state;
    return result;
  });
  return {
    state,
    results,
    turns: results.flatMap((result) => result.turns ?? []),
    problems: results.flatMap((result) => result.problem ?? []),
  };
}

export function onlyTurn(folded: Folded): RecordedTurn {
  assert.equal(folded.turns.length, 1);
  const [turn] = folded.turns;
  assert(turn);
  return turn;
}

export const ms = (time: string): number => Date.parse(time);

/** Each turn once, merged over the records that show it. Folded twice, so that the state may be stored anywhere. */
export function mergedTurns(records: readonly unknown[], path = MAIN): readonly RecordedTurn[] {
  const [whole, reloaded] = [foldClaude(path, records), foldClaude(path, records, true)];
  assert.deepEqual(
    JSON.stringify(reloaded.results.map(({ turns }) => turns)),
    JSON.stringify(whole.results.map(({ turns }) => turns)),
  );
  const byKey = new Map<string, RecordedTurn>();
  for (const turn of whole.turns) {
    const known = byKey.get(turn.key);
    byKey.set(turn.key, known === undefined ? turn : mergeTurns(known, turn));
  }
  return [...byKey.values()];
}
