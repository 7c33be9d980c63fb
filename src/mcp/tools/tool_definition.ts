/**
 * A tool as the server sees it: plain data and one function. Free of the SDK's types, so that the protocol's next version
 * is a matter of server.ts alone; free of any operation, so that tools may come from anywhere.
 */
import type { OperationContext } from "../../operations/contract/context.ts";
import { type Need, onlyReads } from "../../operations/contract/need.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

/** Hints as the protocol names them. All four are always given: their defaults assume the worst. */
export interface ToolAnnotations {
  /** Nothing outside of our own index is changed. */
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  /** Others than this machine are asked. */
  readonly openWorldHint: boolean;
}

/** What a call may use. */
export interface ToolCall {
  /** Aborted when the client cancels, goes away, or the server is told to end. */
  readonly signal: AbortSignal;
  /** Made for this call and closed after it. */
  readonly context: OperationContext;
  /** Absent when the client wants none. Numbers that do not grow, and those that come too fast, are left out. */
  readonly reportProgress?: ((progress: number, message: string) => void) | undefined;
}

export interface ToolDefinition {
  /** snake_case. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Strict; every property described. JSON Schema, draft 7. */
  readonly inputSchema: JsonObject;
  readonly outputSchema: JsonObject;
  /** What it must be able to do, from which the hints follow. */
  readonly needs: readonly Need[];
  /** Whether calling it again with the same changes nothing more. @default only when it reads alone */
  readonly isRepeatable?: boolean;
  /**
   * @param args as the client sent them, unchecked
   * @returns what `outputSchema` describes; plain JSON
   * @throws {AgentError} for what the caller can mend
   */
  run(args: JsonObject, call: ToolCall): Promise<JsonObject>;
}

/** What clients are told of a tool, in the order that they are shown it. */
export function annotationsOf(
  { needs, isRepeatable }: Pick<ToolDefinition, "needs" | "isRepeatable">,
): ToolAnnotations {
  const reads = onlyReads(needs);
  return {
    readOnlyHint: reads,
    destructiveHint: !reads,
    idempotentHint: isRepeatable ?? reads,
    openWorldHint: needs.includes("network"),
  };
}
