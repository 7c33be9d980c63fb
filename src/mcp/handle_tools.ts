/** Tools: the list of them, calls, and what goes on behind a call as a task. */
import { AgentError } from "../core/errors.ts";
import { toSafeJson } from "../core/json/safe_json.ts";
import { onlyReads } from "../operations/contract/need.ts";
import type { WithContext } from "./call_contexts.ts";
import type { McpHost } from "./mcp_host.ts";
import { readText, refuseCursor } from "./parameters.ts";
import { ProgressReporter } from "./progress_reporter.ts";
import { messageOf, ProtocolError } from "./protocol_error.ts";
import type { ProtocolServer, RequestExtra } from "./protocol_server.ts";
import { knowsTasks } from "./envelope.ts";
import { handleTasks, type TaskHost, taskResult } from "./tasks.ts";
import { lenientObject } from "./tools/lenient_arguments.ts";
import type { ToolDefinition } from "./tools/tool_definition.ts";

/** What handlers of tools need. */
export interface ToolParts {
  readonly host: Pick<McpHost, "readOnly">;
  /** Takes what nobody expected, and gives a sentence for the client. */
  readonly reportBug: (error: unknown) => string;
  readonly loadTools: () => Promise<ReadonlyMap<string, ToolDefinition>>;
  readonly withContext: WithContext;
}

export function handleTools(server: ProtocolServer, { host, reportBug, loadTools, withContext }: ToolParts): void {
  const withCall: TaskHost["withCall"] = ({ signal }, body) =>
    withContext(signal, (context) => body({ signal, context }), { mayRepeat: false });
  if (!host.readOnly) handleTasks(server, { loadTools, withCall });

  server.handle("tools/list", async (params) => {
    refuseCursor(params);
    const { listTools } = await import("./tools/tool_list.ts");
    return { tools: listTools(host) };
  });

  server.handle("tools/call", async (params, extra) => {
    const name = readText(params, "name");
    const args = lenientObject(params["arguments"]);
    if (args === undefined) throw new ProtocolError("invalid_params", "tools/call: arguments: expected an object");
    const tool = (await loadTools()).get(name);
    if (tool === undefined) {
      const known = [...(await loadTools()).keys()].join(", ");
      throw new ProtocolError(
        "invalid_params",
        `Unknown tool ${toSafeJson(name.slice(0, 80))}: expected ${known}.`,
      );
    }
    const progress = reportsOf(extra);
    try {
      const { task } = tool;
      if (task !== undefined && knowsTasks(extra.meta)) {
        return taskResult(await withCall(extra, (call) => task.begin(args, call)));
      }
      const result = await withContext(
        extra.signal,
        (context) => tool.run(args, { signal: extra.signal, context, reportProgress: progress?.report }),
        { mayRepeat: onlyReads(tool.needs), onScan: progress?.reportScan },
      );
      return { content: [{ type: "text", text: toSafeJson(result) }], structuredContent: result };
    } catch (error) {
      if (extra.signal.aborted) throw error;
      const text = error instanceof AgentError ? messageOf(error) : reportBug(error);
      return { content: [{ type: "text", text }], isError: true };
    } finally {
      progress?.end();
    }
  });
}

/** Only for who asked. */
function reportsOf({ progressToken, notify }: RequestExtra): ProgressReporter | undefined {
  if (progressToken === undefined) return undefined;
  return new ProgressReporter((report) => notify("notifications/progress", { progressToken, ...report }));
}
