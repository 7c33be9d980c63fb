/**
 * Makes the line that `statusline` prints, from a snapshot of the last scan and from what the client says, and starts
 * another scan in the background when something changed.
 *
 * A prompt waits for it: this and all that it imports is loaded instead of the program (start.ts). Scans nothing.
 */
import { AgentError } from "../core/errors.ts";
import type { DurationMs } from "../core/model.ts";
import { startInBackground, stateOfWork } from "../host/background.ts";
import { readBriefInput } from "../host/brief_input.ts";
import { type HostEnvironment, readEnvironment, resolvePath, stateDirectory } from "../host/environment.ts";
import { readFileStamp } from "../host/file_stamp.ts";
import { readTextFileIfAny } from "../host/files.ts";
import { join } from "../host/paths.ts";
import { giveUpUnneeded } from "../host/permissions.ts";
import { toPlainLines, writeStderr, writeStdout } from "../host/terminal.ts";
import { readClientStatus } from "../operations/client_status.ts";
import { PI_SESSION_VARIABLES, readCurrentSession, SESSION_VARIABLES } from "../operations/current_session.ts";
import {
  nameOf,
  showStatus,
  SNAPSHOT_VERSION,
  type Status,
  statusOf,
  type StatusRequest,
  type StatusSnapshot,
  unknownField,
} from "../operations/status_line.ts";

export interface LineOptions {
  /** Checked. @default by whether there is a session */
  readonly format?: string;
  /** Id or log file. @default what standard input says */
  readonly session?: string;
  /** Says on standard error why the line is empty or names no session. */
  readonly debug: boolean;
}

/** How long a client may take to begin to say what it shows, and to end. */
const INPUT = { firstMs: 100, restMs: 400, maximumBytes: 1 << 20 } as const;
/** Figures of the day that are older are refreshed: so much older as takes no more than one fiftieth of a core. */
const REFRESH_AFTER_MS: DurationMs = 5_000;
const REFRESH_REST_FACTOR = 50;
/** How often that is tried at most, whatever comes of it. */
const REFRESH_EVERY_MS: DurationMs = 1_000;
/**
 * How long the line waits for the figures of a session whose log has grown. Claude Code ends a line that is still at it
 * when 300 milliseconds later the next one is due.
 */
export const PATIENCE_MS: DurationMs = 180;
const POLL_MS: DurationMs = 10;

/**
 * Prints the line for arguments that need no explaining: `--format TEXT` and `--session SESSION`.
 *
 * @param argv what stands behind `statusline`
 * @returns the exit status; undefined when the program has to look at the arguments
 */
export async function runQuickly(argv: readonly string[]): Promise<number | undefined> {
  const given: { format?: string; session?: string } = {};
  for (let index = 0; index < argv.length; index += 2) {
    const name = ({ "--format": "format", "--session": "session" } as const)[argv[index]!];
    const value = argv[index + 1];
    if (name === undefined || value === undefined || value === "" || value.startsWith("-")) return undefined;
    given[name] = value;
  }
  if (given.format !== undefined && unknownField(given.format) !== undefined) return undefined;
  try {
    await printLine({ ...given, debug: false });
  } catch (error) {
    // What could not be written fails again in the program, which knows how to say so.
    if (error instanceof AgentError) return undefined;
    throw error;
  }
  return 0;
}

/**
 * Nothing that goes wrong is shown in a prompt: the line is then empty.
 *
 * @throws {AgentError} failed, when it cannot be written
 */
export async function printLine(options: LineOptions): Promise<void> {
  let line = "";
  try {
    line = await makeLine(options, readEnvironment());
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (options.debug) writeStderr(`${toPlainLines(error.stack ?? error.message)}\n`);
  }
  writeStdout(`${line}\n`);
}

