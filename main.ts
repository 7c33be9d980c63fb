/**
 * Entry point: connects the command line to the process it runs in, and its answer to the exit status. The only place
 * that exits, and the only one that knows faces, host and scan together. What a command needs is imported when it runs.
 */
import { type CliContext, type CliHost, runCli } from "./src/cli/cli.ts";
import type { GlobalFlags } from "./src/cli/flag.ts";
import { VERSION } from "./src/core/version.ts";
import { readEnvironment, resolvePath, stateDirectory, systemTimezone } from "./src/host/environment.ts";
import { type Progress, terminalInfo, writeStderr, writeStdout } from "./src/host/terminal.ts";
import { OPERATIONS } from "./src/operations/registry.ts";
import type { LogScan } from "./src/scan/log_scan.ts";

async function makeContext(globals: GlobalFlags, progress: Progress): Promise<CliContext> {
  const { scanLogs } = await import("./src/scan/scan.ts");
  const environment = readEnvironment();
  let scan: Promise<LogScan> | undefined;
  return {
    now: Date.now(),
    timezone: systemTimezone(),
    home: environment.home,
    cwd: environment.cwd,
    resolvePath: (path) => resolvePath(environment, path),
    scan: () =>
      scan ??= scanLogs({
        environment,
        stateDirectory: stateDirectory(environment),
        extraRoots: globals.roots.map(({ source, directory }) => ({ source, path: directory })),
        useIndex: globals.index,
        onProgress: (done, total) =>
          progress.update(`Reading logs: ${Math.floor(done / 1e6)} of ${Math.ceil(total / 1e6)} MB`),
        onWarning(message) {
          progress.done();
          if (!globals.quiet) writeStderr(`warning: ${message}\n`);
        },
      }).finally(() => progress.done()),
    async close() {
      (await scan?.catch(() => undefined))?.close();
    },
  };
}

const terminal = terminalInfo();
const host: CliHost = {
  version: VERSION,
  env: Deno.env.toObject(),
  isTerminal: terminal.isTerminal,
  isErrorTerminal: terminal.isErrorTerminal,
  width: terminal.width,
  stdout: writeStdout,
  stderr: writeStderr,
  now: Date.now,
  makeContext,
};

if (import.meta.main) Deno.exit(await runCli(Deno.args, OPERATIONS, host));
