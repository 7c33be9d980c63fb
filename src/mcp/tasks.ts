/**
 * Tasks: work that goes on behind the answer to a call, for clients that say in the call that they know them. Others get
 * what they always got, a run's id and tools to follow it (docs/adr/0018-tasks.md).
 *
 * Source: MCP extension `io.modelcontextprotocol/tasks`, SEP-2663, schema of 2026-08-21.
 */
import { toSafeJson } from "../core/json/safe_json.ts";
import { knowsTasks, tasksNeeded, VERSION_KEY } from "./envelope.ts";
import { readText } from "./parameters.ts";
import { ProtocolError } from "./protocol_error.ts";
import type { ProtocolServer, RequestExtra } from "./protocol_server.ts";
import type { JsonObject, TaskState, TaskSupport, ToolCall, ToolDefinition } from "./tools/tool_definition.ts";

/** The answer to a call that goes on as a task. */
export function taskResult(task: TaskState): JsonObject {
  return { ...describeTask(task), resultType: "task" };
}

/** What handling tasks takes of the server. */
export interface TaskHost {
  loadTools(): Promise<ReadonlyMap<string, ToolDefinition>>;
  /** Gives a call all that it may use. */
  withCall<T>(extra: RequestExtra, body: (call: ToolCall) => Promise<T>): Promise<T>;
}

/** Answers `tasks/get`, `tasks/update` and `tasks/cancel`. */
export function handleTasks(server: ProtocolServer, host: TaskHost): void {
  /** @throws {ProtocolError} for clients without the extension, and those of the old era, which never had it */
  const readTaskId = (method: string, params: JsonObject, { meta }: RequestExtra): string => {
    if (meta[VERSION_KEY] === undefined) throw new ProtocolError("method_not_found", `Method not found: ${method}`);
    if (!knowsTasks(meta)) throw tasksNeeded();
    return readText(params, "taskId");
  };
  const taskTools = async (): Promise<readonly TaskSupport[]> =>
    [...(await host.loadTools()).values()].flatMap(({ task }) => task ?? []);
  const find = async (taskId: string, extra: RequestExtra): Promise<TaskState> => {
    for (const tool of await taskTools()) {
      const task = await host.withCall(extra, (call) => tool.get(taskId, call));
      if (task !== undefined) return task;
    }
    throw unknownTask(taskId);
  };
  server.handle("tasks/get", async (params, extra) => {
    return describeTask(await find(readTaskId("tasks/get", params, extra), extra));
  });
  // No task of ours asks for anything: answers to questions that were not asked are passed over.
  server.handle("tasks/update", async (params, extra) => {
    await find(readTaskId("tasks/update", params, extra), extra);
    return {};
  });
  server.handle("tasks/cancel", async (params, extra) => {
    const taskId = readTaskId("tasks/cancel", params, extra);
    if (!(await taskTools()).some((tool) => tool.cancel(taskId))) throw unknownTask(taskId);
    return {};
  });
}

function unknownTask(taskId: string): ProtocolError {
  const quoted = toSafeJson(taskId.slice(0, 80));
  return new ProtocolError("invalid_params", `There is no task ${quoted}, or it ended too long ago.`);
}

/** As the extension has it: what a call would have answered is within it once it is completed. */
function describeTask({ result, ...task }: TaskState): JsonObject {
  if (result === undefined) return task;
  return { ...task, result: { content: [{ type: "text", text: toSafeJson(result) }], structuredContent: result } };
}
