/**
 * Makes the line that `statusline` prints, from a snapshot of the last scan and from what the client says, and starts
 * another scan in the background when something changed.
 *
 * A prompt waits for it: this and all that it imports is loaded instead of the program (start.ts). Scans nothing.
 */
import { AgentError } from "../../core/errors.ts";
import type { DurationMs } from "../../core/model.ts";
import { watchForObjectEnd } from "../../core/json/object_end.ts";
import { startInBackground, stateOfWork } from "../../host/background.ts";
import { type BriefInput, readBriefInput } from "../../host/brief_input.ts";
import type { Machine } from "../../core/machine.ts";
import { readMachine, resolvePath, stateDirectory } from "../../host/environment.ts";
import { readFileStamp, readLogStamp } from "../../host/file_stamp.ts";
import { giveUpUnneeded } from "../../host/permissions.ts";
import { toPlainLines } from "../../core/plain_lines.ts";
import { writeStderr, writeStdout } from "../../host/terminal.ts";
import { readClientStatus } from "../../agents/formats/status_input.ts";
import { AGENTS_SESSION_VARIABLES } from "../../agents/session_variables.ts";
import { OWN_SESSION_VARIABLES, readCurrentSession } from "../../operations/live/current_session.ts";
import {
  isDayOf,
  LIMIT_FIELD,
  showStatus,
  type Status,
  statusOf,
  unknownField,
} from "../../operations/live/status_line.ts";
import {
  isAboutSession,
  nameOf,
  type StatusRequest,
  type StatusSubject,
  whyNoSession,
} from "../../operations/live/status_subject.ts";
import type { StatusSnapshot } from "../../operations/live/status_snapshot.ts";
import type { BarFormat } from "../../operations/live/status_bar.ts";
import { clientLimits, type LimitsOfLine, readLineLimits } from "./limits_file.ts";
import { readSnapshot, snapshotPaths, zoneOf } from "./snapshot_file.ts";

/** Names that `--format` takes instead of a text: of bars, which show all warm caches (status_bar.ts). */
export const BAR_FORMATS: readonly BarFormat[] = ["xbar", "waybar", "tmux"];

/** What the line is to show, and of which session. */
export interface LineOptions {
  /** Checked: a text, or the name of a bar. @default by whether there is a session */
  readonly format?: string;
  /** Id, log file, `latest` or `current`. @default what standard input says */
  readonly session?: string;
  /** Says on standard error why the line is empty or names no session. */
  readonly debug: boolean;
}

/**
 * Claude Code ends a line that is still at it when 300 milliseconds later the next one is due. Of these, counted from the
 * start of the process, a client has so many to begin to say what it shows and to end, and the line so many to be there.
 * What comes later is not waited for: the line then says that it does not know.
 */
const BEGUN_BY_MS: DurationMs = 200;
const SAID_BY_MS: DurationMs = 270;
const SHOWN_BY_MS: DurationMs = 270;
/** Where the start took long, a client that has written by then is still heard. */
const LEAST_PATIENCE_MS: DurationMs = 100;
const MAXIMUM_INPUT = 1 << 20;
/** Figures of the day that are older are refreshed: so much older as takes no more than one fiftieth of a core. */
const REFRESH_AFTER_MS: DurationMs = 5_000;
const REFRESH_REST_FACTOR = 50;
/** How often that is tried at most, whatever comes of it. */
const REFRESH_EVERY_MS: DurationMs = 1_000;
/** How long the line waits for the figures of a session whose log has grown. */
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
  if (given.session !== undefined && barOf(given.format) !== undefined) return undefined;
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
  let made: Awaited<ReturnType<typeof makeLine>> | undefined;
  try {
    made = await makeLine(options, readMachine());
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (options.debug) writeStderr(`${toPlainLines(error.stack ?? error.message)}\n`);
  }
  writeStdout(`${made?.line ?? ""}\n`);
  // Nobody waits for it.
  await made?.limits?.keep(options.debug ? writeStderr : undefined);
}

async function makeLine(
  { format, session, debug }: LineOptions,
  environment: Machine,
): Promise<{ readonly line: string; readonly limits?: LimitsOfLine }> {
  giveUpUnneeded([environment.home, stateDirectory(environment)]);
  const paths = snapshotPaths(environment);
  const complain = debug ? writeStderr : undefined;
  const bar = barOf(format);
  const request = bar === undefined ? await findRequest(session, environment, complain) : NO_SESSION;
  const zone = zoneOf(environment);
  const now = Date.now();
  let snapshot = readSnapshot(paths.snapshot);
  const look = (): Status => statusOf(snapshot, request, { now, zone, stampOf: readLogStamp });
  let status = look();
  if (isBehind(status, snapshot, request, zone)) {
    const before = readFileStamp(paths.snapshot)?.mtimeMs;
    const work = stateOfWork(paths.lock, now, REFRESH_EVERY_MS);
    if (work === "due") await startRefresh(request, complain);
    // Others than a session that is asked for by name are not worth waiting for: the next line will have them.
    const isWorthIt = work !== "recent" && (snapshot === undefined || isLateFor(snapshot, status, request));
    const end = isWorthIt ? Math.min(performance.now() + PATIENCE_MS, SHOWN_BY_MS) : 0;
    while (performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      if (readFileStamp(paths.snapshot)?.mtimeMs === before) continue;
      snapshot = readSnapshot(paths.snapshot);
      status = look();
      break;
    }
  }
  const missing = whyNoSession(snapshot, request);
  if (missing !== undefined) complain?.(`${toPlainLines(missing)}\n`);
  if (status.today === undefined) {
    complain?.(
      "No scan has left figures of today: where that stays so, `opper-agent statusline --refresh` says why.\n",
    );
  }
  const isShown = format !== undefined && LIMIT_FIELD.test(format);
  const limits = readLineLimits(request, environment, {
    now,
    isShown,
    session: status.session,
    known: snapshot?.limits,
  });
  status = { ...status, limits: limits?.shown };
  const line = bar === undefined
    ? showStatus(status, isAboutSession(request), format)
    // Lines for a session are shown without what this loads.
    : await (await import("./draw_bar.ts")).drawBar(bar, status, snapshot, environment);
  return { line: toPlainLines(line), limits };
}

