/** `doctor`: where was looked, what could not be read, how old the prices are, and whether the index is sound. */
import { shortenPath } from "../report/cells.ts";
import { formatCount } from "../report/format.ts";
import { CLOCK_ON_COMMAND_LINE, clockInput, readClock } from "../report/clock_input.ts";
import { compareCosts, costBlocks } from "./doctor_costs.ts";
import { countTurns, evidenceFacts, gatherEvidence, turnsText } from "./doctor_sessions.ts";
import { countOf, countPrices, partOf, sumOf } from "../report/notes.ts";
import { countKeptLimits, keptLimitsText } from "../limits/doctor_limits.ts";
import { gatherLimits } from "../limits/gather_limits.ts";
import { gatewayEvidenceFacts, gatherGatewayEvidence } from "../gateways/gateway_evidence.ts";
import { defineInput, integer, LIMIT_RANGE, toggle } from "../contract/input.ts";
import { defineOperation } from "../contract/operation.ts";
import { isoTime } from "../../core/iso_time.ts";
import { ANSWER_VERSION } from "../report/report_json.ts";
import type { UsageIndex } from "../../scan/index/usage_index.ts";
import type { Cell } from "../contract/view.ts";

const input = defineInput({
  quick: toggle("Report only what the scan found, without reading every line of every log"),
  costs: toggle("Compare our cost of each session with the agent's own figure"),
  limit: integer("How many problems to list; 0 lists all", { ...LIMIT_RANGE, default: 50 }),
  ...clockInput,
});

