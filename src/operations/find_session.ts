/** Finds the session that somebody means: by id, by the start of an id, by log file, or the latest. */
import { AgentError } from "../core/errors.ts";
import type { IndexedSession } from "../scan/session_index.ts";
import type { OperationContext } from "./context.ts";
import { sortSessions } from "./session_filter.ts";

/**
 * @param wanted An id, a unique prefix of one, a path, or `latest`
 * @throws {AgentError} usage, when nothing or more than one session is meant; the latter lists the candidates
 */
export function findSession(
  all: readonly IndexedSession[],
  wanted: string,
  context: OperationContext,
): IndexedSession {
  if (wanted === "latest") {
    const [latest] = sortSessions(all, "last");
    if (latest !== undefined) return latest;
    throw new AgentError("usage", "There is no session yet.", { hint: "`opper-agent doctor` says where was looked." });
  }
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
  throw new AgentError("usage", `No session "${wanted}": expected an id, the start of one, a log file, or latest.`, {
    hint: "`opper-agent sessions` lists them.",
  });
}
