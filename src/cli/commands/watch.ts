/**
 * The live view: scans when something changed, draws once a second, and hears keys.
 *
 * What it shows is operations/live/live_sessions.ts, how that is drawn render.ts and screen_diff.ts, and the terminal
 * host/full_screen.ts; here is only what happens when.
 */
import { dirname } from "node:path";
import { AgentError } from "../../core/errors.ts";
import type { DurationMs, EpochMs } from "../../core/model.ts";
import { openFullScreen } from "../../host/full_screen.ts";
import { readFileStamp, readLogStamp } from "../../host/file_stamp.ts";
import { toPlainText } from "../../core/plain_lines.ts";
import { createProgress, decideColor, decideUnicode, type Progress } from "../../host/terminal.ts";
import { readClock } from "../../operations/report/clock_input.ts";
import { type LiveSessions, liveView, takeLiveSessions } from "../../operations/live/live_sessions.ts";
import { parseTime } from "../../operations/report/parse_time.ts";
import type { Command } from "../command.ts";
import type { CliHost } from "../host.ts";
import { cutText } from "../output/display_width.ts";
import { expandRoots, homeOf, withRoots } from "../arguments/extra_roots.ts";
import { renderView } from "../output/render.ts";
import { cutLine, diffScreens } from "../output/screen_diff.ts";
import type { GlobalFlags } from "../arguments/flag.ts";

/** What `watch` was asked for. */
export interface WatchArguments {
  /** IANA name. @default the machine's */
  readonly timezone?: string;
  readonly globals: GlobalFlags;
}

const SECOND: DurationMs = 1000;

/** The keys that people look for. Help has all of them. */
const KEYS = "q quit  r rescan";

/** Whose logs are looked at every second. */
const HOT_SESSIONS = 20;

/**
 * All logs are looked at again after this many times as long as that took: half a hundredth of a core at most. At least
 * every five seconds where it is quick, and once a minute where it is not.
 */
const REST_FACTOR = 200;
const SHORTEST_REST_MS: DurationMs = 5 * SECOND;
const LONGEST_REST_MS: DurationMs = 60 * SECOND;
/** A log that is being written to changes all the time: a tenth of a core is enough for it. */
const BUSY_REST_FACTOR = 10;

/**
 * @param asked its definition
 * @returns 0, when it was ended by a key
 * @throws {AgentError} usage, without a terminal or with a wrong zone
 */