export const doctor = defineOperation({
  name: "doctor",
  summary: "Show which directories were read, what could not be read, and the state of the index",
  description: "Lists the directories that were read, with their files and bytes. Reads every line of " +
    "every log, and lists broken lines and logs without a single counted response. Also shows " +
    "the date of the price data, the state of the index, and agents that record no cost on this machine.",
  needs: [],
  input,
  output: async () => (await import("./doctor_output.ts")).doctorOutput,
  commandLine: { limit: { short: "n", placeholder: "COUNT" }, ...CLOCK_ON_COMMAND_LINE },
  examples: [
    { command: "doctor", explains: "check everything" },
    { command: "doctor --costs", explains: "do our sums agree with the agents' own?" },
    { command: "doctor --quick", explains: "only what the scan found: fast on gigabytes of logs" },
  ],

  async run(input, context) {
    const clock = readClock(input, context);
    const scan = await context.openIndex();
    // Reads logs of some days.
    const asked = input.quick ? NO_LOGS : scan;
    const { problems: ofLimits } = await gatherLimits(asked, { now: clock.now }, context);
    const problems = [...input.quick ? await scan.readProblems() : await scan.verifyLogs(clock.now), ...ofLimits];
    const sessions = await scan.sessions(clock);
    const { unpriced, atStandardRate } = countPrices(sessions);
    const index = await scan.checkIndex();
    const notes = [...scan.notes];
    const { countUnrecorded } = await import("../../scan/index/ask/count_unrecorded.ts");
    return {
      schemaVersion: ANSWER_VERSION,
      asOf: isoTime(clock.now)!,
      roots: scan.roots.map((root) => ({ ...root })),
      sessions: sessions.length,
      deletedSessions: sessions.filter(({ isDeleted }) => isDeleted === true).length,
      turns: countTurns(
        index.turns,
        clock.isPast ? await scan.sessions({ now: context.now, isPast: false }) : sessions,
      ),
      evidence: gatherEvidence(sessions),
      gatewayEvidence: await gatherGatewayEvidence(scan, sessions, context.stateDirectory, (text) => notes.push(text)),
      limits: countKeptLimits(context),
      files: scan.files,
      bytes: scan.bytes,
      totalProblems: problems.length,
      problems: (input.limit === 0 ? problems : problems.slice(0, input.limit)).map((problem) => ({ ...problem })),
      prices: {
        ...scan.priceData,
        unpricedModels: [...unpriced.keys()].sort(),
        standardRateTurns: sumOf(atStandardRate),
      },
      index,
      unrecorded: countUnrecorded(context.account.machine).map(({ places, ...agent }) => ({
        ...agent,
        places: places.map((place) => ({ ...place })),
      })),
      costs: input.costs ? await compareCosts(scan, sessions) : undefined,
      notes,
    };
  },

  view(output, _input, context) {
    const path = (text: string): Cell => ({ text: shortenPath(text, context.home), value: text });
    return [
      // What was asked for goes first, and is the table that --csv prints.
      ...(output.costs === undefined ? [] : costBlocks(output.costs, context)),
      {
        kind: "table",
        title: "Looked in",
        columns: [
          { key: "source", title: "Source" },
          { key: "path", title: "Directory", shrink: "keep_end" },
          { key: "files", title: "Logs", align: "right" },
          { key: "bytes", title: "Size", align: "right", priority: 1 },
        ],
        rows: output.roots.map((root) => [
          { text: root.source },
          path(root.path),
          root.exists ? { text: formatCount(root.files), value: root.files } : { text: "none", value: 0, tone: "dim" },
          root.exists
            ? { text: formatBytes(root.bytes), value: root.bytes }
            : { text: "no such directory", value: 0, tone: "dim" },
        ]),
      },
      {
        kind: "facts",
        facts: [
          ["Sessions", {
            text: `${formatCount(output.sessions)} in ${countOf(output.files, "log")}, ${formatBytes(output.bytes)}`,
          }],
          ["Turns", { text: turnsText(output.turns) }],
          ...deletedFacts(output.deletedSessions),
          ["Prices", {
            text: output.prices.lists.map(({ name, version, date }) => `of ${date} (${name} ${version})`).join(
              ", then ",
            ),
          }],
          ...pricesLack(output.prices),
          ["Own prices", {
            text: output.prices.overridesExist
              ? shortenPath(output.prices.overrides, context.home)
              : `none; ${shortenPath(output.prices.overrides, context.home)} would set them`,
          }],
          ["Index", {
            text: output.index.usable
              ? `${shortenPath(output.index.path, context.home)}: ${output.index.check}, ` +
                `${countOf(output.index.rows, "row")} as written, ${formatBytes(output.index.bytes)}`
              : `${shortenPath(output.index.path, context.home)} is not in use`,
            tone: output.index.usable && output.index.check === "ok" ? "good" : "warn",
          }],
          ...gatewayEvidenceFacts(output.gatewayEvidence, formatBytes),
          ["Limits", keptLimitsText(output.limits, context.home)],
          ["Problems", {
            text: output.totalProblems === 0 ? "none" : formatCount(output.totalProblems),
            tone: output.totalProblems === 0 ? "good" : "warn",
          }],
        ],
      },
      ...(output.evidence.length === 0 ? [] : [{
        kind: "facts" as const,
        title: "What the state of caches rests on",
        facts: evidenceFacts(output.evidence),
      }]),
      ...output.unrecorded.map(({ says }) => ({ kind: "text" as const, text: says })),
      ...(output.problems.length === 0 ? [] : [{
        kind: "table" as const,
        title: "Problems",
        columns: [
          { key: "path", title: "File", shrink: "keep_end" as const },
          { key: "line", title: "Line", align: "right" as const },
          { key: "message", title: "What is wrong", shrink: "keep_start" as const },
        ],
        rows: output.problems.map((problem) => [
          path(problem.path),
          { text: problem.line === undefined ? "" : String(problem.line), value: problem.line ?? null },
          { text: problem.message },
        ]),
      }]),
      ...(output.problems.length < output.totalProblems
        ? [{
          kind: "text" as const,
          text: `${partOf(output.problems.length, output.totalProblems)} problems; --limit 0 lists all.`,
        }]
        : []),
      ...output.notes.map((text) => ({ kind: "text" as const, text, tone: "dim" as const })),
    ];
  },
});

const NO_LOGS: Pick<UsageIndex, "limits"> = {
  limits: () => Promise.resolve({ records: [], refusals: [], problems: [] }),
};

/** Powers of 1000, as disks are sold. */
function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

function deletedFacts(count: number): [string, Cell][] {
  if (count === 0) return [];
  const text = count === 1
    ? "1 session that was deleted from its database still counts"
    : `${formatCount(count)} sessions that were deleted from their databases still count`;
  return [["Deleted", { text }]];
}

/** What a sum of money is missing, or was guessed. */
function pricesLack(
  { unpricedModels, standardRateTurns }: {
    readonly unpricedModels: readonly string[];
    readonly standardRateTurns: number;
  },
): [string, Cell][] {
  const facts: [string, Cell][] = [];
  if (unpricedModels.length > 0) {
    const names = unpricedModels.slice(0, 3).join(", ");
    const more = unpricedModels.length > 3 ? ` and ${unpricedModels.length - 3} more` : "";
    facts.push(["Not in them", { text: `${countOf(unpricedModels.length, "model")} (${names}${more})`, tone: "warn" }]);
  }
  if (standardRateTurns > 0) {
    facts.push(["Standard rate", {
      text: `${countOf(standardRateTurns, "turn")} of a service tier or region without a known price`,
      tone: "warn",
    }]);
  }
  return facts;
}
