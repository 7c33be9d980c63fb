/**
 * `complete`: what a completion script asks while somebody presses Tab: one candidate a line, a tab, what it is.
 *
 * Hidden, and never says an error: it would be printed into the line that is being typed. What cannot be told is nothing.
 */
import { toPlainText } from "../../core/plain_lines.ts";
import { createProgress } from "../../host/terminal.ts";
import type { CliHost } from "../host.ts";
import type { Command } from "../command.ts";
import { SILENT_FLAGS } from "../arguments/flag.ts";

interface Wanted {
  readonly kind?: string;
  readonly start: string;
}

/** More than a screen of candidates helps nobody. */
const MOST_SESSIONS = 100;

export const completeCommand: Command<Wanted> = {
  name: "complete",
  summary: "Answer a completion script",
  usage: ["complete sessions|zones [START]"],
  description: "Prints what may be typed, one candidate a line, with a tab before what it is.",
  needs: [],
  flags: [],
  examples: [{ command: "complete sessions 01a1", explains: "ids of sessions that begin so" }],
  parse: ([kind, start = ""]) => kind === "--help" || kind === "-h" ? undefined : { kind, start },

  async run({ kind, start }, host) {
    try {
      if (kind === "sessions") return lines(await sessionCandidates(start, host));
      if (kind === "zones") {
        const zones = ["UTC", ...Intl.supportedValuesOf("timeZone")];
        return lines(zones.filter((zone) => zone.startsWith(start)).map((zone) => [zone, ""]));
      }
      return "";
    } catch (error) {
      // Whatever it is, the command that is being typed will say it; a word must never turn into a message.
      if (!(error instanceof Error)) throw error;
      return "";
    }
  },
};

type Candidate = readonly [word: string, what: string];

function lines(candidates: readonly Candidate[]): string {
  return candidates.map(([word, what]) => `${what === "" ? word : `${word}\t${what}`}\n`).join("");
}

async function sessionCandidates(start: string, host: CliHost): Promise<readonly Candidate[]> {
  const words: Candidate[] = ([["latest", "the latest session"], ["current", "the session of this directory"]] as const)
    .filter(([word]) => word.startsWith(start));
  const [{ sessions }, { formatRelative }, { costCell, shortenPath }] = await Promise.all([
    import("../../operations/usage/sessions.ts"),
    import("../../operations/report/format.ts"),
    import("../../operations/report/cells.ts"),
  ]);
  const silent = createProgress({ isTerminal: false, write: () => {}, now: host.now });
  const context = await host.makeContext(SILENT_FLAGS, silent, sessions);
  try {
    const output = await sessions.run({ sort: "last", limit: 0, brief: false, timezone: "UTC" }, context);
    const found = output.sessions
      // An id is a log's word, and goes into somebody's command line: nothing that a shell would act on.
      .filter(({ sessionId }) => sessionId.startsWith(start) && /^\w[\w.-]*$/.test(sessionId))
      .slice(0, MOST_SESSIONS)
      .map(({ sessionId, shortId, cwd, lastActivityAt, cost, source }): Candidate => [
        shortId.startsWith(start) ? shortId : sessionId,
        toPlainText([
          cwd === undefined ? source : shortenPath(cwd, context.home),
          ...(lastActivityAt === undefined ? [] : [formatRelative(Date.parse(lastActivityAt), context.now)]),
          costCell(cost, context).text,
        ].join(", ")),
      ]);
    return [...words, ...found];
  } finally {
    await context.close();
  }
}
