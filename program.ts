/**
 * The program: connects the command line to the process it runs in. The only place that knows faces, host and scan
 * together. Imports what a command needs when the command runs. --version and --help are answered by main.ts alone.
 */
import { runCli } from "./src/cli/cli.ts";
import type { AgentRoots } from "./src/agents/agent.ts";
import { AGENTS_SESSION_VARIABLES } from "./src/agents/session_variables.ts";
import type { AskedOperation, CliContext, CliHost, DashboardArguments, ServeArguments } from "./src/cli/host.ts";
import type { GlobalFlags } from "./src/cli/arguments/flag.ts";
import { AgentError } from "./src/core/errors.ts";
import type { ExtraRoot } from "./src/core/extra_root.ts";
import { toPlainLines } from "./src/core/plain_lines.ts";
import { expandHome } from "./src/core/said_place.ts";
import type { Machine } from "./src/core/machine.ts";
import { VERSION } from "./src/core/version.ts";
import { OWN_VARIABLE, readMachine, readVariables, resolvePath, stateDirectory } from "./src/host/environment.ts";
import { dirname, join, resolve } from "./src/host/paths.ts";
import { giveUp, giveUpUnneeded } from "./src/host/permissions.ts";
import { systemTimezone } from "./src/host/system_timezone.ts";
import {
  type Progress,
  terminalInfo,
  writeAnswer,
  writeMessage,
  writeStderr,
  writeStdout,
} from "./src/host/terminal.ts";
import { startThread } from "./src/host/thread.ts";
import type { McpQuestions } from "./src/mcp/serve_quickly.ts";
import type { InstallRequest } from "./src/mcp/install/install.ts";
import { OWN_SESSION_VARIABLES, readCurrentSession } from "./src/operations/live/current_session.ts";
import { unneededPermissions } from "./src/operations/contract/need.ts";
import { OPERATIONS } from "./src/operations/registry.ts";
import type { LoadedSettings } from "./src/operations/settings/load_settings.ts";
import type { SettingValues } from "./src/operations/settings/setting_rules.ts";
import type { UsageIndex } from "./src/scan/index/usage_index.ts";

/** Loaded when something is asked: most commands ask nobody. */
function gatewayFetch({ env, cwd, home }: Machine): typeof fetch {
  let made: typeof fetch | undefined;
  return async (url, options) => {
    if (made === undefined) {
      const { makeTrustingFetch } = await import("./src/host/trusting_fetch.ts");
      made ??= makeTrustingFetch({ env, cwd, home });
    }
    return await made(url, options);
  };
}

/** What was looked up as the program started. */
interface Start {
  readonly machine: Machine;
  /** Wherever this run may open files, as far as that can be told before it begins. */
  readonly places: readonly string[];
  /** Where each agent may have its logs. */
  readonly roots: AgentRoots;
}

async function lookAround(argv: readonly string[], machine: Machine): Promise<Start> {
  const { LOGGED_AGENTS } = await import("./src/agents/agents.ts");
  const { home, cwd, env, readTextFile } = machine;
  const state = stateIfKnown(machine);
  // `--root pi=DIR` and `"roots": ["pi=DIR"]`; the settings themselves are read later, by who can say what is wrong.
  const settings =
    (state && readTextFile(join(state, "config.json")))?.match(/"[^"\n]+"/g)?.map((text) => text.slice(1, -1)) ??
      [];
  const named = [...argv, ...settings].filter((text) => !/^-[^=]*$/.test(text)).map((text) =>
    resolve(cwd, expandHome(text.replace(/^[^/]*=/, ""), home))
  );
  // An agent may be installed there as well.
  const programs = argv.includes("launch") ? (env["PATH"] ?? "").split(":").map((path) => resolve(cwd, path)) : [];
  const roots = new Map(LOGGED_AGENTS.map((agent) => [agent, agent.logs.roots(machine)]));
  const places = [home, ...(state ? [state] : []), cwd, ...[...roots.values()].flat(), ...named, ...programs];
  return { machine, places, roots };
}

/** Undefined where it cannot be said: the command that needs it says why. */
function stateIfKnown(machine: Machine): string | undefined {
  try {
    return stateDirectory(machine);
  } catch (error) {
    if (error instanceof AgentError) return undefined;
    throw error;
  }
}

