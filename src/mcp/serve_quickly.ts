/**
 * Serves before the program is loaded: a client waits for the first answer each time that it starts, and some start a
 * server twice. This and all that it imports is loaded instead of the command line (src/cli/start.ts), and is all ours:
 * no package is among it.
 *
 * Once the first answer is written, or nothing was asked for a while, the program is loaded; the first thing it does is
 * to give up what no server needs.
 */
import type { DurationMs } from "../core/model.ts";
import { VERSION } from "../core/version.ts";
import { onEndingSignal, openStdio } from "../host/stdio.ts";
import { writeMessage } from "../host/terminal.ts";
import type { McpHost } from "./mcp_host.ts";
import { serveMcp } from "./server.ts";

/** What only the program knows. */
export type McpQuestions = Pick<McpHost, "makeContext" | "openScan" | "launchTools" | "closeRuns">;

/** So long nothing is loaded that could be in the way of a first answer. */
const QUIET_MS: DurationMs = 50;

/**
 * @param loadQuestions gives up what a server has no need for, and loads the program; called once
 * @returns the exit status
 */
export async function serveQuickly(loadQuestions: () => Promise<McpQuestions>): Promise<number> {
  let loaded: Promise<McpQuestions> | undefined;
  const load = () => loaded ??= loadQuestions();
  // What fails is told to who asks.
  const loadAhead = () => void load().catch(() => {});
  const channel = openStdio();
  const timer = setTimeout(loadAhead, QUIET_MS);
  let hasAnswered = false;
  return await serveMcp({
    version: VERSION,
    readOnly: false,
    channel: {
      ...channel,
      write(text) {
        if (!hasAnswered) {
          hasAnswered = true;
          clearTimeout(timer);
          setTimeout(loadAhead);
        }
        return channel.write(text);
      },
    },
    stderr: writeMessage,
    onEndingSignal,
    makeContext: async () => await (await load()).makeContext(),
    openScan: async (...scan) => await (await load()).openScan(...scan),
    launchTools: async () => await (await load()).launchTools(),
    async closeRuns() {
      clearTimeout(timer);
      // What could not be loaded started nothing.
      await (await load().catch(() => undefined))?.closeRuns();
    },
  });
}
