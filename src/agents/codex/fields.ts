/** What is read of a Codex record. Events have their kind and all else that they say in `payload`, as every record has. */
import { exists, type Fields, name, object, type RecordField, type Row, time, whole } from "../fields.ts";

/** The six counts that Codex writes of a response, of a turn and of a thread. */
const COUNT_KEYS = {
  Input: "input_tokens",
  Cached: "cached_input_tokens",
  CacheWrite: "cache_write_input_tokens",
  Output: "output_tokens",
  Reasoning: "reasoning_output_tokens",
  Total: "total_tokens",
} as const;

type CountName = keyof typeof COUNT_KEYS;
type Path = readonly [string, ...string[]];

/** An object of counts, and each count: `lastInput`. */
function countsAt<Place extends string>(place: Place, ...path: Path) {
  return {
    [place]: object(...path),
    ...eachCount((count) => `${place}${count}`, (key) => whole(...path, key)),
  } as
    & { readonly [_ in Place]: RecordField<"object"> }
    & { readonly [Count in CountName as `${Place}${Count}`]: RecordField<"whole"> };
}

/** Whether there is something, be it a count or not: `lastHasInput`. */
function isCountThere<Place extends string>(place: Place, ...path: Path) {
  return eachCount((count) => `${place}Has${count}`, (key) => exists(...path, key)) as {
    readonly [Count in CountName as `${Place}Has${Count}`]: RecordField<"exists">;
  };
}

function eachCount(
  nameOf: (count: string) => string,
  fieldOf: (key: string) => RecordField,
): Readonly<Record<string, RecordField>> {
  return Object.fromEntries(Object.entries(COUNT_KEYS).map(([count, key]) => [nameOf(count), fieldOf(key)]));
}

const TOTAL = ["total", "payload", "info", "total_token_usage"] as const;
const LAST = ["last", "payload", "info", "last_token_usage"] as const;
const USAGE = ["usage", "payload", "usage"] as const;

export const CODEX_FIELDS = {
  type: name("type"),
  at: time("timestamp"),
  ordinal: whole("ordinal"),
  payload: object("payload"),
  kind: name("payload", "type"),

  // Of headers.
  id: name("payload", "id"),
  sessionId: name("payload", "session_id"),
  startedAt: time("payload", "timestamp"),
  provider: name("payload", "model_provider"),
  threadSource: name("payload", "thread_source"),
  parentThreadId: name("payload", "parent_thread_id"),
  // `source` is a text for threads that people begin.
  subagent: exists("payload", "source", "subagent"),
  spawnedBy: name("payload", "source", "subagent", "thread_spawn", "parent_thread_id"),
  forkedFrom: name("payload", "forked_from_id"),
  forkedFromOrdinal: whole("payload", "forked_from_ordinal_exclusive"),
  historyBase: object("payload", "history_base"),
  ownFromOrdinal: whole("payload", "subagent_history_start_ordinal"),

  // Of headers, turns and events.
  cwd: name("payload", "cwd"),
  model: name("payload", "model"),
  tier: name("payload", "service_tier"),
  threadId: name("payload", "thread_id"),
  turnId: name("payload", "turn_id"),
  threadName: name("payload", "thread_name"),
  itemType: name("payload", "item", "type"),
  settings: object("payload", "thread_settings"),
  nextModel: name("payload", "thread_settings", "model"),
  nextProvider: name("payload", "thread_settings", "model_provider_id"),
  nextTier: name("payload", "thread_settings", "service_tier"),

  // Of `token_count`.
  info: object("payload", "info"),
  ...countsAt(...TOTAL),
  ...isCountThere(...TOTAL),
  ...countsAt(...LAST),
  ...isCountThere(...LAST),

  // Of `token_usage_record`.
  responseId: name("payload", "response_id"),
  ...countsAt(...USAGE),
  ...isCountThere(...USAGE),
  ...countsAt("threadTotal", "payload", "thread_token_usage"),
} satisfies Fields;

export type CodexRow = Row<typeof CODEX_FIELDS>;
