/** The turns of logs that the index knows: read from the logs themselves, because the index keeps what they add up to. */
import { AgentError } from "../../core/errors.ts";
import type { EvidenceReader } from "../../core/evidence.ts";
import type { SessionFacts } from "../../core/model.ts";
import type { SessionTurn } from "../../core/rollup.ts";
import { type FileFold, foldLog } from "../logs/fold_log.ts";
import { loadMeans } from "../logs/log_means.ts";
import { LogUnfinishedError } from "../logs/log_reader.ts";
import type { Discovery } from "../logs/discover.ts";
import { readMissCostsOf } from "./tables/parts.ts";
import type { IndexStore } from "./tables/store.ts";
import { addPricedTurns } from "./sums/add_priced_turns.ts";
import { priceTurns } from "./sums/digest_log.ts";
import type { SessionSums } from "./sums/make_session.ts";
import { readDeletedPaths } from "./tables/deleted_logs.ts";
import { decodeMissCosts } from "./bytes/part_codec.ts";
import { decodeRollupState } from "./bytes/rollup_codec.ts";
import { decodeFacts } from "./sums/said_of_log.ts";
import { type PlacedTurn, turnsOfShare } from "./sums/shares.ts";
import { readSessionLogs, type SessionLog } from "./tables/logs.ts";
import type { Prices } from "../prices/prices.ts";
import { takeSteps, whyUnreadable } from "../logs/take_steps.ts";

type DiscoveredLog = Discovery["files"][number];

/** A log that the index knows, and whose turns cannot be read. */
export class UnreadableLogError extends AgentError {
  /** @param isUnfinished Whether it cannot be read this time alone */
  constructor(readonly path: string, readonly reason: string, readonly isUnfinished = false) {
    super("failed", `The log "${path}" changed while it was asked, and cannot be read: ${reason}.`, {
      hint: "Ask again. `opper-agent doctor` names logs that cannot be read at all.",
    });
  }
}

/** What is thrown for a log whose reading failed. */
export function unreadableLog(path: string, error: unknown): UnreadableLogError {
  return new UnreadableLogError(path, whyUnreadable(error), error instanceof LogUnfinishedError);
}

/** A log as the index has it, or a guest's share of one. */
export type LogShare = Pick<SessionLog, "path" | "guest" | "lost">;

/** A log of a session, with what the index leaves out of small ones. */
export interface CompleteLog extends Pick<SessionLog, "path" | "entangled"> {
  readonly facts: SessionFacts;
  /** Whether it was deleted from its database, so that its turns are gone. */
  readonly isDeleted: boolean;
  /** What its turns add up to. */
  addUp(): Promise<SessionSums>;
}

/** What a log adds up to that has just gone on. It does so until it is weighed otherwise, which its row then says. */
export interface ContinuedSums extends SessionSums, Pick<SessionLog, "lost" | "entangled" | "tied"> {}

/** An open index, and the logs that it was brought up to date with. */
export interface LogTurnsParts {
  readonly store: IndexStore;
  readonly discovery: Discovery;
  readonly prices: Prices;
  /** @default nothing is known of responses */
  readonly evidence?: Pick<EvidenceReader, "find">;
  /** Logs that this scan went on with, by their rows. @default all is read from the index */
  readonly continued?: ReadonlyMap<number, ContinuedSums>;
  /** Waited for every few steps, see OpenIndexOptions. */
  readonly pause?: () => Promise<void>;
}

export class LogTurns {
  readonly #parts: LogTurnsParts;
  #logs: ReadonlyMap<string, DiscoveredLog> | undefined;
  #deleted: ReadonlySet<string> | undefined;

  constructor(parts: LogTurnsParts) {
    this.#parts = parts;
  }