/** All of a context but the logs and the settings. */
function describeMachine(machine: Machine, sessionVariables: readonly string[]) {
  return {
    now: Date.now(),
    home: machine.home,
    cwd: machine.cwd,
    stateDirectory: stateDirectory(machine),
    account: {
      machine,
      opperHome: dirname(stateDirectory(machine)),
      async readSecret(question: string) {
        const { readSecret } = await import("./src/host/prompt.ts");
        return await readSecret(question);
      },
      fetch: gatewayFetch(machine),
    },
    currentSession: readCurrentSession(machine.env, sessionVariables),
    resolvePath: (path: string) => resolvePath(machine, path),
    async findCheckouts(directories: readonly string[]) {
      const { findCheckouts } = await import("./src/host/find_checkouts.ts");
      return findCheckouts(directories);
    },
  };
}

/** What config.json says, unless flags and environment say otherwise. */
async function readSettings(machine: Machine, flags: SettingValues) {
  const [{ configFile }, { loadSettings }, timezone] = await Promise.all([
    import("./src/host/config_file.ts"),
    import("./src/operations/settings/load_settings.ts"),
    systemTimezone(machine),
  ]);
  const file = configFile(join(stateDirectory(machine), "config.json"));
  const places = { flags, env: machine.env, systemTimezone: timezone };
  return { config: { file, ...places }, load: () => loadSettings(file, { ...places, home: machine.home }) };
}

/** @param takeStart What was looked up as the program started, for the first who asks: it is not true for long */
async function makeContext(
  globals: GlobalFlags,
  progress: Progress,
  { name, needs, savesLast }: AskedOperation,
  takeStart: () => Start | undefined,
): Promise<CliContext> {
  const start = takeStart();
  const machine = start?.machine ?? readMachine();
  // Whatever is run next repairs what a killed launch left; `recover` itself says what it did in its own answer. First,
  // as it may have to ask the system whether a launch still runs.
  const isRepaired = name === "recover" || await recover(machine, globals.quiet);
  let roots = isRepaired ? undefined : start?.roots;
  giveUp(...unneededPermissions(needs));
  const { openIndex } = await import("./src/scan/index/open_index.ts");
  const { config, load } = await readSettings(machine, {
    digits: globals.digits,
    roots: globals.roots.map(({ source, directory }) => `${source}=${directory}`),
    hideProjects: globals.hideProjects,
  });
  // What explains and mends the file must not need it to be right.
  const { fileRoots = [], ...settings } = name === "config" ? {} : await load();
  let scan: Promise<UsageIndex> | undefined;
  const onWarning = (message: string) => {
    progress.done();
    if (!globals.quiet) writeMessage(`warning: ${message}\n`);
  };
  return {
    ...describeMachine(machine, [OWN_SESSION_VARIABLES, ...AGENTS_SESSION_VARIABLES]),
    timezone: config.systemTimezone,
    ...settings,
    config,
    person: {
      async confirm(question) {
        progress.done();
        const { confirmOnTerminal } = await import("./src/host/prompt.ts");
        return await confirmOnTerminal(question);
      },
      showProgress: (text) => progress.update(text),
      async catchInterrupt() {
        const { onEndingSignal } = await import("./src/host/stdio.ts");
        const interruption = new AbortController();
        onEndingSignal(() => interruption.abort());
        return interruption.signal;
      },
    },
    openIndex: () => {
      const found = roots;
      roots = undefined;
      return scan ??= openIndex({
        machine,
        stateDirectory: stateDirectory(machine),
        extraRoots: [...globals.roots, ...fileRoots],
        roots: found,
        useIndex: globals.index,
        startThread,
        savesLast,
        onProgress: (done, total) =>
          progress.update(`Reading logs: ${Math.floor(done / 1e6)} of ${Math.ceil(total / 1e6)} MB`),
        onWarning,
      }).then((scan) => warnOfMissing(scan, fileRoots, onWarning)).finally(() => progress.done());
    },
    async distrustIndex() {
      const doubted = await scan?.catch(() => undefined);
      if (!doubted?.distrust()) return false;
      doubted.close();
      scan = undefined;
      return true;
    },
    isUnsaved: async () => (await scan?.catch(() => undefined))?.isUnsaved ?? false,
    async close() {
      (await scan?.catch(() => undefined))?.close();
    },
  };
}

