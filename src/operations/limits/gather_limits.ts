/** All that this machine's files let on about the limits of plans: logs, what a status line was told, and settings. */
import { AGENTS } from "../../agents/agents.ts";
import type { LimitFinding } from "../../agents/limit_log.ts";
import { KEPT_LIMITS_FILE, parseKeptRecords } from "../../core/limits/kept_records.ts";
import type { FoundLimits, LimitRecord, LimitRefusal } from "../../core/limits/limit_record.ts";
import type { Machine } from "../../core/machine.ts";
import type { Diagnostic, EpochMs } from "../../core/model.ts";
import type { UsageIndex } from "../../scan/index/usage_index.ts";
import type { OperationContext } from "../contract/context.ts";

/** Of whom, and around which time. */
export interface LimitsQuestion {
  readonly now: EpochMs;
  /** Ids of agents. @default all */
  readonly sources?: readonly string[];
}

/** Records of later times are among them. */
export async function gatherLimits(
  scan: Pick<UsageIndex, "limits">,
  { now, sources }: LimitsQuestion,
  context: Pick<OperationContext, "account" | "stateDirectory" | "now">,
): Promise<FoundLimits> {
  const { machine } = context.account;
  const isAsked = ({ source }: { readonly source: string }) => sources === undefined || sources.includes(source);
  const [logs, kept, settings] = [
    await scan.limits({ now }, sources),
    readLimitsFile(machine, context.stateDirectory),
    await readSettings(machine, context.now, sources),
  ];
  return {
    records: [...logs.records, ...kept.records.filter(isAsked), ...settings.records],
    refusals: withoutCopies(logs.refusals),
    problems: [...logs.problems, ...kept.problems, ...settings.problems],
  };
}

/** What the status line was told, and kept. */
export interface KeptLimits extends Pick<FoundLimits, "records" | "problems"> {
  /** Absolute path of the file. It need not be there. */
  readonly path: string;
}

/** Of a file that cannot be read there are no records. */
export function readLimitsFile(machine: Machine, stateDirectory: string): KeptLimits {
  const path = machine.join(stateDirectory, KEPT_LIMITS_FILE);
  const text = machine.readTextFile(path);
  if (text === undefined) {
    const isThere = machine.namesIn(stateDirectory).includes(KEPT_LIMITS_FILE);
    return { path, records: [], problems: isThere ? [{ path, message: "The kept limits cannot be read." }] : [] };
  }
  const agents = new Map(AGENTS.map((agent) => [agent.id, agent]));
  const { records, problems } = parseKeptRecords(text, (source) => agents.get(source)?.limitAccount?.(machine));
  return { path, records, problems: problems.map((problem) => ({ path, ...problem })) };
}

async function readSettings(
  machine: Machine,
  readAt: EpochMs,
  sources: readonly string[] | undefined,
): Promise<Pick<FoundLimits, "records" | "problems">> {
  const records: LimitRecord[] = [];
  const problems: Diagnostic[] = [];
  for (const agent of AGENTS) {
    if (sources?.includes(agent.id) === false) continue;
    for (const { path, needle, read } of await agent.limitFiles?.(machine) ?? []) {
      const text = machine.readTextFile(path);
      if (text === undefined || !text.includes(needle)) continue;
      const { records: found = [], faults = [] }: LimitFinding = read(text, readAt);
      records.push(...found);
      problems.push(...faults.map((message) => ({ path, message })));
    }
  }
  return { records, problems };
}

/** A session that is gone on with elsewhere begins with what the other one was told. */
function withoutCopies(refusals: readonly LimitRefusal[]): readonly LimitRefusal[] {
  const known = new Map(refusals.map((refusal) => {
    const { source, account, at, window } = refusal;
    return [JSON.stringify([source, account, at, window]), refusal];
  }));
  return [...known.values()];
}