  async #fold(path: string): Promise<FileFold> {
    const log = this.#find(path);
    // Another process has put it into the index since.
    if (log === undefined) throw new UnreadableLogError(path, "it came after this scan had looked for logs");
    const { source, file } = log;
    const { evidence, pause } = this.#parts;
    const fold = foldLog(await loadMeans(source.id, file), file, undefined, { evidence });
    const outcome = await takeSteps(fold, async () => {
      await pause?.();
    });
    if ("error" in outcome) throw unreadableLog(path, outcome.error);
    return outcome.value;
  }

  /** As the log shows them, in its order. */
  async #readRecorded(path: string, guest: string): Promise<readonly PlacedTurn[]> {
    return turnsOfShare((await this.#fold(path)).turns, guest);
  }

  /**
   * Logs of a session with what the index leaves out of small ones.
   *
   * @throws {UnreadableLogError}
   */
  async complete(logs: readonly SessionLog[]): Promise<readonly CompleteLog[]> {
    return await Promise.all(logs.map(async (log) => {
      const { path, entangled, said, rollup } = log;
      const isDeleted = this.#isDeleted(path);
      if (said.length > 0 && rollup.length > 0) {
        const known = this.#parts.continued?.get(log.id);
        const isSame = known?.lost === log.lost && known.entangled === entangled && known.tied === log.tied;
        const readMisses = () =>
          log.hasParts === 0 ? decodeMissCosts(log.part) : readMissCostsOf(this.#parts.store, log.id);
        const addUp = () =>
          Promise.resolve(isSame ? known : { state: decodeRollupState(rollup), misses: readMisses() });
        return { path, entangled, isDeleted, facts: decodeFacts(said)!, addUp };
      }
      const fold = await this.#fold(log.path);
      if (fold.facts === undefined) throw new UnreadableLogError(log.path, "it no longer names a session");
      const turns = await priceTurns(turnsOfShare(fold.turns, log.guest), log.lost, this.#parts.prices);
      return {
        path,
        entangled,
        isDeleted,
        facts: fold.facts,
        addUp: async () => (await addPricedTurns(undefined, turns, this.#parts.prices))!,
      };
    }));
  }

  /**
   * In order of time, with their prices and whether they count. Undefined where they were deleted from their database.
   *
   * @throws {UnreadableLogError} so that what is missing is not taken for nothing
   */
  async read({ path, guest, lost }: LogShare): Promise<readonly SessionTurn[] | undefined> {
    if (this.#isDeleted(path)) return undefined;
    return await priceTurns(await this.#readRecorded(path, guest), lost, this.#parts.prices);
  }

  /**
   * All turns in a session's logs in order of time, copied history included (`counted` false). Undefined where some were
   * deleted from their database.
   *
   * @throws {UnreadableLogError}
   */
  async readSession(session: number): Promise<readonly SessionTurn[] | undefined> {
    const logs = readSessionLogs(this.#parts.store, session);
    if (logs.length === 1) return await this.read(logs[0]!);
    const turns: SessionTurn[] = [];
    if (logs.some(({ path }) => this.#isDeleted(path))) return undefined;
    for (const log of logs) for (const turn of (await this.read(log))!) turns.push(turn);
    // Several logs of one session may show the same turn, at times that differ: the one that counts stands for it.
    const best = new Map<string, SessionTurn>();
    for (const turn of turns.sort((a, b) => a.at - b.at)) {
      const known = best.get(turn.key);
      if (known === undefined || (!known.counted && turn.counted)) best.set(turn.key, turn);
    }
    return best.size === turns.length ? turns : turns.filter((turn) => best.get(turn.key) === turn);
  }

  #isDeleted(path: string): boolean {
    return (this.#deleted ??= readDeletedPaths(this.#parts.store)).has(path);
  }

  #find(path: string): DiscoveredLog | undefined {
    const { discovery } = this.#parts;
    if (discovery.find !== undefined) return discovery.find(path);
    this.#logs ??= new Map(discovery.files.map((log) => [log.file.path, log]));
    return this.#logs.get(path);
  }
}