/** A root of a flag that is none is an error (withRoots); one of the file may be a disk that is not there today. */
function warnOfMissing(
  scan: UsageIndex,
  fileRoots: readonly ExtraRoot[],
  warn: (message: string) => void,
): UsageIndex {
  for (const { directory } of fileRoots) {
    if (scan.roots.some(({ path, exists }) => path === directory && exists)) continue;
    warn(`"${directory}" of config.json is no directory: its logs are not counted.`);
  }
  return scan;
}

/** @returns whether there was anything to repair */
async function recover(machine: Machine, quiet: boolean): Promise<boolean> {
  const [{ recoverInPassing }, { placedPaths }] = await Promise.all([
    import("./src/launch/recover_in_passing.ts"),
    import("./src/launch/placed/placed_paths.ts"),
  ]);
  const messages = await recoverInPassing(stateDirectory(machine), placedPaths(machine));
  for (const message of messages) if (!quiet) writeMessage(`note: ${message}\n`);
  return messages.length > 0;
}

const launch: CliHost["launch"] = async (options) => {
  const [{ launchAgent }, { makeLaunchServices }] = await Promise.all([
    import("./src/launch/launch.ts"),
    import("./src/operations/launches/launch_services.ts"),
  ]);
  const machine = readMachine();
  const directory = stateDirectory(machine);
  const services = makeLaunchServices({
    machine,
    stateDirectory: directory,
    now: Date.now,
    fetch: gatewayFetch(machine),
    stdout: (text) => writeStdout(toPlainLines(text)),
    stderr: writeMessage,
    namesOf: (path) => resolvePath(machine, path),
    async openIndex(directories) {
      const { openIndex } = await import("./src/scan/index/open_index.ts");
      const extraRoots = directories.map((directory) => ({ source: options.agent, directory }));
      return await openIndex({ machine, stateDirectory: directory, extraRoots });
    },
  });
  return await launchAgent(options, { ...services, mcpServer: await mcpServer() });
};

async function installMcp(request: InstallRequest): Promise<number> {
  const machine = readMachine();
  const directory = stateDirectory(machine);
  // What is installed into may be what a write was killed in.
  await recover(machine, false);
  const { runInstall } = await import("./src/mcp/install/install.ts");
  const server = await mcpServer();
  return await runInstall(request, { machine, server, stateDirectory: directory, stdout: writeStdout });
}

/** How a client starts our server. */
async function mcpServer(): Promise<{ readonly command: string; readonly args: readonly string[] }> {
  const { ownCommand } = await import("./src/host/own_command.ts");
  const { command, args } = ownCommand();
  return { command, args: [...args, "mcp"] };
}

const mcp: CliHost["mcp"] = async (options) => {
  if (options.action !== "serve") return await installMcp(options);
  if (options.readOnly) giveUp("run");
  const [{ serveMcp }, { onEndingSignal, openStdio }] = await Promise.all([
    import("./src/mcp/server.ts"),
    import("./src/host/stdio.ts"),
  ]);
  return await serveMcp({
    version: VERSION,
    readOnly: options.readOnly,
    channel: openStdio(),
    stderr: writeMessage,
    onEndingSignal,
    ...makeMcpQuestions(options),
  });
};

/** What a server that began to serve without the program needs of it, as `mcp` without flags: see serve_quickly.ts. */
export async function prepareMcp(): Promise<McpQuestions> {
  giveUpUnneeded((await lookAround([], readMachine())).places);
  return makeMcpQuestions({ readOnly: false, allowDirectories: [], roots: [], hideProjects: [], index: true });
}

/** A hundred calls at once read the file once. */
const SETTINGS_HOLD_MS = 1000;

