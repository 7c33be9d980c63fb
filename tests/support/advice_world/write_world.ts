/** Writes what really happened as logs of Claude Code and of Pi, in a home. */
import { join } from "node:path";
import { writeLog } from "../logs.ts";
import { sendConversations, type Sent } from "./send_conversations.ts";
import { billOf, type Counted } from "./simulated_provider.ts";
import type { Conversation, Project, WorldModel } from "./world.ts";
import { WORLD_NOW } from "./world_time.ts";

/** Where the projects lie. */
export const WORLD_DIRECTORY = "/srv/advice";

export function directoryOf({ name }: Pick<Project, "name">): string {
  return `${WORLD_DIRECTORY}/${name}`;
}

export async function writeWorld(home: string, projects: readonly Project[]): Promise<void> {
  for (const project of projects) {
    const sent = Map.groupBy(
      sendConversations(project, { pings: project.warmed }, WORLD_NOW),
      ({ chain }) => chain,
    );
    for (const conversation of project.conversations) {
      for (const chain of conversation.chains) {
        const requests = sent.get(chain) ?? [];
        const copied = conversation.forkOf === undefined ? [] : sent.get(conversation.forkOf.chains[0]!)!;
        if (project.source === "pi") await writePi(home, project, conversation, [...copied, ...requests]);
        else await writeClaude(home, project, conversation, requests);
      }
    }
  }
}

const iso = (at: number) => new Date(at).toISOString();

async function writeClaude(home: string, project: Project, { id }: Conversation, sent: readonly Sent[]) {
  const cwd = directoryOf(project);
  const folder = join(home, ".claude/projects", cwd.replaceAll(/[^a-zA-Z0-9]/g, "-"));
  const { chain } = sent[0]!;
  const isSub = chain.role === "sub";
  const lines = sent.flatMap(({ ask, at, counted }, place): object[] => {
    const name = `${id.slice(0, 13)}-${chain.id}-${place}`;
    const common = {
      sessionId: id,
      cwd,
      version: "2.1.332",
      isSidechain: isSub,
      ...(isSub ? { agentId: chain.id } : {}),
    };
    const boundary = {
      type: "system",
      subtype: "compact_boundary",
      parentUuid: null,
      timestamp: iso(at - 1),
      ...common,
    };
    return [
      ...(ask.afterCompaction ? [{ ...boundary, uuid: `${name}-b` }] : []),
      { type: "api-request", sessionId: id, id: `${name}-q`, timestamp: iso(at) },
      {
        type: "assistant",
        uuid: `${name}-u`,
        parentUuid: `${name}-p`,
        ...common,
        requestId: `req_${name}`,
        requestRef: `${name}-q`,
        timestamp: iso(at + ask.lastsMs),
        message: {
          id: `msg_${name}`,
          type: "message",
          role: "assistant",
          model: ask.model.name,
          content: [{ type: "text", text: "done" }],
          usage: claudeUsage(counted),
        },
      },
    ];
  });
  await writeLog(join(folder, isSub ? `${id}/subagents/agent-${chain.id}.jsonl` : `${id}.jsonl`), lines);
}

function claudeUsage({ input, read, write5m, write1h, output }: Counted): object {
  return {
    input_tokens: input,
    cache_creation_input_tokens: write5m + write1h,
    cache_read_input_tokens: read,
    output_tokens: output,
    cache_creation: { ephemeral_5m_input_tokens: write5m, ephemeral_1h_input_tokens: write1h },
    service_tier: "standard",
  };
}

async function writePi(home: string, project: Project, { id }: Conversation, sent: readonly Sent[]) {
  const cwd = directoryOf(project);
  // Whatever was written before is a copy.
  const startedAt = iso(sent.find(({ chain }) => chain.id === id)!.at - 1);
  const lines = sent.map(({ chain, ask, at, counted, isPing }) => {
    const told = { provider: "anthropic", model: ask.model.name, usage: piUsage(counted, ask.model) };
    const entry = {
      id: `${chain.id.slice(0, 13)}-${chain.asks.indexOf(ask)}-${at}`,
      parentId: null,
      timestamp: iso(at + ask.lastsMs),
    };
    return isPing
      ? { type: "usage", kind: "cache_warm", ...entry, timestamp: iso(at + 500), durationMs: 500, ...told }
      : {
        type: "message",
        ...entry,
        message: {
          role: "assistant",
          content: [],
          api: "anthropic-messages",
          ...told,
          stopReason: "stop",
          timestamp: at,
        },
      };
  });
  const header = { type: "session", version: 3, id, timestamp: startedAt, cwd };
  const folder = `--${cwd.slice(1).replaceAll("/", "-")}--`;
  const file = `${startedAt.replaceAll(/[:.]/g, "-")}_${id}.jsonl`;
  await writeLog(join(home, ".pi/agent/sessions", folder, file), [header, ...lines]);
}

function piUsage(counted: Counted, model: WorldModel): object {
  const { input, read, write5m, write1h, output } = counted;
  const only = (part: Partial<Counted>) =>
    billOf({ input: 0, read: 0, write5m: 0, write1h: 0, output: 0, ...part }, { ...model, long: undefined }) *
    (model.long !== undefined && input + read + write5m + write1h > model.long.above ? model.long.factor : 1);
  return {
    input,
    output,
    cacheRead: read,
    cacheWrite: write5m + write1h,
    cacheWrite1h: write1h,
    totalTokens: input + output + read + write5m + write1h,
    cost: {
      input: only({ input }),
      output: only({ output }),
      cacheRead: only({ read }),
      cacheWrite: only({ write5m, write1h }),
      total: billOf(counted, model),
    },
  };
}
