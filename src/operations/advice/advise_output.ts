/** Schema of what `advise` answers with. Loaded by tools and tests alone. */
import * as z from "zod";
import { DOUBT_REASONS } from "../../core/advice/give_advice.ts";
import { ADVICE_OPTIONS } from "../../core/advice/lifetimes.ts";
import { ANSWER_VERSION } from "../report/report_json.ts";
import { pricesAsOfSchema } from "../report/schemas.ts";
import { ADVICE_ROLES, ADVICE_TOPICS } from "./advice_topics.ts";

const optionSchema = z.object({
  id: z.enum(ADVICE_OPTIONS).describe("All writes at a lifetime; or that, and pings"),
  usd: z.number().describe("What the turns would have cost"),
  isRecorded: z.literal(true).optional().describe("There where all was written so: usd is what it cost"),
  lowUsd: z.number().describe("The least that it may have been"),
  highUsd: z.number().describe("The most"),
  returns: z.number().describe("Returns to what it would have kept, or lost"),
  everyMs: z.number().optional().describe("Keep-alive: how often the last request is sent again"),
  count: z.number().optional().describe("Keep-alive: how often at most. The count that costs least; 0: none pays"),
  pings: z.number().optional().describe("Keep-alive: how many that are in all"),
  pingsUsd: z.number().optional().describe("Keep-alive: what they cost, which usd has in it"),
  stopAfter: z.number().optional()
    .describe("Keep-alive: where to stop with no history to go by, at no more than twice the least cost"),
});

const settingSchema = z.object({
  client: z.string().describe("The agent that wrote the turns"),
  file: z.string().optional().describe("Absent: a variable of the environment"),
  key: z.string().describe("Its exact name"),
  value: z.string().optional().describe("Absent: it is to be taken away"),
  note: z.string().optional().describe("What else it changes"),
});

const returnSchema = z.object({
  at: z.string().describe("When it was sent"),
  sessionId: z.string(),
  shortId: z.string(),
  pauseMs: z.number().optional().describe("Since the cache was used; absent: a first request"),
  tokens: z.number().describe("Read instead of written; below zero: written instead of read"),
  savesUsd: z.number().describe("By itself, without what other writes cost"),
});

const rowSchema = z.object({
  project: z.string().describe("Its directory; of a worktree that of the repository"),
  source: z.string(),
  role: z.enum(ADVICE_ROLES).describe("main: conversations; sub: what they hand to sub-agents"),
  turns: z.number(),
  recordedUsd: z.number().describe("What its turns cost"),
  options: z.array(optionSchema).describe("What each setting would have cost"),
  advice: z.object({
    id: z.enum(ADVICE_OPTIONS).describe("Which one"),
    savesUsd: z.number().describe("What it would have saved"),
    atLeastUsd: z.number().describe("What of that is sure"),
    settings: z.array(settingSchema).describe("What makes it so"),
  }).optional().describe("There where a setting is worth a change"),
  leave: z.object({
    reason: z.enum(["costs_more", ...DOUBT_REASONS]).describe("Why there is no advice"),
    id: z.enum(ADVICE_OPTIONS).describe("The lifetime that it is said of"),
    savesUsd: z.number().describe("Below zero: it would have cost more"),
    atLeastUsd: z.number().describe("What of that is sure"),
  }).optional().describe("There where none is"),
  per1000AlwaysLoadedUsd: z.number().describe("What 1,000 tokens cost that stand in front of every prompt"),
  followed: z.object({
    id: z.enum(ADVICE_OPTIONS).describe("The option that they are of"),
    returns: z.array(returnSchema).describe("In order of time"),
    returnsUsd: z.number().describe("Sum of what they save"),
    writesUsd: z.number().describe("What all other writes save, below zero where they are dearer"),
    savesUsd: z.number().describe("All of it together"),
  }).optional().describe("Of an asked project or role: the turns behind the figure"),
});

