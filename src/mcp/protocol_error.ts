/** A fault in how the protocol was used, answered as a JSON-RPC error. What a tool's caller can mend is an AgentError. */
import type { AgentError } from "../core/errors.ts";

/** Codes of JSON-RPC 2.0, section 5.1, and of MCP 2025-11-25, "Resources", error handling. */
const CODES = { invalid_params: -32602, internal: -32603, resource_not_found: -32002 } as const;

export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  /** Read by the SDK. */
  readonly code: number;

  constructor(kind: keyof typeof CODES, message: string) {
    super(message);
    this.code = CODES[kind];
  }
}

/** What went wrong, and what to do next. */
export function messageOf({ message, hint }: AgentError): string {
  return hint === undefined ? message : `${message}\n${hint}`;
}
