/**
 * `statusline`, as far as the command line is concerned: its arguments, its help, and the scan behind `--refresh`. The
 * line itself is statusline.ts.
 *
 * No Operation: a prompt waits for it, so that it must not load what operations load; and what goes wrong shows nothing.
 */
import { AgentError } from "../../core/errors.ts";
import { beginWork } from "../../host/background.ts";
import { readMachine, stateDirectory } from "../../host/environment.ts";
import { makePrivateDirectory } from "../../host/files.ts";
import { readLogStamp } from "../../host/file_stamp.ts";
import { checkFormat, PLAIN_FORMAT, SESSION_FORMAT, STATUS_FIELDS } from "../../operations/live/status_line.ts";
import type { CliHost } from "../host.ts";
import type { Command } from "../command.ts";
import { type Flag, GLOBAL_FLAGS, SILENT_FLAGS } from "../arguments/flag.ts";
import { readCommandArguments } from "../arguments/read_arguments.ts";
import { readSnapshot, snapshotPaths, zoneOf } from "./snapshot_file.ts";
import { BAR_FORMATS, barOf, type LineOptions, PATIENCE_MS, printLine } from "./statusline.ts";
import { suggest } from "../../core/suggest.ts";

export interface StatuslineArguments extends LineOptions {
  readonly refresh: boolean;
}

const DEFAULTS = { positional: false, list: false, required: false, placeholder: "" } as const;

const FLAGS: readonly Flag[] = [
  {
    ...DEFAULTS,
    field: "format",
    name: "format",
    kind: "text",
    placeholder: "TEXT",
    description: "The text to show, with fields in braces; or a bar: xbar (also SwiftBar), waybar, tmux",
  },
  {
    ...DEFAULTS,
    field: "session",
    name: "session",
    kind: "text",
    placeholder: "SESSION",
    description: "Show this session: an id, the start of one, a log file, latest, or current",
  },
  {
    ...DEFAULTS,
    field: "refresh",
    name: "refresh",
    kind: "switch",
    description: "Scan and show nothing, so that the next line is up to date",
  },
  ...GLOBAL_FLAGS.filter(({ field }) => ["debug", "help"].includes(field)),
];

/**
 * @returns undefined with `--help`
 * @throws {AgentError} usage, when an argument is wrong or the format names a field that does not exist
 */
export function parseStatuslineArguments(argv: readonly string[], program: string): StatuslineArguments | undefined {
  const command = `${program} statusline`;
  const { given, positionals: [surplus] } = readCommandArguments(argv, FLAGS, command);
  const valueOf = (field: string) => given.findLast(({ flag }) => flag.field === field)?.value;
  if (valueOf("help") === true) return undefined;
  if (surplus !== undefined) {
    throw new AgentError("usage", `"${command}" takes no arguments, but was given "${surplus}".`, {
      hint: "The format goes after --format, a session after --session.",
    });
  }
  const [format, session] = ["format", "session"].map((field) => valueOf(field)?.toString());
  if (format !== undefined) checkFormat(format, suggest);
  if (session === "") {
    throw new AgentError("usage", 'Expected an id or a log file for --session, not "".', {
      hint: "Leave --session out for the session that the input names.",
    });
  }
  if (session !== undefined && barOf(format) !== undefined) {
    throw new AgentError("usage", `--format ${format} shows all warm caches, and takes no --session.`, {
      hint: 'Leave --session out, or give --format a text such as "{cache}".',
    });
  }
  return { format, session, refresh: valueOf("refresh") === true, debug: valueOf("debug") === true };
}

/** What shows a line starts another scan in the background. The scan itself needs nothing. */
const REFRESH = { name: "statusline", needs: [] } as const;

async function runStatusline(given: StatuslineArguments, host: CliHost): Promise<number> {
  await (given.refresh ? refreshSnapshot(given, host) : printLine(given));
  return 0;
}

/** @throws {AgentError} failed, when the snapshot cannot be written */
async function refreshSnapshot({ session }: StatuslineArguments, host: CliHost): Promise<void> {
  const environment = readMachine();
  const paths = snapshotPaths(environment);
  makePrivateDirectory(stateDirectory(environment));
  const lock = beginWork(paths.lock, host.now());
  // Whoever is at it may have begun before the log changed: the next line will see that it has to be done again.
  if (lock === undefined) return;
  try {
    const [{ takeStatusSnapshot }, { writeFileAtomically }] = await Promise.all([
      import("../../operations/live/take_status_snapshot.ts"),
      import("../../host/write_file_atomically.ts"),
    ]);
    const progress = { update() {}, done() {} };
    const context = await host.makeContext(SILENT_FLAGS, progress, REFRESH);
    try {
      const take = () =>
        takeStatusSnapshot(context, {
          wanted: session,
          previous: readSnapshot(paths.snapshot),
          zone: zoneOf(environment),
          stampOf: readLogStamp,
        });
      const snapshot = await take().catch(async (error) =>
        await (await import("../../operations/report/ask_again.ts")).askAgain(error, context, take)
      );
      writeFileAtomically(paths.snapshot, JSON.stringify(snapshot), { mode: 0o600 });
    } finally {
      await context.close();
    }
  } finally {
    lock.release();
  }
}

const fieldLines = Object.entries(STATUS_FIELDS).map(([name, { describes }]) => `  {${name}}: ${describes}`);

export const statuslineCommand: Command<StatuslineArguments> = {
  name: "statusline",
  summary: "Show one line for a shell prompt or an agent's status line, at once",
  usage: ["statusline [FLAGS]"],
  description: "Shows the session that the client names in JSON on standard input, as Claude Code does. " +
    "It shows ? if the input comes too late or names no known session. If nobody writes to " +
    "standard input, it shows the session that the shell was started in. If there is none, a " +
    "terminal and --session current get the latest session of the working directory. The line " +
    "shows the figures of the last scan, and starts another scan in the background when " +
    `something changed. If the session's log has grown, it waits up to ${PATIENCE_MS} ` +
    "milliseconds for new figures; older figures are marked with ~. If something fails, the " +
    "line is empty, and --debug shows the reason.",
  needs: ["programs"],
  flags: FLAGS,
  notes: [
    `Default: "${SESSION_FORMAT}"; without a session: "${PLAIN_FORMAT}". Fields:`,
    ...fieldLines,
    `--format ${BAR_FORMATS.join(", ")}: all warm caches, what is at stake, and today, as that bar expects it.`,
  ].join("\n"),
  examples: [
    { command: "statusline", explains: "the default line" },
    { command: "statusline --format {model}:{cache}", explains: "with fields of your choice" },
    {
      command: "statusline --session current",
      explains: "the session of the working directory, if no client names one",
    },
    { command: "statusline --format waybar", explains: "all warm caches, for a bar of the desktop" },
    { command: "statusline --refresh", explains: "from a hook: be up to date when the line is shown" },
  ],
  parse: parseStatuslineArguments,
  run: runStatusline,
};
