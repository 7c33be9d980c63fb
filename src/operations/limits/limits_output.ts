/** Schema of what `limits` answers with. Loaded by tools and tests alone. */
import * as z from "zod";
import { ANSWER_VERSION } from "../report/report_json.ts";

const paceSchema = z.object({
  percentPerHour: z.number().describe("Points an hour, over the hour before the reading"),
  fullAt: z.string().describe("When it would be full at that pace"),
  earliest: z.string().describe("The same if the rise was as large as the rounding of both figures allows"),
  latest: z.string().describe("And as small"),
  beforeReset: z.boolean().describe("Whether fullAt is before the reset"),
});

const limitSchema = z.object({
  source: z.string().describe("The agent; budget: what the user means to spend in the month"),
  account: z.string().describe("Its configuration directory, which stands for the account: no file names that"),
  limit: z.string().describe("plan, spend (a gateway's budget), or the agent's own id of the limit"),
  name: z.string().nullable().describe("What the agent calls it; null where it says nothing"),
  window: z.string().describe("5h, weekly, or by its length: 1d, 90m; month: the calendar's"),
  windowMinutes: z.number().describe("Its length"),
  usedPercent: z.number().nullable().describe("Of 100, as it was read; null: it was reset since, and not read again"),
  usedBefore: z.number().optional().describe("What was used when it was reset; with the state reset alone"),
  state: z.enum(["current", "stale", "reset", "gone"]).describe(
    "stale: read more than 15 minutes ago, at least so much is used; reset: the window has ended, and nothing was read " +
      "since; gone: the agent no longer tells it",
  ),
  level: z.enum(["normal", "high", "nearly_full", "full"]).nullable().describe(
    "high from 75, nearly_full from 90 or when its pace fills it before the reset; null: not known",
  ),
  resetsAt: z.string().describe("When the window ends, or with the state reset ended"),
  observedAt: z.string().describe("When the figure was first seen"),
  ageMs: z.number().describe("From observedAt to asOf"),
  turnsSince: z.number().describe("Turns of the account on this machine that were sent after observedAt"),
  via: z.enum(["statusline", "log", "settings", "turns"]).describe("Where it was found; turns: added up"),
  pace: paceSchema.nullable().describe("null: it rose by less than 3 points, or in less than 10 minutes"),
  averagePerHour: z.number().nullable().describe("Points an hour since the window began"),
  resetMovedMs: z.number().nullable().describe(
    "By how much the reset was last moved in this window; later is positive",
  ),
  pointWorth: z.object({
    usd: z.number().describe("At list prices; at least, since other devices use points as well"),
    leastUsd: z.number().describe("In the window in which it was worth least"),
    mostUsd: z.number().describe("In the one in which it was worth most"),
    windows: z.number().describe("Windows that this is from"),
  }).optional().describe("What turns of this machine cost for each point, where readings show a rise of 5 or more"),
  pointsSince: z.number().optional().describe(
    "What turnsSince may have used, by pointWorth; with the state stale alone",
  ),
  unconfirmed: z.literal(true).optional().describe(
    "It went to 98 or more right after a reset, and nothing was refused",
  ),
  budget: z.object({
    spentUsd: z.number().describe("Since the month began"),
    usdPerMonth: z.number().describe("budget.usdPerMonth of config.json"),
    unpricedTurns: z.number().describe("Turns whose price is not known: above 0, at least spentUsd was spent"),
    planTurns: z.number().describe("Turns that are left out, since a plan pays them"),
    spentAt: z.string().nullable().describe("When all of it is spent at the month's average; null: too early to say"),
  }).optional().describe("Of the source budget alone"),
  mixed: z.literal(true).optional().describe("Its reset goes to and fro, as with two logins in one directory"),
});

export type LimitJson = z.infer<typeof limitSchema>;

export const limitsOutput = z.object({
  schemaVersion: z.literal(ANSWER_VERSION),
  asOf: z.string(),
  timezone: z.string(),
  limits: z.array(limitSchema).describe("By agent and account; what is not there is not known, and not zero"),
  refused: z.array(z.object({
    source: z.string(),
    account: z.string().describe("As in limits"),
    at: z.string().describe("When it was refused"),
    window: z.string().describe("In the agent's word: five_hour"),
    resetsAt: z.string().nullable().describe("When it was to be reset; null where the log does not say"),
  })).describe("Requests of the last week that were refused because a limit was reached, the latest first"),
  amounts: z.array(z.object({
    source: z.string(),
    unit: z.string().describe("credits"),
    used: z.number().describe("How many were used"),
    since: z.string().describe("Since when: the month by UTC"),
  })).describe("What counts towards an allowance that no file names: without a percentage"),
  notes: z.array(z.string()),
});

export type LimitsOutput = z.infer<typeof limitsOutput>;
