/**
 * Which session a status line is about, and whether the last scan knows it. Pure and light, as status_line.ts is.
 */
import { folderKey } from "../../core/folder.ts";
import type { ClientLimits } from "../../core/limits/keep_limits.ts";
import type { EpochMs } from "../../core/model.ts";
import { findNamedSession } from "../../core/named_session.ts";
import type { StatusSession, StatusSnapshot } from "./status_snapshot.ts";

/**
 * Which session a line is about.
 *
 * `named`: what is said of it must agree. `typed`: by a person, an id or a log. `latest`: of all. `here`: of a directory,
 * known by these paths. `unsaid`: a client that has not said it in time or in words that we know; it has one, so that no
 * other may take its place. `none`: nobody asked for one.
 */
export type StatusSubject =
  | { readonly kind: "named"; readonly id?: string; readonly files: readonly string[] }
  | { readonly kind: "typed"; readonly id: string; readonly files: readonly string[] }
  | { readonly kind: "here"; readonly directories: readonly string[] }
  | { readonly kind: "latest" | "unsaid" | "none" };

/** What whoever shows the line says about itself. */
export interface StatusRequest {
  readonly subject: StatusSubject;
  /** What the client itself says of its cache: when it expires. */
  readonly cacheExpiresAt?: EpochMs;
  /** What it says of the limits of the plan. */
  readonly client?: ClientLimits;
}

/** The name under which a scan is to look for the session; undefined when none is named. */
export function nameOf({ subject }: StatusRequest): string | undefined {
  return subject.kind === "named" || subject.kind === "typed" ? subject.id ?? subject.files[0] : undefined;
}

/** Whether a session is spoken of, known or not. */
export function isAboutSession({ subject }: StatusRequest): boolean {
  return !["here", "none"].includes(subject.kind);
}

/** Sessions that a snapshot has without their having been asked for: its first ones. */
export const KEPT_SESSIONS = 20;

/** The session that a line is to be about; undefined when the snapshot does not have it. */
export function findStatusSession(
  { sessions, beginnings }: Pick<StatusSnapshot, "sessions" | "beginnings">,
  { subject }: Pick<StatusRequest, "subject">,
): StatusSession | undefined {
  switch (subject.kind) {
    case "named":
      return findNamed(sessions, subject);
    case "typed": {
      const exact = findNamed(sessions, { id: subject.id, files: [] });
      const [id, ...others] = idsThatBegin(beginnings, subject.id);
      if (exact !== undefined || others.length > 0) return exact;
      return findNamed(sessions, id === undefined ? { files: subject.files } : { id, files: [] });
    }
    case "latest":
      return sessions[0];
    case "here": {
      const folders = subject.directories.map(folderKey);
      // Behind the latest come those that were asked for: between them others are left out, of this directory as well.
      return sessions.slice(0, KEPT_SESSIONS).find(({ cwd }) => cwd !== undefined && folders.includes(folderKey(cwd)));
    }
    case "unsaid":
    case "none":
      return undefined;
  }
}

/** As the last scan knew them: the snapshot itself has a few sessions of all. */
function idsThatBegin(beginnings: StatusSnapshot["beginnings"], name: string): readonly string[] {
  return beginnings !== undefined && Object.hasOwn(beginnings, name) ? beginnings[name]! : [];
}

/** Why no session is shown although one was named; undefined where one is shown, or none was named. */
export function whyNoSession(snapshot: StatusSnapshot | undefined, request: StatusRequest): string | undefined {
  const name = nameOf(request);
  if (name === undefined || (snapshot !== undefined && findStatusSession(snapshot, request) !== undefined)) {
    return undefined;
  }
  if (snapshot === undefined || !snapshot.wanted.includes(name)) {
    return `No session "${name}" is known yet: the scan in the background looks for it.`;
  }
  return request.subject.kind === "typed" && idsThatBegin(snapshot.beginnings, name).length > 1
    ? `"${name}" is the start of several session ids: type more of it.`
    : `No session "${name}".`;
}

function findNamed(
  sessions: readonly StatusSession[],
  name: Parameters<typeof findNamedSession>[1],
): StatusSession | undefined {
  return findNamedSession(
    sessions.map((session) => ({
      session,
      sessionId: session.sessionId,
      files: session.logs.map(({ path }) => path),
    })),
    name,
  )?.session;
}