const contextSchema = z.object({
  project: z.string().describe("As in rows"),
  source: z.string(),
  firstPrompts: z.object({ count: z.number(), medianTokens: z.number().describe("Half are shorter") }).describe(
    "How conversations begin",
  ),
  grew: z.object({
    at: z.string().describe("The first that was longer"),
    fromTokens: z.number().describe("Median before"),
    toTokens: z.number().describe("Median since"),
  }).optional().describe(
    "There where their first prompts became a fifth longer or more, and stayed so",
  ),
  coldReturns: z.object({
    count: z.number(),
    atMostUsd: z.number().describe("What new conversations would have spared, had they needed nothing of the old ones"),
  }).describe("Returns to what had expired"),
  longPrompts: z.object({
    beyondTokens: z.number().describe("Where they begin"),
    turns: z.number(),
    usd: z.number().describe("For what lies beyond"),
  }).describe(
    "What was read beyond so many tokens",
  ),
  compactions: z.object({
    count: z.number(),
    medianBefore: z.number().describe("Tokens of the prompt before"),
    medianAfter: z.number().describe("Tokens of the prompt after"),
  }).describe("Conversations that were cut short"),
  warming: z.object({
    pings: z.number().describe("How many"),
    followed: z.number().describe("Of those: a turn followed that read what they kept"),
    usd: z.number().describe("What they cost"),
  }).optional().describe("Requests that the agent itself sent to keep a cache warm"),
});

const modelSchema = z.object({
  source: z.string(),
  kind: z.string().describe("sub-agents, or which side requests"),
  provider: z.string(),
  model: z.string(),
  turns: z.number(),
  usd: z.number().describe("What they cost"),
  cheaper: z.object({
    model: z.string().describe("The cheapest of the models of this provider that were used"),
    usd: z.number().describe("What the same tokens cost with it"),
  }).describe("At most so much could be spared"),
});

export type AdviceRow = z.infer<typeof rowSchema>;
export type AdviceJsonOption = z.infer<typeof optionSchema>;

export const adviseOutput = z.object({
  schemaVersion: z.literal(ANSWER_VERSION),
  asOf: z.string(),
  since: z.string().optional().describe("Where the span begins"),
  until: z.string().optional().describe("Where it ends"),
  timezone: z.string(),
  pricesAsOf: pricesAsOfSchema,
  what: z.array(z.enum(ADVICE_TOPICS)).describe("What was looked at"),
  recorded: z.object({ usd: z.number().describe("What it cost"), turns: z.number() }).describe(
    "What was replayed, in rows or not",
  ),
  leftOut: z.object({
    turns: z.number(),
    usd: z.number().describe("What they cost"),
    reasons: z.array(z.object({
      reason: z.string().describe(
        "no_choice: models without a choice of lifetime; no_cache; no_writes: the log does not say what was written; " +
          "no_price; other_price: the list does not explain what was paid; unreadable; deleted",
      ),
      turns: z.number(),
      usd: z.number().describe("What they cost"),
    })).describe("Why, each with its turns"),
  }).describe("Turns that are in no sum"),
  earlyLosses: z.object({
    returns: z.number().describe("Own returns to what an hour holds, after more than five minutes"),
    lost: z.number().describe("Of those: gone early"),
    isOwn: z.boolean().describe("Whether bounds rest on them; else on another user's"),
  }).describe("How often an hour's cache was gone before its time"),
  plans: z.array(z.string()).optional().describe(
    "Providers that a plan pays: no dollar is saved, and lifetimes are advised only where what: cache asks for it",
  ),
  rows: z.array(rowSchema).describe("The dearest first"),
  context: z.array(contextSchema).optional().describe("With what: context. Of conversations, by project and agent"),
  models: z.array(modelSchema).optional().describe("With what: models. Sub-agents and side requests"),
  notes: z.array(z.string()),
});

export type AdviseOutput = z.infer<typeof adviseOutput>;
