/** What is kept between two rows of a session of Goose's, and what they say of it. */
import { type EpochMs, MAIN_CHAIN, type ModelRef, type SessionFacts } from "../../core/model.ts";
import type { GooseRow } from "./fields.ts";

/** Survives JSON. All of a log is read each time that it changed. */
export interface GooseState {
  /** Of the row itself. */
  id?: string;
  root?: string;
  isSubagent?: boolean;
  cwd?: string;
  title?: string;
  parent?: string;
  began?: EpochMs;
  rootBegan?: EpochMs;
  lastActivityAt?: EpochMs;
  provider?: string;
  sessionModel?: string;
  hasTurns?: boolean;
  /** Since the last turn of the conversation. */
  compactedAt?: EpochMs;
}

/** Takes in the row of the session, which comes first. */
export function noteGooseSession(state: GooseState, row: GooseRow): void {
  const { id, root, parent, began, updated } = row;
  state.id = id;
  state.cwd = row.cwd;
  state.title = row.name ?? row.description;
  state.began = began;
  state.lastActivityAt = updated ?? began;
  state.provider = row.provider;
  state.sessionModel = row.sessionModel;
  if (row.type === "sub_agent" && parent !== undefined) {
    state.isSubagent = true;
    // Its parent's row may be gone.
    state.root = root === undefined || root === id ? parent : root;
    state.rootBegan = root === id ? undefined : row.rootBegan;
  } else {
    state.parent = parent;
  }
}

/** A sub-agent's session is a chain of the session that it works for. */
export function chainIn({ isSubagent, id }: GooseState): string {
  return isSubagent && id !== undefined ? id : MAIN_CHAIN;
}

/** What is known; undefined where there is no session. */
export function gooseSessionOf(state: GooseState): SessionFacts | undefined {
  const { id, cwd, began, lastActivityAt } = state;
  if (id === undefined) return undefined;
  if (state.isSubagent) {
    return {
      sessionId: state.root!,
      discriminator: discriminatorOf(state.rootBegan),
      subagent: true,
      cwd,
      lastActivityAt,
    };
  }
  const { title, parent: parentSessionId, compactedAt } = state;
  const facts: SessionFacts = {
    sessionId: id,
    discriminator: discriminatorOf(began),
    cwd,
    title,
    parentSessionId,
    startedAt: began,
    lastActivityAt,
  };
  return compactedAt === undefined || !state.hasTurns
    ? facts
    : { ...facts, pending: { at: compactedAt, kind: "compacted" } };
}

/** Ids are numbers of a day: those of two databases are alike. */
function discriminatorOf(began: EpochMs | undefined): string | undefined {
  return began === undefined ? undefined : String(began);
}

/** Goose's names of providers that are not those of who sells. */
const SELLERS: ReadonlyMap<string, string> = new Map([
  ["aws_bedrock", "amazon-bedrock"],
  ["azure_openai", "azure"],
  ["chatgpt_codex", "openai"],
  ["gcp_vertex_ai", "google-vertex"],
  ["github_copilot", "github-copilot"],
]);

/** The provider that the session has now: the ledger names none. */
export function gooseModel({ provider }: GooseState, model: string | undefined): ModelRef {
  const named = provider?.toLowerCase() ?? "unknown";
  return { provider: SELLERS.get(named) ?? named, model: model ?? "unknown" };
}
