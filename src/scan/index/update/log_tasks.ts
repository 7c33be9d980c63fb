/** What is done with a log, or with logs that share turns, in whichever thread it is: what comes of it can be sent. */
import type { EvidenceReader } from "../../../core/evidence.ts";
import type { EpochMs } from "../../../core/model.ts";
import { type FileFold, foldLog } from "../../logs/fold_log.ts";
import { loadMeans } from "../../logs/log_means.ts";
import { type FoundLog, LogUnfinishedError } from "../../logs/log_reader.ts";
import { TurnTable } from "../../logs/turns/turn_table.ts";
import { takeSteps, whyUnreadable } from "../../logs/take_steps.ts";
import type { Prices } from "../../prices/prices.ts";
import { digestLog, type LogDigest } from "../sums/digest_log.ts";
import { factsOfGuest, OWN_SHARE, type PlacedTurn, turnsOfShare } from "../sums/shares.ts";
import { ownKeysOfTurns, type TurnKeys } from "../sums/turn_keys.ts";
import { setOfKeys } from "../tables/key_list.ts";
import type { KeptTurns, ReadTurns } from "./kept_turns.ts";
import { type SettledLog, settleLogs, type SharingLog, type ShownLog } from "./settle_logs.ts";
import { standIn } from "./stand_in.ts";

/** One log, to be read from its beginning. */
export interface FoldTask {
  /** Id of its source. */
  readonly source: string;
  readonly file: FoundLog;
}

/** Logs that share turns: which of them count is to be decided, and what each adds up to then. */
export interface SettleTask {
  readonly logs: readonly SharingTask[];
  /** What logs count that share turns with these, and cannot be read. @default nothing */
  readonly held?: readonly HeldTurns[];
}

/** One of these logs. */
export interface SharingTask extends SharingLog, FoldTask {
  /**
   * Identities of all turns of a log that says of none that another has it: it need not be read where these tell
   * (stand_in.ts). @default it is read
   */
  readonly ownKeys?: TurnKeys;
}

/** Turns of a log that counts some of them, or all, and cannot be read. */
export interface HeldTurns {
  readonly keys: TurnKeys;
  /**
   * Where others count some of them: since when what began later has copies of those that it counts itself. So has what says
   * that it copied them.
   *
   * @default it counts all of them
   */
  readonly since?: EpochMs;
}

/** What came of a {@linkcode SettleTask}. */
export interface Settlement {
  readonly settled: readonly SettledLog[];
  /** Logs that can no longer be read, and have no part in it. */
  readonly unreadable: readonly UnreadLog[];
}

/** A log of the index that could not be read. */
export interface UnreadLog {
  readonly id: number;
  readonly path: string;
  readonly error: string;
  /** Whether it could not be read this time alone, so that what was known of it counts. */
  readonly isUnfinished: boolean;
}

/** What is done, by kind: the task, and what comes of it. */
export interface TaskKinds {
  readonly fold: { readonly task: FoldTask; readonly result: LogDigest };
  readonly settle: { readonly task: SettleTask; readonly result: Settlement };
}

/** One of these kinds. */
export type TaskKind = keyof TaskKinds;

/** A list of tasks, of which each is asked for when it is taken. */
export type Tasks<K extends TaskKind> = Pick<readonly TaskKinds[K]["task"][], "length" | "at">;

/** What came of one task. */
export interface TaskOutcome<K extends TaskKind = TaskKind> {
  /** Place of the task. */
  readonly index: number;
  /** Absent when the log could not be read. */
  readonly result?: TaskKinds[K]["result"];
  /** Why not. */
  readonly error?: string;
  /** Whether it could not be read this time alone. */
  readonly isUnfinished?: boolean;
  /** Whether the thread that read the log has kept its turns, see {@linkcode KeptTurns}. */
  readonly isKept?: boolean;
  /** Whether the log says of no turn that another log or session has it. */
  readonly isOwn?: boolean;
}

/** Waited for every few steps, with how many bytes of a log have been read. */
export type OnLogStep = (bytes: number) => Promise<void>;

/** Whether one of its logs is compressed. */
export function hasCompressed(task: TaskKinds[TaskKind]["task"]): boolean {
  return "logs" in task ? task.logs.some(({ file }) => file.compressed) : task.file.compressed;
}

/** Bytes of the logs that it takes. */
export function bytesOf(task: TaskKinds[TaskKind]["task"]): number {
  if (!("logs" in task)) return task.file.size;
  return task.logs.reduce((sum, { file, ownKeys }) => ownKeys === undefined ? sum + file.size : sum, 0);
}

