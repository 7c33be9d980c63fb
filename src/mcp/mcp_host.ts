/** What the MCP server is told by the program around it. */
import type { EndingSignal, StdioChannel } from "../host/stdio.ts";
import type { OperationContext } from "../operations/contract/context.ts";
import type { ReportScan } from "./shared_index.ts";
import type { ToolDefinition } from "./tools/tool_definition.ts";

type Scan = Awaited<ReturnType<OperationContext["openIndex"]>>;

/** Everything that the server needs of the process it runs in. */
export interface McpHost {
  readonly version: string;
  /** Whether it starts nothing: `--read-only`. */
  readonly readOnly: boolean;
  readonly channel: StdioChannel;
  stderr(text: string): void;
  onEndingSignal(listener: (signal: EndingSignal) => void): void;
  /** Called for every call, so that each has the time it came at. @throws {AgentError} for settings that cannot be read */
  makeContext(): Promise<Omit<OperationContext, "openIndex">>;
  /**
   * @param pause called between steps; throws when nobody waits for the scan any more
   * @param onProgress called as it gets on
   */
  openScan(pause: () => Promise<void>, onProgress: ReportScan): Promise<Scan>;
  /** Tools that start something; none with `--read-only`. */
  launchTools(): Promise<readonly ToolDefinition[]>;
  /** Ends all that the tools started, with everything below it. */
  closeRuns(): Promise<void>;
}
