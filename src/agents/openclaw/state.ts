/** What the fold over a session of OpenClaw keeps between two entries, and the facts of the session that follow. */
import type { SessionFacts } from "../../core/model.ts";
import { type PiState, sessionOf as sessionOfPi, startLog } from "../formats/pi_entries/state.ts";
import type { LogFile } from "../source.ts";
import type { OpenClawRow } from "./fields.ts";

/** What the log has shown so far. Plain data; a field that is absent has not been seen. */
export interface OpenClawState {
  readonly pi: PiState;
  /** In a database the session's id. */
  readonly part?: string;
  /** Whose sessions these are, of the agents that OpenClaw has. Ids that a user chose are unique for one of them. */
  readonly agentId?: string;
  /** Of a sub-agent: the session that began it all. */
  rootId?: string;
  forkedFrom?: string;
  title?: string;
}

/** The state before the first entry. */
export function startSession({ path, part }: LogFile): OpenClawState {
  const id = part ?? idOfName(path);
  return {
    // The path says nothing to Pi: its sub-agents' logs lie below their parents'.
    pi: { ...startLog({ path: "", relativePath: "" }), ...id === undefined ? {} : { named: { id } } },
    ...part === undefined ? {} : { part },
    ...agentOfPath(path),
  };
}

/** `<session id>.jsonl`, with more behind where it is an archive. In the cold storage the name is a checksum. */
function idOfName(path: string): string | undefined {
  const [, id] = /([^/\\]+?)\.jsonl(?:\.[^/\\]*)?$/.exec(path) ?? [];
  return id !== undefined && /^[0-9a-f]{64}$/.test(id) ? undefined : id;
}

function agentOfPath(path: string): Pick<OpenClawState, "agentId"> {
  const [, agentId] = /[/\\]agents[/\\]([^/\\]+)[/\\](?:agent|sessions)[/\\][^]*$/.exec(path) ?? [];
  return agentId === undefined ? {} : { agentId };
}

/** Takes in what the database says beside an entry. */
export function noteWindow(state: OpenClawState, row: OpenClawRow): void {
  state.rootId ??= row.rootId;
  state.forkedFrom ??= row.forkedFrom;
  state.title ??= row.windowTitle;
}

/** Undefined while the log has shown nothing that makes it a session. */
export function sessionOf(state: OpenClawState): SessionFacts | undefined {
  const { part, rootId, agentId: discriminator } = state;
  const own = sessionOfPi(state.pi);
  if (own === undefined) return undefined;
  const { cwd, startedAt, lastActivityAt } = own;
  if (rootId !== undefined) return { sessionId: rootId, discriminator, subagent: true, cwd, startedAt, lastActivityAt };
  return {
    ...own,
    sessionId: part ?? own.sessionId,
    discriminator,
    title: state.title ?? own.title,
    parentSessionId: state.forkedFrom ?? parentOf(state.pi),
  };
}

/** Forks name a file, or a place in the database: the last id in it is the parent's. */
function parentOf({ header }: PiState): string | undefined {
  return header?.parentPath?.match(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi)?.at(-1);
}
