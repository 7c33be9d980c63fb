/**
 * A fault in how the protocol was used, answered as a JSON-RPC error. A fault that a tool's caller can fix is an
 * AgentError.
 */
import type { AgentError } from "../core/errors.ts";
import { toPlainLines } from "../core/plain_lines.ts";

/**
 * Codes of JSON-RPC 2.0, section 5.1, of MCP 2025-11-25, "Resources", error handling, and of MCP 2026-07-28, "Basic", error
 * codes.
 */
const CODES = {
  method_not_found: -32601,
  invalid_params: -32602,
  internal: -32603,
  resource_not_found: -32002,
  missing_capability: -32021,
} as const;

/** What the protocol has a code for; anything else is a tool's answer. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  /** Of JSON-RPC. */
  readonly code: number;

  /** @param data For programs, beside the message */
  constructor(kind: keyof typeof CODES, message: string, readonly data?: Readonly<Record<string, unknown>>) {
    // It may quote what a caller sent, and is passed on as it is.
    super(toPlainLines(message));
    this.code = CODES[kind];
  }
}

/** Messages quote what a caller sent, which may be long. */
const MAXIMUM_CHARACTERS = 2000;

/** What went wrong, and what to do next: short, and without anything that steers a terminal. */
export function messageOf({ message, hint }: AgentError): string {
  const cut = message.length <= MAXIMUM_CHARACTERS ? message : `${message.slice(0, MAXIMUM_CHARACTERS)}…`;
  return toPlainLines(hint === undefined ? cut : `${cut}\n${hint}`);
}
