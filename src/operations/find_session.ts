/** Finds the session that somebody means: by id, by the start of an id, by log file, the latest, or the current one. */
import { AgentError } from "../core/errors.ts";
import { folderKey } from "../core/folder.ts";
import type { IndexedSession } from "../scan/lazy_report.ts";
import type { OperationContext } from "./context.ts";
import { sortSessions } from "./session_filter.ts";

/**
 * @param wanted An id, a unique prefix of one, a path, `latest`, or `current`: the session that we were started in, else
 * the latest of the working directory
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
      hint: whereLooked ?? "`opper-agent doctor` says where was looked.",
    });
  }
  if (wanted === "current") return findCurrent(all, context, whereLooked);
  const exact = all.filter(({ sessionId }) => sessionId === wanted);
  const candidates = exact.length > 0 ? exact : all.filter(({ sessionId }) => sessionId.startsWith(wanted));
  if (candidates.length === 1) return candidates[0]!;
  if (candidates.length > 1) {
    const listed = sortSessions(candidates, "last").slice(0, 10)
      .map(({ sessionId, source, cwd, file }) => `  ${sessionId}  ${source}  ${exact.length > 0 ? file : cwd ?? file}`);
    const more = candidates.length > 10 ? `\n  and ${candidates.length - 10} more` : "";
    throw new AgentError(
      "usage",
      `"${wanted}" is the start of ${candidates.length} session ids; expected one:\n${listed.join("\n")}${more}`,
      { hint: exact.length > 0 ? "Give the log file instead." : "Type more of the id." },
    );
  }
  const paths = context.resolvePath(wanted);
  const byFile = all.find((report) => report.files.some((log) => paths.includes(log)));
  if (byFile !== undefined) return byFile;
  throw new AgentError(
    "usage",
    `No session "${wanted}": expected an id, the start of one, a log file, latest, or current.`,
    { hint: whereLooked ?? LIST_HINT },
  );
}

const LIST_HINT = "`opper-agent sessions` lists them.";

/** A session that is named and not found is not replaced by another one: its figures would be taken for the current. */
function findCurrent(
  all: readonly IndexedSession[],
  context: OperationContext,
  whereLooked: string | undefined,
): IndexedSession {
  const { id, file } = context.currentSession ?? {};
  if (id !== undefined || file !== undefined) {
    const paths = file === undefined ? [] : context.resolvePath(file);
    const found = all.find(({ files }) => files.some((log) => paths.includes(log))) ??
      all.find(({ sessionId }) => sessionId === id);
    if (found !== undefined) return found;
    throw new AgentError("usage", `The current session, "${id ?? file}", has no log yet, or is kept in none.`, {
      hint: "A log begins with the first answer; `opper-agent sessions` lists those that have one.",
    });
  }
  const here = context.resolvePath(context.cwd).map(folderKey);
  const [latest] = sortSessions(all.filter(({ cwd }) => cwd !== undefined && here.includes(folderKey(cwd))), "last");
  if (latest !== undefined) return latest;
  throw new AgentError("usage", `There is no current session: none was started in "${context.cwd}".`, {
    hint: whereLooked ?? "`opper-agent sessions` lists the sessions of other directories.",
  });
}
