/** The columns of a row of Hermes that are read: of a session, or of its sums for one model. */
import { exists, type Fields, name, numeric, type Row, time, whole } from "../fields.ts";

export const HERMES_FIELDS = {
  /** `usage` or `session`; the session's own row comes last. */
  kind: name("kind"),
  model: name("model"),
  provider: name("billing_provider"),
  baseUrl: name("billing_base_url"),
  mode: name("billing_mode"),
  task: name("task"),
  calls: whole("api_call_count"),
  input: whole("input_tokens"),
  hasInput: exists("input_tokens"),
  output: whole("output_tokens"),
  hasOutput: exists("output_tokens"),
  cacheRead: whole("cache_read_tokens"),
  hasCacheRead: exists("cache_read_tokens"),
  cacheWrite: whole("cache_write_tokens"),
  hasCacheWrite: exists("cache_write_tokens"),
  estimated: numeric("estimated_cost_usd"),
  actual: numeric("actual_cost_usd"),
  costStatus: name("cost_status"),
  firstSeen: time("first_seen"),
  lastSeen: time("last_seen"),
  startedAt: time("started_at"),
  endedAt: time("ended_at"),
  activeAt: time("last_activity_at"),
  lastMessageAt: time("last_message_at"),
  parent: name("parent_session_id"),
  title: name("title"),
  /** `user`, `llm` and others; `derived` is what somebody typed first. */
  titleSource: name("title_source"),
  cwd: name("cwd"),
} satisfies Fields;

export type HermesRow = Row<typeof HERMES_FIELDS>;
