/**
 * A tool as the server sees it: plain data and one function. Free of the SDK's types, so that the protocol's next version
 * is a matter of server.ts alone; free of any operation, so that tools may come from anywhere.
 */
import type { DurationMs } from "../../core/model.ts";
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

/** Work of a tool that goes on behind its answer (Tasks extension of 2026-08-21, "Task"). */
export interface TaskState {
  /** Nobody can guess it. */
  readonly taskId: string;
  readonly status: "working" | "completed" | "cancelled";
  /** For people. */
  readonly statusMessage: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** ISO 8601. */
  readonly lastUpdatedAt: string;
  /** How long it is known, from its creation on. */
  readonly ttlMs: DurationMs;
  /** How often it is worth asking. */
  readonly pollIntervalMs: DurationMs;
  /** Once it is completed: what `outputSchema` describes. */
  readonly result?: JsonObject;
}

/** How a tool's work is begun and followed by clients that know tasks. */
export interface TaskSupport {
  /** Begins, and does not wait. @throws {AgentError} as `run` does */
  begin(args: JsonObject, call: ToolCall): Promise<TaskState>;
  /** Undefined for a task that is not known, or not any more. */
  get(taskId: string, call: ToolCall): Promise<TaskState | undefined>;
  /** Begins to end it; one that has ended stays as it was. @returns false for a task that is not known */
  cancel(taskId: string): boolean;
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
  /** Address of the page that draws its answers, for clients that show one (extension MCP Apps). */
  readonly page?: string;
  /** @default its work ends with its answer */
  readonly task?: TaskSupport;
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
