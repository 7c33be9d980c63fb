/** What the last prompt of a session is made of: looks for it in the session's logs. */
import { agentWithLogs } from "../../../agents/agents.ts";
import type { EpochMs } from "../../../core/model.ts";
import type { SessionReport } from "../../../core/session_report.ts";
import { loadMeans } from "../../logs/log_means.ts";
import { type LastPrompt, readLastPrompt } from "../../logs/read_prompts.ts";
import { takeSteps } from "../../logs/take_steps.ts";
import { type LogTurnsParts, unreadableLog } from "../log_turns.ts";

/** As `lastPrompt` of UsageIndex says. */
export async function readLatestPrompt(
  { discovery, pause }: Pick<LogTurnsParts, "discovery" | "pause">,
  { sessionId, files }: Pick<SessionReport, "sessionId" | "files">,
  lastAt: EpochMs,
  until: EpochMs,
): Promise<LastPrompt | undefined> {
  const logs = new Map(discovery.files.map((log) => [log.file.path, log]));
  let latest: LastPrompt | undefined;
  for (const path of files) {
    if (latest !== undefined && latest.at >= lastAt) break;
    const log = logs.get(path);
    const promptLog = log && await agentWithLogs(log.source.id).promptLog?.();
    if (log === undefined || promptLog === undefined) continue;
    const means = await loadMeans(log.source.id, log.file);
    const outcome = await takeSteps(readLastPrompt(means, promptLog, log.file, { sessionId, until }), async () => {
      await pause?.();
    });
    if ("error" in outcome) throw unreadableLog(path, outcome.error);
    const found = outcome.value;
    if (found !== undefined && (latest === undefined || found.at > latest.at)) latest = found;
  }
  return latest;
}
