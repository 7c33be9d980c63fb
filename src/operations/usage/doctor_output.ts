/** Schema of what `doctor` answers with. Loaded by tools and tests alone. */
import * as z from "zod";
import { ANSWER_VERSION } from "../report/report_json.ts";

export const doctorOutput = z.object({
  schemaVersion: z.literal(ANSWER_VERSION),
  asOf: z.string(),
  roots: z.array(z.object({
    source: z.string(),
    path: z.string().describe("The directory"),
    exists: z.boolean().describe("Whether it is there"),
    files: z.number().describe("Logs in it and below"),
    bytes: z.number().describe("Size of these logs"),
  })).describe("Directories that were searched"),
  sessions: z.number().describe("Sessions in all logs, and those that were deleted"),
  deletedSessions: z.number().describe("How many of them were deleted from their databases, and still count"),
  turns: z.object({
    read: z.number().describe("Turns in all logs"),
    counted: z.number().describe("Those that a session is billed for: what every sum counts"),
    copies: z.number().describe("The others: copies that forks, resumed sessions and replays have"),
  }).describe("Of now, whatever asOf is"),
  evidence: z.array(z.object({
    strategy: z.string().describe("How the state is worked out"),
    model: z.string().optional().describe("Where it was learned from one model"),
    basis: z.string().describe("The document and its date, or the figures, in a sentence"),
    sessions: z.number().describe("Sessions whose state rests on it"),
  })).describe("What the state of caches rests on, the most used first"),
  gatewayEvidence: z.object({
    found: z.number().describe("Responses that a gateway knew"),
    missing: z.number().describe("Responses that it did not know"),
    unread: z.number().describe("Latest answers that could not be understood"),
    notAsked: z.number().describe("Turns with an id of the gateway's that nobody asked about yet"),
    lastAskedAt: z.string().optional().describe("When the latest answer came"),
    bytes: z.number().describe("Size of evidence.db"),
  }).optional().describe("What enrich was answered; absent where there is nothing, and nothing to ask about"),
  limits: z.object({
    path: z.string().describe("The file"),
    readings: z.number().describe("How many it holds"),
    lastAt: z.string().optional().describe("When the last one was seen"),
  }).describe("What statusline was told of limits, and kept"),
  files: z.number().describe("Logs in all directories"),
  bytes: z.number().describe("Size of all logs"),
  totalProblems: z.number().describe("Problems that were found, listed or not"),
  problems: z.array(
    z.object({
      path: z.string().describe("File or directory"),
      line: z.number().optional().describe("Counted from 1; absent when all of the file is meant"),
      message: z.string().describe("A sentence that holds no text of the log"),
    }),
  ).describe("What could not be read, or was not counted"),
  prices: z.object({
    date: z.string().describe("Day of the newest list"),
    version: z.string().describe("Of the first list"),
    lists: z.array(
      z.object({
        name: z.string().describe("The package that it is from"),
        version: z.string().describe("Of that package"),
        date: z.string().describe("Day of its prices"),
      }),
    )
      .describe("The built-in lists: what the first lacks is in the next"),
    unpricedModels: z.array(z.string()).describe("Models in the logs that have no known price"),
    standardRateTurns: z.number().describe("Turns of a service tier or region without a known price"),
    overrides: z.string().describe("File with prices of your own: prices.json"),
    overridesExist: z.boolean().describe("Whether it is there"),
  }).describe("Price data that computed costs rest on"),
  index: z.object({
    path: z.string().describe("Its file"),
    usable: z.boolean().describe("False when the answer came from memory, see notes"),
    bytes: z.number().describe("Size of that file"),
    turns: z.number(),
    rows: z.number().describe("Rows that were compared with their checksums"),
    check: z.string().describe("ok: every row was checked. A damaged index is built again, with a warning"),
  }).describe("What earlier scans found, kept so that a log is read once"),
  unrecorded: z.array(z.object({
    agent: z.string().describe("Its id. It is no source"),
    title: z.string().describe("Its name for people"),
    sessions: z.number().optional().describe("How many it has; absent where they could not be counted"),
    says: z.string().describe("A sentence: what is not recorded, and why they could not be counted"),
    places: z.array(z.object({
      path: z.string().describe("The directory, or the database"),
      sessions: z.number().optional().describe("How many are there; absent where they could not be counted"),
      problem: z.string().optional().describe("Why its sessions could not be counted"),
    })).describe("Where its sessions are"),
  })).describe("Agents that keep no figures on this machine, where there are any: nothing of them is in any answer"),
  costs: z.array(z.object({
    source: z.string(),
    sessionId: z.string(),
    shortId: z.string(),
    file: z.string(),
    origin: z.enum(["total", "bill", "estimate"]).describe(
      "total: the agent's own sum for the session; bill: what the provider charged; estimate: what the agent computed",
    ),
    toolUsd: z.number().describe("By the agent's count"),
    usd: z.number().optional().describe(
      "By our count: with total what all turns cost, otherwise the list price of the turns that the agent priced; absent " +
        "where no price is known",
    ),
    differenceUsd: z.number().optional().describe("toolUsd less usd"),
    cause: z.enum([
      "equal",
      "requests_without_lines",
      "web_searches",
      "older_total",
      "fork",
      "counted_with_others",
      "guessed",
      "unpriced",
      "bill",
      "other_prices",
    ]).describe("Why the two most likely differ"),
    detail: z.string().optional().describe("More about the cause, in a sentence"),
  })).optional().describe("With costs: the largest difference first"),
  notes: z.array(z.string()),
});

export type DoctorOutput = z.infer<typeof doctorOutput>;