/** What the thread has that does it. */
export interface TaskMeans {
  readonly prices: Prices;
  /** @default nothing is known of responses */
  readonly evidence?: Pick<EvidenceReader, "find">;
  readonly onStep: OnLogStep;
  readonly kept: KeptTurns;
  /** For one log after the other. */
  readonly table: TurnTable;
}

/** Reads one. What cannot be read is told by its outcome. @param table Its own until it is added up */
export async function readFold(
  task: FoldTask,
  means: Pick<TaskMeans, "onStep" | "evidence">,
  table: TurnTable,
): Promise<{ readonly value: FileFold } | Pick<UnreadLog, "error" | "isUnfinished">> {
  const outcome = await readLog(task, means, table);
  return "error" in outcome ? unreadOf(outcome.error) : outcome;
}

/** What comes of a log that was read. */
export async function addUpFold(
  { source, file }: FoldTask,
  fold: FileFold,
  { prices, kept }: Pick<TaskMeans, "prices" | "kept">,
): Promise<Omit<TaskOutcome<"fold">, "index">> {
  const result = await digestLog(source, file, fold, prices);
  const isOwn = result.guests.length === 0 && !fold.table.showsOthers();
  return { result, isOwn, isKept: !isOwn && kept.keep(file.path, fold) };
}

/** What cannot be read is told by what comes of it. */
export async function settleSharing({ logs, held }: SettleTask, means: TaskMeans): Promise<Settlement> {
  const heldOf = held === undefined ? undefined : placesOf(held);
  const shown: ShownLog[] = [];
  const unreadable: Settlement["unreadable"][number][] = [];
  const show = async (some: readonly SharingTask[]) => {
    for (const { ownKeys: _, file, ...log } of some) {
      const kept = means.kept.of(log.path);
      const outcome = kept === undefined ? await readLog({ source: log.source, file }, means) : { value: kept };
      if ("value" in outcome) {
        const share = showShare(outcome.value, log);
        shown.push({ ...log, ...share, held: heldOf?.(log.source, share) });
      } else unreadable.push({ id: log.id, path: log.path, ...unreadOf(outcome.error) });
    }
  };
  const [own, others] = held === undefined ? partOwn(logs) : [[], logs];
  await show(others);
  const standIns = own.length === 0 ? [] : standIn(own, shown);
  const settled = standIns && await settleLogs(shown, standIns, means.prices, means.table);
  if (settled !== undefined) return { settled, unreadable };
  await show(own);
  return { settled: (await settleLogs(shown, [], means.prices, means.table))!, unreadable };
}

type OwnLog = SharingTask & Required<Pick<SharingTask, "ownKeys">>;

function partOwn(logs: readonly SharingTask[]): readonly [own: readonly OwnLog[], others: readonly SharingTask[]] {
  const isOwn = (log: SharingTask): log is OwnLog => log.ownKeys !== undefined;
  return [logs.filter(isOwn), logs.filter((log) => !isOwn(log))];
}

type Share = Pick<ShownLog, "turns" | "session" | "startedAt" | "facts">;

/** Finds the turns that others count which cannot be read. */
function placesOf(held: readonly HeldTurns[]): (source: string, share: Share) => ReadonlySet<number> {
  const all = held.map(({ keys, since }) => ({ keys: setOfKeys(keys), since }));
  return (source, { turns, startedAt = Infinity }) => {
    const isHeld = (placed: PlacedTurn) => {
      const own = setOfKeys(ownKeysOfTurns(source, [placed]));
      return all.some(({ keys, since }) =>
        own.isSubsetOf(keys) && (since === undefined || placed.turn.copied === true || startedAt > since)
      );
    };
    return new Set(turns.keys().filter((place) => isHeld(turns[place]!)));
  };
}

function unreadOf(error: unknown): Pick<UnreadLog, "error" | "isUnfinished"> {
  return { error: whyUnreadable(error), isUnfinished: error instanceof LogUnfinishedError };
}

function showShare(
  { turns, facts }: ReadTurns,
  { source, guest }: Pick<SettleTask["logs"][number], "source" | "guest">,
): Share {
  const shown = turnsOfShare(turns, guest);
  const said = guest === OWN_SHARE ? facts : factsOfGuest(guest, shown, facts);
  if (said === undefined) return { turns: shown, session: null, startedAt: undefined, facts: undefined };
  const { sessionId, discriminator = "", startedAt } = said;
  const session = JSON.stringify([source, sessionId, discriminator]);
  return { turns: shown, session, startedAt, facts: guest === OWN_SHARE ? facts : undefined };
}

async function readLog(
  { source, file }: FoldTask,
  { onStep, evidence }: Pick<TaskMeans, "onStep" | "evidence">,
  table = new TurnTable(),
) {
  return await takeSteps(foldLog(await loadMeans(source, file), file, undefined, { table, evidence }), onStep);
}
