/**
 * The live view: scans when something changed, draws once a second, and hears keys.
 *
 * What it shows is operations/live/live_sessions.ts, how that is drawn render.ts and screen_diff.ts, and the terminal
 * host/full_screen.ts; here is only what happens when.
 */
import { AgentError } from "../../core/errors.ts";
import type { DurationMs, EpochMs } from "../../core/model.ts";
import { openFullScreen } from "../../host/full_screen.ts";
import { readFileStamp, readLogStamp } from "../../host/file_stamp.ts";
import { readProcessorTime } from "../../host/processor_time.ts";
import { toPlainText } from "../../core/plain_lines.ts";
import { createProgress, decideColor, decideUnicode, type Progress } from "../../host/terminal.ts";
import { readClock } from "../../operations/report/clock_input.ts";
import { LiveFeed } from "../../operations/live/live_feed.ts";
import { LimitRings } from "../../operations/live/limit_rings.ts";
import { liveView, takeLiveSessions } from "../../operations/live/live_sessions.ts";
import type { Command } from "../command.ts";
import type { CliHost } from "../host.ts";
import { cutText, loadWidths } from "../output/display_width.ts";
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

/** Rings, on a terminal that does. */
const BELL = "\x07";

/** The keys that people look for. Help has all of them. */
const KEYS = "q quit  r rescan";

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
  const feed = new LiveFeed({
    now: host.now,
    // Directories among them are looked at as such.
    readStamp: (path) => readFileStamp(path) ?? readLogStamp(path),
    worked: readProcessorTime,
  });
  const take = (progress: Progress) => feed.look((now) => takeView({ timezone, globals, now }, host, asked, progress));
  await loadWidths();
  let view = await take(progress);
  const screen = openFullScreen();
  const rings = new LimitRings();
  let shown: readonly string[] | undefined;
  let note: string | undefined;
  const draw = () => {
    const { columns, rows } = screen.size();
    const now = host.now();
    const body = renderView(liveView(view, { now, home: view.home, digits: view.digits, rows: rows - 2, columns }), {
      ...look,
      width: columns,
      saysWhatIsHidden: false,
    }).trimEnd().split("\n").slice(0, Math.max(0, rows - 1)).map((line) => cutLine(line, columns));
    const state = note === undefined ? KEYS : `${KEYS} | ${note}`;
    const footer = cutText(toPlainText(state), columns - 1, "start", look.unicode ? "…" : "...");
    const lines = [...body, ...Array<string>(Math.max(0, rows - 1 - body.length)).fill(""), footer];
    screen.write(diffScreens(shown, lines) + (rings.isDue(view.limits, view.alertAt, now) ? BELL : ""));
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
      if (event.kind === "time" && feed.isDue()) await rescan();
    }
  } finally {
    screen.close();
  }
}

/** Scans, and takes what is shown until the next time. */
async function takeView(
  { timezone, globals, now }: WatchArguments & { readonly now: EpochMs },
  host: CliHost,
  asked: Pick<Command, "name" | "needs">,
  progress: Progress,
) {
  const context = withRoots(await host.makeContext(globals, progress, asked), globals.roots);
  try {
    const clock = readClock({ timezone }, context);
    const look = () => takeLiveSessions({ ...context, now }, clock.timezone);
    const live = await look().catch(async (error) =>
      await (await import("../../operations/report/ask_again.ts")).askAgain(error, context, look)
    );
    return { ...live, home: context.home, digits: context.digits, alertAt: context.limitSettings?.alertAt ?? [] };
  } finally {
    progress.done();
    await context.close();
  }
}