async function makeLine({ format, session, debug }: LineOptions, environment: HostEnvironment): Promise<string> {
  giveUpUnneeded([environment.home, stateDirectory(environment)]);
  const paths = snapshotPaths(environment);
  const request = session === undefined
    ? readRequest(await readBriefInput(INPUT), environment, debug ? writeStderr : undefined)
    : { isNamed: true, sessionId: session, files: resolvePath(environment, session), directories: [] };
  const zone = zoneOf(environment);
  const now = Date.now();
  let snapshot = readSnapshot(paths.snapshot);
  const look = (): Status => statusOf(snapshot, request, { now, zone, stampOf: readFileStamp });
  let status = look();
  if (isBehind(status, snapshot, request)) {
    const before = readFileStamp(paths.snapshot)?.mtimeMs;
    const work = stateOfWork(paths.lock, now, REFRESH_EVERY_MS);
    if (work === "due") await startRefresh(request);
    // Others than a session that is asked for by name are not worth waiting for: the next line will have them.
    const isWorthIt = work !== "recent" && (snapshot === undefined || isLateFor(snapshot, status, request));
    for (const end = performance.now() + (isWorthIt ? PATIENCE_MS : 0); performance.now() < end;) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      if (readFileStamp(paths.snapshot)?.mtimeMs === before) continue;
      snapshot = readSnapshot(paths.snapshot);
      status = look();
      break;
    }
  }
  return toPlainLines(showStatus(status, request.isNamed, format));
}

/** Whether there may be something to see that the snapshot does not have. */
function isBehind(status: Status, snapshot: StatusSnapshot | undefined, request: StatusRequest): boolean {
  if (snapshot === undefined || status.today === undefined || isLateFor(snapshot, status, request)) return true;
  return status.now - snapshot.takenAt > Math.max(REFRESH_AFTER_MS, snapshot.tookMs * REFRESH_REST_FACTOR);
}

/** Whether the session that is asked for by name has more to show, and not merely others. */
function isLateFor(snapshot: StatusSnapshot, status: Status, request: StatusRequest): boolean {
  const name = nameOf(request);
  if (!request.isNamed || name === undefined) return false;
  if (status.session !== undefined) return !status.isSessionCurrent;
  if (!snapshot.wanted.includes(name)) return true;
  // It was looked for in vain: what was not there then may have been written since.
  const changedAt = request.files.map((file) => readFileStamp(file)?.mtimeMs).find((time) => time !== undefined);
  return changedAt !== undefined && changedAt >= snapshot.takenAt;
}

function readRequest(
  text: string,
  environment: HostEnvironment,
  complain?: (text: string) => void,
): StatusRequest {
  const said = readClientStatus(text);
  if (said === undefined && text.trim() !== "") {
    complain?.("What came on standard input is no JSON object, or did not come in time: no session is shown.\n");
    return { isNamed: true, files: [], directories: [] };
  }
  const named = said?.sessionId !== undefined || said?.file !== undefined
    ? { id: said.sessionId, file: said.file }
    : readCurrentSession(environment.env, [SESSION_VARIABLES, PI_SESSION_VARIABLES]);
  return {
    isNamed: named !== undefined,
    sessionId: named?.id,
    files: named?.file === undefined ? [] : resolvePath(environment, named.file),
    directories: named === undefined ? resolvePath(environment, said?.cwd ?? environment.cwd) : [],
    cacheExpiresAt: said?.cacheExpiresAt,
  };
}

async function startRefresh(request: StatusRequest): Promise<void> {
  // Most lines are shown without: what they do not need is not loaded.
  const { ownCommand } = await import("../host/own_command.ts");
  const { command, args } = ownCommand();
  const name = nameOf(request);
  startInBackground({
    command,
    args: [...args, "statusline", "--refresh", ...name === undefined ? [] : [`--session=${name}`]],
  });
}

export function snapshotPaths(environment: HostEnvironment): { readonly snapshot: string; readonly lock: string } {
  const directory = stateDirectory(environment);
  return { snapshot: join(directory, "statusline.json"), lock: join(directory, "statusline.lock") };
}

/** What the day of a snapshot depends on. */
export function zoneOf({ env }: HostEnvironment): string {
  return env["TZ"] ?? "";
}

/** @returns undefined when there is none, or one of another shape */
export function readSnapshot(path: string): StatusSnapshot | undefined {
  const text = readTextFileIfAny(path);
  if (text === undefined) return undefined;
  try {
    const snapshot = JSON.parse(text) as Partial<StatusSnapshot> | null;
    // We wrote it ourselves, as a whole: its outline tells whether it is that, and nothing checks the rest.
    const isWhole = snapshot?.version === SNAPSHOT_VERSION && snapshot.today !== undefined &&
      [snapshot.sessions, snapshot.lifetimes, snapshot.wanted].every(Array.isArray);
    return isWhole ? snapshot as StatusSnapshot : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
