/** A project as it was at an earlier time. */
import type { Chain, Conversation, Project } from "./world.ts";

/** Without what was asked or dropped later; undefined where nothing was asked yet. */
export function cutProject(project: Project, until: number): Project | undefined {
  const conversations: Conversation[] = [];
  const cut = new Map<Conversation, Conversation>();
  for (const conversation of project.conversations) {
    const chains = conversation.chains.map((chain) => cutChain(chain, until)).filter(({ asks }) => asks.length > 0);
    if (chains.length === 0) continue;
    const { forkOf } = conversation;
    const shorter = { ...conversation, chains, ...(forkOf === undefined ? {} : { forkOf: cut.get(forkOf)! }) };
    cut.set(conversation, shorter);
    conversations.push(shorter);
  }
  return conversations.length === 0 ? undefined : { ...project, conversations };
}

function cutChain({ asks, droppedAt, ...chain }: Chain, until: number): Chain {
  return { ...chain, asks: asks.filter(({ at }) => at <= until), droppedAt: droppedAt.filter((at) => at <= until) };
}

/** Whether an answer was on its way then: a log has it only when it is there. */
export function isAnswering({ conversations }: Project, at: number): boolean {
  return conversations.some(({ chains }) =>
    chains.some(({ asks }) => asks.some((ask) => ask.at <= at && at <= ask.at + ask.lastsMs))
  );
}
