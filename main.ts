/**
 * Entry point: connects the command line to the process it runs in, and its answer to the exit status. The only place
 * that exits, and the only one that knows faces, host and scan together. What a command needs is imported when it runs.
 */
import { dirname } from "node:path";
import { type CliContext, type CliHost, runCli } from "./src/cli/cli.ts";
import type { GlobalFlags } from "./src/cli/flag.ts";
import type { RunLaunch } from "./src/cli/launch_command.ts";
import { VERSION } from "./src/core/version.ts";
import { readEnvironment, resolvePath, stateDirectory, systemTimezone } from "./src/host/environment.ts";
import { type Progress, terminalInfo, writeStderr, writeStdout } from "./src/host/terminal.ts";
import { OPERATIONS } from "./src/operations/registry.ts";
import type { LogScan } from "./src/scan/log_scan.ts";

async function makeContext(globals: GlobalFlags, progress: Progress, command: string): Promise<CliContext> {
  const { scanLogs } = await import("./src/scan/scan.ts");
  const environment = readEnvironment();
  // Whatever is run next repairs what a killed launch left; `recover` itself says what it did in its own answer.
  if (command !== "recover") await recover(stateDirectory(environment), globals.quiet);
  let scan: Promise<LogScan> | undefined;
  return {
    now: Date.now(),
    timezone: systemTimezone(),
    home: environment.home,
    cwd: environment.cwd,
    stateDirectory: stateDirectory(environment),
    account: {
      env: environment.env,
      opperHome: dirname(stateDirectory(environment)),
      async readSecret(question) {
        const { readSecret } = await import("./src/host/prompt.ts");
        return await readSecret(question);
      },
      fetch,
    },
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

async function recover(stateDirectory: string, quiet: boolean): Promise<void> {
  const { recoverInPassing } = await import("./src/launch/recover_in_passing.ts");
  for (const message of await recoverInPassing(stateDirectory)) if (!quiet) writeStderr(`note: ${message}\n`);
}

const launch: RunLaunch = async (options) => {
  const [{ launchAgent }, { makeLaunchServices }] = await Promise.all([
    import("./src/launch/launch.ts"),
    import("./src/operations/launch_services.ts"),
  ]);
  const environment = readEnvironment();
  const directory = stateDirectory(environment);
  const services = makeLaunchServices({
    ...environment,
    stateDirectory: directory,
    now: Date.now,
    stdout: writeStdout,
    stderr: writeStderr,
    namesOf: (path) => resolvePath(environment, path),
    async scan(directories) {
      const { scanLogs } = await import("./src/scan/scan.ts");
      const extraRoots = directories.map((path) => ({ source: options.agent, path }));
      return await scanLogs({ environment, stateDirectory: directory, extraRoots });
    },
  });
  return await launchAgent(options, services);
};

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
  launch,
};

if (import.meta.main) Deno.exit(await runCli(Deno.args, OPERATIONS, host));
