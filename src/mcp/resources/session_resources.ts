/**
 * Sessions as resources: `opper-agent://session/{id}` is what session_cost says. An id is looked up among those that are
 * known, and never becomes part of a path.
 */
import { AgentError } from "../../core/errors.ts";
import { toSafeJson } from "../../core/json/safe_json.ts";
import { toPlainText } from "../../core/plain_lines.ts";
import type { OperationContext } from "../../operations/contract/context.ts";
import { ProtocolError } from "../protocol_error.ts";
import type { JsonObject, ToolCall, ToolDefinition } from "../tools/tool_definition.ts";
import { SESSION_PREFIX, sessionIdOf, sessionUri } from "./session_uri.ts";

const MIME_TYPE = "application/json";
const PAGE = 50;
/** Of characters. Fifty of these still are no large answer. */
const MAXIMUM_URI = 300;
/** As many as the protocol allows in one answer. */
const MAXIMUM_COMPLETIONS = 100;

export const SESSION_TEMPLATE = {
  uriTemplate: `${SESSION_PREFIX}{id}`,
  name: "session",
  title: "Session of a coding agent",
  description: "Cost, models, cache state and misses of one session: the same as session_cost",
  mimeType: MIME_TYPE,
} as const;

/** The latest sessions. Without titles: they are text of a transcript. @throws {AgentError} usage, for a wrong cursor */
export async function listSessionResources(cursor: string | undefined, context: OperationContext): Promise<JsonObject> {
  const { sessions } = await import("../../operations/usage/sessions.ts");
  const listed = await sessions.run({ sort: "last", limit: PAGE, cursor, brief: false }, context);
  return {
    resources: listed.sessions.flatMap(({ sessionId, shortId, source, lastActivityAt, startedAt }) => {
      // A log can name its session anything, also what cannot be asked for.
      const uri = sessionUri(sessionId);
      if (uri.length > MAXIMUM_URI || sessionIdOf(uri) !== sessionId) return [];
      return [{
        uri,
        name: toPlainText(sessionId),
        title: `${source} ${toPlainText(shortId)}, ${(lastActivityAt ?? startedAt)?.slice(0, 16) ?? "no time"}`,
        mimeType: MIME_TYPE,
      }];
    }),
    ...(listed.nextCursor === undefined ? {} : { nextCursor: listed.nextCursor }),
  };
}

/** @throws {ProtocolError} when there is no such session */
export async function readSessionResource(uri: string, tool: ToolDefinition, call: ToolCall): Promise<JsonObject> {
  const id = sessionIdOf(uri);
  try {
    if (id !== undefined) {
      const text = toSafeJson(await tool.run({ session: id }, call));
      return { contents: [{ uri, mimeType: MIME_TYPE, text }] };
    }
  } catch (error) {
    if (!(error instanceof AgentError && error.code === "usage")) throw error;
  }
  throw new ProtocolError(
    "resource_not_found",
    `There is no resource ${
      toSafeJson(uri.slice(0, 200))
    }: expected ${SESSION_TEMPLATE.uriTemplate} with an id of list_sessions.`,
    { uri: uri.slice(0, 200) },
  );
}

/** Ids that begin so, the latest first. */
export async function completeSession(start: string, context: OperationContext): Promise<JsonObject> {
  const { sessions } = await import("../../operations/usage/sessions.ts");
  const listed = await sessions.run({ sort: "last", limit: 0, brief: false }, context);
  const ids = [...new Set(listed.sessions.map(({ sessionId }) => sessionId).filter((id) => id.startsWith(start)))];
  return {
    values: ids.slice(0, MAXIMUM_COMPLETIONS).map(toPlainText),
    total: ids.length,
    hasMore: ids.length > MAXIMUM_COMPLETIONS,
  };
}