/** A bar shows all caches, whoever asks, and does not wait for what somebody says of a session. */
const NO_SESSION: StatusRequest = { subject: { kind: "none" } };

/** The bar that a format names. */
export function barOf(format: string | undefined): BarFormat | undefined {
  return BAR_FORMATS.find((name) => name === format);
}

async function findRequest(
  session: string | undefined,
  environment: Machine,
  complain?: (text: string) => void,
): Promise<StatusRequest> {
  return session === undefined
    ? readRequest(await readInput(), environment, complain)
    : { subject: typedSubject(session, environment) };
}

/** Whether there may be something to see that the snapshot does not have. */
function isBehind(
  status: Status,
  snapshot: StatusSnapshot | undefined,
  request: StatusRequest,
  zone: string,
): boolean {
  if (snapshot === undefined || isLateFor(snapshot, status, request)) return true;
  if (!isDayOf(snapshot, { now: status.now, zone })) return true;
  return status.now - snapshot.takenAt > Math.max(REFRESH_AFTER_MS, snapshot.tookMs * REFRESH_REST_FACTOR);
}

/** Whether the session that is asked for by name has more to show, and not merely others. */
function isLateFor(snapshot: StatusSnapshot, status: Status, request: StatusRequest): boolean {
  const name = nameOf(request);
  if (name === undefined) return false;
  if (status.session !== undefined) return !status.isSessionCurrent;
  if (!snapshot.wanted.includes(name)) return true;
  // It was looked for in vain: what was not there then may have been written since.
  const files = "files" in request.subject ? request.subject.files : [];
  const changedAt = files.map((file) => readLogStamp(file)?.mtimeMs).find((time) => time !== undefined);
  return changedAt !== undefined && changedAt >= snapshot.takenAt;
}

function readInput(): Promise<BriefInput> {
  const now = performance.now();
  return readBriefInput({
    firstMs: Math.max(LEAST_PATIENCE_MS, BEGUN_BY_MS - now),
    wholeMs: Math.max(LEAST_PATIENCE_MS, SAID_BY_MS - now),
    maximumBytes: MAXIMUM_INPUT,
    isEnough: watchForObjectEnd(),
  });
}

/**
 * Whoever writes to a pipe is a client that shows a session of its own: what it says counts, and where that is nothing
 * that we understand, no other session takes its place. Only where nobody writes is it the session that the shell was
 * started in; and only a person at a terminal means the latest of the directory.
 */
function readRequest(
  { text, end }: BriefInput,
  environment: Machine,
  complain?: (text: string) => void,
): StatusRequest {
  const isSilent = text.trim() === "";
  if (isSilent && (end === "nobody" || end === "ended")) {
    const atTerminal = (): StatusSubject => end === "nobody" ? latestHere(environment) : { kind: "none" };
    return { subject: startedIn(environment) ?? atTerminal() };
  }
  const said = end === "late" ? undefined : readClientStatus(text);
  if (said === undefined) {
    complain?.(
      isSilent
        ? "Nothing came on standard input in time: no session is shown.\n"
        : "Standard input had no JSON object, or it came too late: no session is shown.\n",
    );
    return { subject: { kind: "unsaid" } };
  }
  const { sessionId, file, cacheExpiresAt } = said;
  const client = clientLimits(said, environment);
  if (sessionId === undefined && file === undefined) {
    complain?.("Standard input names no session (session_id, transcript_path): no session is shown.\n");
    return { subject: { kind: "unsaid" }, cacheExpiresAt, client };
  }
  return { subject: namedSubject({ id: sessionId, file }, environment), cacheExpiresAt, client };
}

/** `--session` takes what other commands take. */
function typedSubject(session: string, environment: Machine): StatusSubject {
  if (session === "latest") return { kind: "latest" };
  if (session === "current") return startedIn(environment) ?? latestHere(environment);
  return { kind: "typed", id: session, files: resolvePath(environment, session) };
}

function startedIn(environment: Machine): StatusSubject | undefined {
  const current = readCurrentSession(environment.env, [OWN_SESSION_VARIABLES, ...AGENTS_SESSION_VARIABLES]);
  return current && namedSubject(current, environment);
}

function latestHere(environment: Machine): StatusSubject {
  return { kind: "here", directories: resolvePath(environment, environment.cwd) };
}

function namedSubject(
  { id, file }: { readonly id?: string; readonly file?: string },
  environment: Machine,
): StatusSubject {
  return { kind: "named", id, files: file === undefined ? [] : resolvePath(environment, file) };
}

/** What cannot be started leaves the figures of the last scan, marked as old. */
async function startRefresh(request: StatusRequest, complain?: (text: string) => void): Promise<void> {
  // Most lines are shown without: what they do not need is not loaded.
  const { ownCommand } = await import("../../host/own_command.ts");
  const { command, args } = ownCommand();
  const name = nameOf(request);
  try {
    startInBackground({
      command,
      args: [...args, "statusline", "--refresh", ...name === undefined ? [] : [`--session=${name}`]],
    });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    complain?.(toPlainLines(`No scan could be started in the background: ${error.message}\n`));
  }
}
