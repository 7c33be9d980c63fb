/** The program, with the agents that there are not beside the others: what a test runs as a process of its own. */
import { registerStoreAgents } from "./store_agents.ts";
import { registerTally } from "./tally_agent.ts";

registerStoreAgents();
registerTally();

if ("WorkerGlobalScope" in globalThis) {
  await import("../../src/scan/index/update/work_thread.ts");
} else {
  const { start } = await import("../../src/cli/start.ts");
  Deno.exit(
    await start(Deno.args, {
      build: { deno: Deno.version.deno },
      loadHelp: () => import("../../src/cli/command_list.ts"),
      loadStatusline: () => import("../../src/cli/commands/statusline.ts"),
      loadProgram: () => import("../../program.ts"),
    }),
  );
}