/** How a server's questions are answered. */
function makeMcpQuestions(options: Omit<ServeArguments, "action">): McpQuestions {
  const machine = readMachine();
  let started: typeof import("./src/mcp/tools/launch_tools.ts") | undefined;
  let places: ReturnType<typeof readSettings> | undefined;
  let settings: { readonly at: number; readonly loaded: Promise<LoadedSettings> } | undefined;
  // Anew while it serves: what is changed in the file holds from then on, and what is wrong with it is told to who asks.
  const loadSettings = async () => {
    const at = performance.now();
    if (settings !== undefined && at - settings.at < SETTINGS_HOLD_MS) return await settings.loaded;
    const { load } = await (places ??= readSettings(machine, { hideProjects: options.hideProjects }));
    settings = { at, loaded: load() };
    return await settings.loaded;
  };
  // Agents' own variables name a session in whose shell we were started, not the one that asks.
  const describe = <S extends object>(settings: S) => ({
    ...describeMachine(machine, [OWN_SESSION_VARIABLES]),
    ...settings,
    isAgent: true,
  });
  const makeContext = async () => {
    const { fileRoots: _, ...settings } = await loadSettings();
    return describe(settings);
  };
  const onWarning = (message: string) => writeMessage(`warning: ${message}\n`);
  return {
    makeContext,
    async openScan(pause, onProgress) {
      const [{ openIndex }, { withRoots }, { fileRoots, ...settings }] = await Promise.all([
        import("./src/scan/index/open_index.ts"),
        import("./src/cli/arguments/extra_roots.ts"),
        loadSettings(),
      ]);
      const scan = async () => {
        const scan = await openIndex({
          machine,
          stateDirectory: stateDirectory(machine),
          extraRoots: [...options.roots, ...fileRoots],
          useIndex: options.index,
          startThread,
          pause,
          onProgress,
          onWarning,
        });
        return warnOfMissing(scan, fileRoots, onWarning);
      };
      return await withRoots({ ...describe(settings), openIndex: scan }, options.roots).openIndex();
    },
    async launchTools() {
      if (options.readOnly) return [];
      const [{ ownCommand }, { AGENTS }, { launchDepth }] = await Promise.all([
        import("./src/host/own_command.ts"),
        import("./src/agents/agents.ts"),
        import("./src/launch/launch_depth.ts"),
      ]);
      started = await import("./src/mcp/tools/launch_tools.ts");
      return started.launchTools({
        // Each time anew: an update may take its place while the server runs.
        get program() {
          return ownCommand();
        },
        // Agents are started in other directories.
        env: {
          ...machine.env,
          ...machine.inFull([
            OWN_VARIABLE,
            ...AGENTS.filter(({ launcher }) => launcher !== undefined).flatMap(({ variables }) =>
              Object.keys(variables)
            ),
          ]),
        },
        cwd: machine.cwd,
        depth: () => launchDepth(stateDirectory(machine), machine.env),
        allowDirectories: options.allowDirectories.map((path) => resolvePath(machine, path)[0]!),
      });
    },
    async closeRuns() {
      await started?.closeRuns();
    },
  };
}

/** What all questions of one page share: settings, and how logs are scanned. */
async function preparePage(options: DashboardArguments) {
  const { globals, remoteTraces: remote } = options;
  const machine = readMachine();
  await recover(machine, globals.quiet);
  const [{ checkRoots, withRoots }, { kindOf }, { readClock }] = await Promise.all([
    import("./src/cli/arguments/extra_roots.ts"),
    import("./src/host/atomic_file.ts"),
    import("./src/operations/report/clock_input.ts"),
  ]);
  const { config, load } = await readSettings(machine, {
    digits: globals.digits,
    roots: globals.roots.map(({ source, directory }) => `${source}=${directory}`),
    hideProjects: globals.hideProjects,
  });
  const { fileRoots = [], ...settings } = await load();
  const onWarning = (message: string) => {
    if (!globals.quiet) writeMessage(`warning: ${message}\n`);
  };
  const makeContext = () => {
    // An agent's own variables name a session in whose shell we were started, not one that a page means.
    const context = describeMachine(machine, [OWN_SESSION_VARIABLES]);
    return {
      ...context,
      ...settings,
      timezone: options.timezone ?? settings.timezone ?? config.systemTimezone,
      account: remote ? context.account : { ...context.account, fetch: refuseNetwork },
    };
  };
  const openScan = async (onProgress?: (done: number, total: number) => void, signal?: AbortSignal) => {
    const [{ openIndex }, { makeBreath }] = await Promise.all([
      import("./src/scan/index/open_index.ts"),
      import("./src/operations/live/breathe.ts"),
    ]);
    const breathe = makeBreath();
    const scan = async () => {
      const opened = await openIndex({
        machine,
        stateDirectory: stateDirectory(machine),
        extraRoots: [...globals.roots, ...fileRoots],
        useIndex: globals.index,
        startThread,
        async pause() {
          await breathe();
          if (signal?.aborted) throw new AgentError("failed", "The scan was given up.");
        },
        onProgress,
        onWarning,
      });
      return warnOfMissing(opened, fileRoots, onWarning);
    };
    return await withRoots({ ...makeContext(), openIndex: scan }, globals.roots).openIndex();
  };
  // What was mistyped is said here, and not by each answer.
  readClock({ timezone: options.timezone }, { ...makeContext(), openIndex: openScan });
  const isDirectory = (path: string) => resolvePath(machine, path).some((path) => kindOf(path) === "directory");
  await checkRoots(globals.roots, isDirectory);
  return { machine, makeContext, openScan, onWarning };
}

