/** What fills the last prompt of records that a test wrote down. */
import { agentWithLogs, loadSource } from "../../src/agents/agents.ts";
import type { FoundLog, LogReader } from "../../src/scan/logs/log_reader.ts";
import { readLastPrompt } from "../../src/scan/logs/read_prompts.ts";
import { takeAllSteps } from "../../src/scan/logs/take_steps.ts";

/**
 * @param agent Id of who wrote them
 * @param until Milliseconds: leaves out what happened later
 * @returns `kind tool tokens~split xcount` of each part, the largest first, and behind them why measuring began anew
 */
export async function promptPartsOf(
  agent: string,
  records: readonly unknown[],
  relativePath = "log.jsonl",
  until = Infinity,
): Promise<readonly string[] | undefined> {
  const { promptLog } = agentWithLogs(agent);
  const reader = {
    *read(_log, _wanted, _from, sink) {
      for (const [place, record] of records.entries()) sink.record(record, place);
      yield 0;
      return { nextOffset: 0, fingerprint: "", bytesRead: 0 };
    },
  } satisfies Pick<LogReader, "read">;
  const log: FoundLog = {
    path: `/home/${relativePath}`,
    relativePath,
    size: 0,
    mtimeMs: 0,
    ctimeMs: 0,
    inode: 0,
    compressed: false,
  };
  const means = { source: await loadSource(agent), reader: reader as unknown as LogReader };
  const prompt = takeAllSteps(readLastPrompt(means, await promptLog!(), log, { until }));
  if (prompt === undefined) return undefined;
  const { parts, window, since } = prompt;
  return [
    ...parts.map(({ kind, tool, tokens, splitTokens, count }) =>
      [kind, ...tool === undefined ? [] : [tool], splitTokens > 0 ? `${tokens}~${splitTokens}` : tokens, `x${count}`]
        .join(" ")
    ),
    ...window === undefined ? [] : [`window ${window}`],
    ...since === undefined ? [] : [since.why],
  ];
}
