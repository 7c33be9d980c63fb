/**
 * How an agent names its session in the requests it sends: by headers alone, so that no body is ever read or held.
 *
 * Seen with the real clients (design of the relay, 2026-11-26): Claude Code 2.1.332, Codex 0.169.0, OpenCode 1.18.33.
 */

/** A header's value by its name in lower case; undefined when it is not there. */
export type HeaderReader = (name: string) => string | undefined;

/** Which session a request is of, by its headers alone. @returns undefined for one of somebody else */
export type WireSessionReader = (header: HeaderReader) => WireSession | undefined;

/** The session that a request is of. */
export interface WireSession {
  /** Id of the agent whose session it is: what comes before the `:` in the name of its trace. */
  readonly source: string;
  /** The agent's own id of the session, as its logs have it. */
  readonly sessionId: string;
  /** A sub-agent that goes by the id of the session it works for: its own id. @default the session itself */
  readonly subagentId?: string;
  /** The session that this one was started by or forked from. @default none that is known */
  readonly parentSessionId?: string;
  /**
   * What asks beside a conversation under an id of its own, such as for its title: it belongs to the session that the agent
   * named last. @default false
   */
  readonly isAside?: boolean;
}
