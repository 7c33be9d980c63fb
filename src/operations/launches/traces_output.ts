/** Schema of what `traces` answers with. Loaded by tools and tests alone. */
import * as z from "zod";
import { ANSWER_VERSION } from "../report/report_json.ts";
import { costSchema, usageSchema } from "../report/schemas.ts";

const remoteSchema = z.object({
  status: z.string().optional().describe("As Opper calls it"),
  spans: z.number().optional().describe("Steps in the trace"),
  durationMs: z.number().optional().describe("From its first step to its last"),
  problem: z.string().optional().describe("Why Opper gave no answer"),
});

export type RemoteJson = z.infer<typeof remoteSchema>;

const billedTraceSchema = z.object({
  usd: z.number().optional().describe("What Opper billed"),
  partial: z.boolean().optional().describe("True when calls were answered without a cost: at least usd"),
  inputTokens: z.number().optional().describe("As Opper counts them"),
  cacheReadTokens: z.number().optional().describe("As Opper counts them"),
  cacheWriteTokens: z.number().optional().describe("As Opper counts them"),
  outputTokens: z.number().optional().describe("As Opper counts them"),
  reasoningTokens: z.number().optional().describe("As Opper counts them"),
  totalTokens: z.number().optional().describe("As Opper counts them"),
  upstreams: z.array(z.string()).optional().describe("Who served its steps, where Opper says so"),
  askedAt: z.string().describe("When Opper said so"),
});

export type BilledTraceJson = z.infer<typeof billedTraceSchema>;

const traceSchema = z.object({
  traceId: z.string().describe("A UUID that follows from the session"),
  link: z.string().describe("Where traces can be looked at"),
  openedAt: z.string().optional().describe("When the session began, or was resumed, in the launch"),
  launchId: z.string().describe("The launch, a UUID"),
  launcher: z.string().describe("The agent that was launched"),
  host: z.string().describe("The gateway that it went to"),
  exitStatus: z.number().optional().describe("Of the launch; absent while it runs, and when it was killed"),
  reason: z.string().describe(
    "Why the session began: startup, new, resume, fork, reload, request; launch for one that stands for all sessions of a launch",
  ),
  cwd: z.string(),
  sessionId: z.string(),
  shortId: z.string().optional().describe("Names the session in other commands; absent without a log"),
  file: z.string().optional().describe("Absent for a session that is kept in no log"),
  source: z.string().optional().describe("The agent whose session it is, where the launch's relay saw it"),
  subagentId: z.string().optional().describe("The sub-agent of that session"),
  parentSessionId: z.string().optional().describe("Session that started this one, or that it was forked from"),
  parentTraceId: z.string().optional().describe("The trace of that session"),
  turns: z.number().optional().describe("Of the whole session; absent when its log is not read"),
  usage: usageSchema.optional(),
  cost: costSchema.optional(),
  cacheHitRatio: z.number().optional(),
  billed: billedTraceSchema.optional().describe(
    "What Opper says it cost: with remote, or as `enrich --opper` keeps it",
  ),
  remote: remoteSchema.optional().describe("What Opper says, with remote"),
});

export type TraceJson = z.infer<typeof traceSchema>;

export const tracesOutput = z.object({
  schemaVersion: z.literal(ANSWER_VERSION),
  asOf: z.string(),
  total: z.number().describe("Traces that match, listed or not"),
  traces: z.array(traceSchema).describe("Newest first"),
  nextCursor: z.string().optional(),
  notes: z.array(z.string()),
});

export type TracesOutput = z.infer<typeof tracesOutput>;