export async function watch(
  { timezone, globals: given }: WatchArguments,
  host: CliHost,
  asked: Pick<Command, "name" | "needs">,
): Promise<number> {
  if (!host.isTerminal || host.env.TERM === "dumb") {
    throw new AgentError("usage", "watch needs a terminal, but standard output is not one.", {
      hint: "`opper-agent overview` shows the same once, and `opper-agent sessions` lists sessions.",
    });
  }
  const globals = { ...given, quiet: true, roots: expandRoots(given.roots, homeOf(host.env)) };
  const look = {
    color: decideColor({ choice: globals.color, env: host.env, isTerminal: true }),
    unicode: decideUnicode(host.env),
  };
  // The first scan may take a while: with its progress, and with Ctrl-C as ever.
  const progress = createProgress({
    isTerminal: host.isErrorTerminal,
    write: host.stderr,
    now: host.now,
    width: host.width,
  });
  const take = (progress: Progress) => takeView({ timezone, globals }, host, asked, progress);
  let view = await take(progress);
  const screen = openFullScreen();
  let shown: readonly string[] | undefined;
  let note: string | undefined;
  const draw = () => {
    const { columns, rows } = screen.size();
    const now = host.now();
    const body = renderView(liveView(view.live, { now, home: view.home, digits: view.digits, rows: rows - 2 }), {
      ...look,
      width: columns,
      saysWhatIsHidden: false,
    }).trimEnd().split("\n").slice(0, Math.max(0, rows - 1)).map((line) => cutLine(line, columns));
    const state = note === undefined ? KEYS : `${KEYS} | ${note}`;
    const footer = cutText(toPlainText(state), columns - 1, "start", look.unicode ? "…" : "...");
    const lines = [...body, ...Array<string>(Math.max(0, rows - 1 - body.length)).fill(""), footer];
    screen.write(diffScreens(shown, lines));
    shown = lines;
  };
  const rescan = async () => {
    // Drawn from within the scan, which hears no keys while it reads: only a long one says so.
    const inFooter = createProgress({
      isTerminal: true,
      write(text) {
        note = toPlainText(text.replace("\r\x1b[K", ""));
        draw();
      },
      now: host.now,
    });
    try {
      view = await take(inFooter);
      note = undefined;
    } catch (error) {
      if (!(error instanceof AgentError)) throw error;
      note = error.message;
      view = { ...view, nextScanAt: performance.now() + SHORTEST_REST_MS };
    }
  };

  try {
    while (true) {
      draw();
      // Right after the clock's next second, when a countdown shows another figure.
      const event = await screen.next(SECOND - host.now() % SECOND + 5);
      if (event.kind === "end") return 0;
      if (event.kind === "redraw") shown = undefined;
      if (event.kind === "key") {
        switch (event.key) {
          case "q":
          case "Q":
          case "\x03": // Ctrl-C
          case "\x04": // Ctrl-D
            return 0;
          case "\x0c": // Ctrl-L
            shown = undefined;
            break;
          case "\x1a": // Ctrl-Z
            screen.suspend();
            break;
          case "r":
            await rescan();
        }
      }
      if (event.kind === "time" && isDue()) await rescan();
    }
  } finally {
    screen.close();
  }

  function isDue(): boolean {
    const at = performance.now();
    if (at >= view.nextScanAt) return true;
    if (at < view.nextBusyScanAt) return false;
    return stampOf(view.hot) !== view.stamp ||
      parseTime("today", { now: host.now(), timezone: view.timezone }) > view.live.since;
  }
}

/** Scans, and takes what is shown until the next time. */
async function takeView(
  { timezone, globals }: WatchArguments,
  host: CliHost,
  asked: Pick<Command, "name" | "needs">,
  progress: Progress,
) {
  const startedAt = performance.now();
  const context = withRoots(await host.makeContext(globals, progress, asked), globals.roots);
  try {
    const clock = readClock({ timezone }, context);
    const before: EpochMs = host.now();
    const look = () => takeLiveSessions({ ...context, now: before }, clock.timezone);
    const live = await look().catch(async (error) =>
      await (await import("../../operations/report/ask_again.ts")).askAgain(error, context, look)
    );
    const hot = hotPaths(live);
    const ms = performance.now() - startedAt;
    return {
      live,
      home: context.home,
      digits: context.digits,
      timezone: clock.timezone,
      hot,
      // What changed while it was scanned shows by its time.
      stamp: stampOf(hot, before),
      nextScanAt: performance.now() + Math.min(LONGEST_REST_MS, Math.max(SHORTEST_REST_MS, ms * REST_FACTOR)),
      nextBusyScanAt: performance.now() + ms * BUSY_REST_FACTOR,
    };
  } finally {
    progress.done();
    await context.close();
  }
}

/** Logs of the latest sessions, and the directories in which others will appear beside them. */
function hotPaths({ sessions }: LiveSessions): readonly string[] {
  const logs = sessions.slice(0, HOT_SESSIONS).flatMap(({ files }) => files.slice(0, HOT_SESSIONS));
  const directories = logs.map(dirname);
  return [...new Set([...logs, ...directories, ...directories.map(dirname)])];
}

/**
 * Differs when one of the paths changed.
 *
 * @param before what changed since counts as changed again; undefined to take all as it is
 */
function stampOf(paths: readonly string[], before = Infinity): string {
  return paths.map((path) => {
    // Directories among them are looked at as such.
    const stamp = readFileStamp(path) ?? readLogStamp(path);
    return stamp === undefined ? "" : stamp.mtimeMs >= before - 20 ? "?" : `${stamp.size} ${stamp.mtimeMs}`;
  }).join();
}
