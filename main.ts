/**
 * Entry point when run from source; compiled, it is what scripts/compile.ts writes in its place. The only exit.
 *
 * What is imported here, and by what is imported here, is what `--version` has to load. Deno also reads every module
 * that a literal `import()` names before anything runs, unless deno.json says `lazy-dynamic-imports`; as a variable, the
 * path costs those nothing who do not go there, wherever this is run from.
 *
 * A second thread (src/host/thread.ts) begins here, too: this module is the one whose address a bundle does not change.
 */
import { start } from "./src/cli/start.ts";

const later = (path: string) => import(new URL(path, import.meta.url).href);

if ("WorkerGlobalScope" in globalThis) {
  await later("./src/scan/index/update/work_thread.ts");
} else if (import.meta.main) {
  Deno.exit(
    await start(Deno.args, {
      build: { deno: Deno.version.deno },
      loadHelp: () => later("./src/cli/command_list.ts"),
      loadStatusline: () => later("./src/cli/commands/statusline.ts"),
      loadMcp: () => later("./src/mcp/serve_quickly.ts"),
      loadProgram: () => later("./program.ts"),
    }),
  );
}
