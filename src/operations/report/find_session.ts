/** Finds the session that somebody means: by id, by the start of an id, by log file, the latest, or the current one. */
import { AgentError } from "../../core/errors.ts";
import { folderKey } from "../../core/folder.ts";
import type { DurationMs } from "../../core/model.ts";
import { findNamedSession } from "../../core/named_session.ts";
import type { IndexedSession } from "../../scan/index/ask/lazy_report.ts";
import type { OperationContext } from "../contract/context.ts";
import { formatCount } from "./format.ts";
import { sortSessions } from "./session_filter.ts";

/**
 * @param wanted An id, a unique prefix of one, either behind its source (`claude/0198`), a path, `latest`, or `current`: the session that we were started in, else
 * the latest of the working directory, unless an agent asks and another may be its own
 * @param whereLooked Said in place of other advice, when there is no log at all
 * @throws {AgentError} usage, when nothing or more than one session is meant; the latter lists the candidates
 */
export function findSession(
  all: readonly IndexedSession[],
  wanted: string,
  context: OperationContext,
  whereLooked?: string,
): IndexedSession {
  if (wanted === "") {
    throw new AgentError("usage", `Expected an id, the start of one, a log file, latest, or current, not "".`, {
      hint: whereLooked ?? LIST_HINT,
    });
  }
  if (wanted === "latest") {
    const [latest] = sortSessions(all, "last");
    if (latest !== undefined) return latest;
    throw new AgentError("usage", "There is no session yet.", {
      hint: whereLooked ?? "`opper-agent doctor` lists the directories that were searched.",
      isMissing: true,
    });
  }
  if (wanted === "current") return findCurrent(all, context, whereLooked);
  const exact = all.filter(({ sessionId }) => sessionId === wanted);
  const candidates = exact.length > 0 ? exact : all.filter(({ sessionId }) => sessionId.startsWith(wanted));
  if (candidates.length === 1) return candidates[0]!;
  if (candidates.length > 1) {
    const listed = listOf(sortSessions(candidates, "last"), ({ cwd, file }) => exact.length > 0 ? file : cwd ?? file);
    throw new AgentError(
      "usage",
      `"${wanted}" is the start of ${formatCount(candidates.length)} session ids; expected one:\n${listed}`,
      { hint: exact.length > 0 ? "Give the log file instead." : "Type more of the id." },
    );
  }
  const byFile = findNamedSession(all, { files: context.resolvePath(wanted) });
  if (byFile !== undefined) return byFile;
  const inAnyCase = all.filter(({ sessionId }) => sessionId.toLowerCase() === wanted.toLowerCase());
  if (inAnyCase.length === 1) return inAnyCase[0]!;
  // As the page's addresses name it, where no path does.
  const [, source, id] = /^([a-z][a-z0-9_]*)\/([^/\\]+)$/.exec(wanted) ?? [];
  const ofSource = id === undefined ? [] : all.filter((session) => session.source === source);
  if (ofSource.length > 0) return findSession(ofSource, id!, context, whereLooked);
  throw new AgentError(
    "usage",
    `No session "${wanted}": expected an id, the start of one, a log file, latest, or current.`,
    { hint: whereLooked ?? LIST_HINT, isMissing: true },
  );
}

function listOf(candidates: readonly IndexedSession[], placeOf: (session: IndexedSession) => string): string {
  const listed = candidates.slice(0, 10)
    .map((session) => `  ${session.sessionId}  ${session.source}  ${placeOf(session)}`);
  return [...listed, ...candidates.length > 10 ? [`  and ${formatCount(candidates.length - 10)} more`] : []].join("\n");
}

const LIST_HINT = "`opper-agent sessions` lists them.";

/** Less than this ago, a session may be at work beside another: an agent thinks, waits for a tool, or for its user. */
const AT_WORK_MS: DurationMs = 10 * 60_000;

/** A session that is named and not found is not replaced by another one: its figures would be taken for the current. */
function findCurrent(
  all: readonly IndexedSession[],
  context: OperationContext,
  whereLooked: string | undefined,
): IndexedSession {
  const { id, file } = context.currentSession ?? {};
  if (id !== undefined || file !== undefined) {
    const found = findNamedSession(all, { id, files: file === undefined ? [] : context.resolvePath(file) });
    if (found !== undefined) return found;
    throw new AgentError("usage", `The current session, "${id ?? file}", has no log yet, or is kept in none.`, {
      hint: "A log begins with the first answer; `opper-agent sessions` lists the sessions that have one.",
    });
  }
  const here = context.resolvePath(context.cwd).map(folderKey);
  const ofHere = sortSessions(all.filter(({ cwd }) => cwd !== undefined && here.includes(folderKey(cwd))), "last");
  const [latest] = ofHere;
  if (context.isAgent) {
    const atWork = ofHere.filter(({ lastActivityAt }) =>
      lastActivityAt !== undefined && context.now - lastActivityAt < AT_WORK_MS
    );
    if (atWork.length > 1) {
      throw new AgentError(
        "usage",
        `The current session is not known: ${atWork.length} sessions were at work in "${context.cwd}" in the last ` +
          `${AT_WORK_MS / 60_000} minutes:\n${listOf(atWork, ({ cwd, file }) => cwd ?? file)}`,
        { hint: "Give the id of your own session, if you know it." },
      );
    }
  }
  if (latest !== undefined) return latest;
  throw new AgentError("usage", `There is no current session: none was started in "${context.cwd}".`, {
    hint: whereLooked ?? "`opper-agent sessions` lists the sessions of other directories.",
  });
}