const dashboard: CliHost["dashboard"] = async (options) => {
  const { machine, makeContext, openScan, onWarning } = await preparePage(options);
  const [{ loadAssets }, { buildPage }] = await Promise.all([
    import("./src/http/assets.ts"),
    import("./src/host/build_page.ts"),
  ]);
  const unbuilt = await buildPage();
  if (unbuilt !== undefined) onWarning(`The page could not be built: ${unbuilt}`);
  const assets = loadAssets();
  if (options.exportFile !== undefined) {
    giveUp("net", "run");
    const [{ makeExportedPage }, { writeFileAtomically }] = await Promise.all([
      import("./src/http/export_page.ts"),
      import("./src/host/write_file_atomically.ts"),
    ]);
    const scan = openScan();
    try {
      const page = await makeExportedPage(assets, { ...makeContext(), openIndex: () => scan }, VERSION);
      writeFileAtomically(resolvePath(machine, options.exportFile)[0]!, page);
    } finally {
      await scan.then((scan) => scan.close(), () => {});
    }
    return 0;
  }
  const [
    { runDashboard },
    { serveHere },
    { openBrowser },
    { announcePage },
    { readTerminalKeys },
    { onEndingSignal },
    { readFileStamp, readLogStamp },
    { readProcessorTime },
  ] = await Promise.all([
    import("./src/http/run_dashboard.ts"),
    import("./src/host/http_server.ts"),
    import("./src/host/open_browser.ts"),
    import("./src/host/running_page.ts"),
    import("./src/host/terminal_keys.ts"),
    import("./src/host/stdio.ts"),
    import("./src/host/file_stamp.ts"),
    import("./src/host/processor_time.ts"),
  ]);
  return await runDashboard(options, {
    version: VERSION,
    assets,
    text: options.text,
    remote: options.remoteTraces,
    env: machine.env,
    isTerminal: terminalInfo().isTerminal,
    stdout: writeStdout,
    stderr: writeMessage,
    now: Date.now,
    // Directories among them are looked at as such.
    readStamp: (path) => readFileStamp(path) ?? readLogStamp(path),
    worked: readProcessorTime,
    makeContext,
    openScan,
    onBug(error) {
      const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      writeMessage(`error: this is a bug: ${what.replace(/\s+/g, " ")}\n`);
    },
    serveHere,
    announce: (address) => announcePage(stateDirectory(machine), address),
    openBrowser,
    readKeys: readTerminalKeys,
    onEndingSignal,
    giveUp,
  });
};

/** Agents ask again and again: nothing else is done on the way. */
const key: CliHost["key"] = async (request) => {
  giveUp("net", "run");
  const { storedKey } = await import("./src/operations/account/stored_key.ts");
  return storedKey(dirname(stateDirectory(readMachine())), request);
};

const refuseNetwork: typeof fetch = () =>
  Promise.reject(
    new AgentError("failed", "The dashboard gave up the network when it began to serve.", {
      hint: "Start it with `opper-agent dashboard --remote-traces`, which keeps it.",
    }),
  );

/**
 * @param argv without the program's name
 * @param versionText what `--version` prints
 * @returns the exit status
 */
export async function runProgram(argv: readonly string[], versionText: string): Promise<number> {
  let start: Start | undefined = await lookAround(argv, readMachine());
  giveUpUnneeded(start.places);
  const takeStart = () => {
    const taken = start;
    start = undefined;
    return taken;
  };
  const terminal = terminalInfo();
  const host: CliHost = {
    versionText,
    env: readVariables(),
    isTerminal: terminal.isTerminal,
    isErrorTerminal: terminal.isErrorTerminal,
    width: terminal.width,
    errorWidth: terminal.errorWidth,
    stdout: writeStdout,
    answer: writeAnswer,
    stderr: writeStderr,
    now: Date.now,
    makeContext: (globals, progress, asked) => makeContext(globals, progress, asked, takeStart),
    launch,
    mcp,
    dashboard,
    key,
  };

  return await runCli(argv, OPERATIONS, host);
}
