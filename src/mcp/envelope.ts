/**
 * What a message of revision 2026-07-28 says of itself, in its `_meta`: names of the fields, and what follows from them.
 * Sources: MCP 2026-07-28, "Basic", `_meta`; extensions `io.modelcontextprotocol/tasks`, SEP-2663, and
 * `io.modelcontextprotocol/ui`, SEP-1865.
 */
import { isRecord } from "../core/json/is_record.ts";
import { ProtocolError } from "./protocol_error.ts";
import type { JsonObject } from "./tools/tool_definition.ts";

const PREFIX = "io.modelcontextprotocol/";
export const VERSION_KEY = `${PREFIX}protocolVersion`;
export const CAPABILITIES_KEY = `${PREFIX}clientCapabilities`;
export const CLIENT_KEY = `${PREFIX}clientInfo`;
export const SERVER_KEY = `${PREFIX}serverInfo`;
export const SUBSCRIPTION_KEY = `${PREFIX}subscriptionId`;

/** Name of the extension for work that goes on behind an answer. */
export const TASKS = `${PREFIX}tasks`;
/** Name of the extension for pages that draw answers (MCP Apps, 2026-01-26). */
export const UI = `${PREFIX}ui`;

/** Whether a request is of the new era, whose results may have fields that the old one has not. @param meta its `_meta` */
export function isOfNewEra(meta: JsonObject): boolean {
  return Object.hasOwn(meta, VERSION_KEY);
}

/** Whether a request says that its client can follow tasks. @param meta its `_meta` */
export function knowsTasks(meta: JsonObject): boolean {
  const capabilities = meta[CAPABILITIES_KEY];
  const extensions = isRecord(capabilities) ? capabilities["extensions"] : undefined;
  return isRecord(extensions) && isRecord(extensions[TASKS]);
}

/** What is said to who asks about tasks without having said so. */
export function tasksNeeded(): ProtocolError {
  const requiredCapabilities = { extensions: { [TASKS]: {} } };
  return new ProtocolError("missing_capability", `This needs a client that declares ${TASKS}.`, {
    requiredCapabilities,
  });
}

/** What a client may name its reports of progress by, in both eras; undefined: it wants none. */
export function isProgressToken(value: unknown): value is string | number | undefined {
  return value === undefined || typeof value === "string" || Number.isSafeInteger(value);
}
