/** An up-to-date index, open for questions. Made by openIndex (index/open_index.ts); close it when done. */
import type { LearnedLifetime } from "../../core/cache/strategy.ts";
import type { SurvivalCurve } from "../../core/cache/survival_curve.ts";
import type { FoundLimits } from "../../core/limits/limit_record.ts";
import type { SessionTurn } from "../../core/rollup.ts";
import type { Diagnostic, EpochMs } from "../../core/model.ts";
import type { AsOf } from "./as_of.ts";
import { describePrices } from "../prices/describe_prices.ts";
import type { CostComparison } from "./ask/compare_logged_costs.ts";
import type { Root } from "../logs/discover.ts";
import { closeStores } from "../logs/open_stores.ts";
import { markContent, markSessions } from "./ask/index_marks.ts";
import { LastExplained } from "./ask/last_explained.ts";
import type { KnownResponses } from "./ask/count_known.ts";
import type { IndexHealth } from "./ask/check_index.ts";
import type { SessionLister } from "./ask/list_sessions.ts";
import type { ExplainedTurn } from "./ask/explain_session.ts";
import type { BilledTurn } from "./ask/bill_session.ts";
import type { LastPrompt } from "../logs/read_prompts.ts";
import type { LogTurns } from "./log_turns.ts";
import type { PriceSource } from "./sums/make_session.ts";
import type { SessionMiss } from "./ask/usage_in_range.ts";
import type { UsageReader } from "./ask/usage_reader.ts";
import type { IndexedSession } from "./ask/lazy_report.ts";
import type { SessionWriter } from "./ask/session_writer.ts";
import { readSessionRows, reportSessions, type SessionRows } from "./tables/sessions.ts";
import type { SpokenText } from "../../agents/formats/spoken_text.ts";
import type { BucketRange, UsageBucket } from "./sums/usage_buckets.ts";
import { hasAskable } from "./tables/versions.ts";
import type { UsageIndexParts } from "./usage_index_parts.ts";

export class UsageIndex {
  /** Sentences for people that belong under every answer. */
  readonly notes: readonly string[] = [];
  readonly #parts: UsageIndexParts;
  #turns: LogTurns | undefined;
  /** How many sessions were left out of those of a time in the past, by that. */
  readonly #leftOut = new Map<EpochMs, number>();
  #isSaved = false;
  #learned: readonly LearnedLifetime[] | undefined;
  #rows: SessionRows | undefined;
  #usage: UsageReader | undefined;
  #writer: SessionWriter | undefined;
  readonly #explained = new LastExplained();

  constructor(parts: UsageIndexParts) {
    this.#parts = parts;
  }

  /** What reads logs takes as long to load as a fifth of an answer that needs none. */
  async #openTurns(): Promise<LogTurns> {
    const { LogTurns } = await import("./log_turns.ts");
    return this.#turns ??= new LogTurns(this.#parts);
  }

  /** Whether what the scan found is still to be written, see `savesLast` of OpenIndexOptions. */
  get isUnsaved(): boolean {
    return !this.#isSaved && this.#parts.unsaved !== undefined;
  }

  /** Writes what the scan found, if that is still to be done. Others wait for it: before all that takes long. */
  #save(): void {
    if (this.#isSaved) return;
    this.#isSaved = true;
    this.#parts.unsaved?.save();
  }

  close(): void {
    closeStores();
    try {
      this.#save();
      this.#writer?.save();
      this.#usage?.save();
    } finally {
      this.#parts.evidence?.close();
      this.#parts.index.close();
    }
  }

  /**
   * After something failed that no log explains: has the next scan look at all of the index before it is believed.
   *
   * @returns false when there is none to be doubted
   */
  distrust(): boolean {
    if (!this.#isSaved) this.#parts.store.rollback();
    this.#isSaved = true;
    return this.#parts.index.distrust();
  }

  get roots(): readonly Root[] {
    return this.#parts.discovery.roots;
  }

  /** Roots that are there and could not be looked into, with why. */
  get unreadableRoots(): readonly Diagnostic[] {
    const paths = new Set(this.roots.map(({ path }) => path));
    return this.#parts.problems.filter(({ path }) => paths.has(path));
  }

  get files(): number {
    return this.#parts.discovery.files.length;
  }

  get bytes(): number {
    return this.#parts.discovery.files.reduce((sum, { file }) => sum + file.size, 0);
  }

  get priceData() {
    return describePrices(this.#parts.prices);
  }

  async sessions({ now, isPast }: AsOf): Promise<IndexedSession[]> {
    const { store, prices, discovery } = this.#parts;
    if (!isPast) {
      // Of most of them more is read when it is asked for.
      store.keep();
      this.#rows ??= readSessionRows(store, discovery, this.isUnsaved ? this.#parts.unsaved!.sessions : undefined);
      return reportSessions(this.#rows, now);
    }
    const { readPastSessions } = await import("./ask/past_sessions.ts");
    const { sessions, leftOut } = await readPastSessions(store, await this.#openTurns(), prices, now);
    this.#leftOut.set(now, leftOut);
    return [...sessions];
  }

  /** Differs, as far as anybody can tell, when any answer about sessions or their turns does; and costs next to nothing. */
  contentMark(): string {
    const { store } = this.#parts;
    store.keep();
    return [...this.roots.map(({ files, bytes }) => `${files} ${bytes}`), this.problems, markContent(store)].join(" ");
  }

  /** See {@linkcode markSessions}. */
  sessionMarks(): ReadonlyMap<number, number> {
    this.#parts.store.keep();
    return markSessions(this.#parts.store);
  }

  /** All sessions as they stand now, for who goes through them one by one. */
  async sessionLister(): Promise<SessionLister> {
    this.#parts.store.keep();
    return (await import("./ask/list_sessions.ts")).listerOf(this.#parts.store);
  }

  /** How many {@linkcode sessions} left out: they were deleted from their databases, so that a time in the past is not known. */
  leftOut({ now, isPast }: AsOf): number {
    return isPast ? this.#leftOut.get(now) ?? 0 : 0;
  }

  /** What writes the JSON of those that {@linkcode sessions} gave. Undefined for a time in the past. */
  async sessionWriter({ isPast }: AsOf): Promise<SessionWriter["write"] | undefined> {
    if (isPast || this.#rows === undefined) return undefined;
    const { SessionWriter } = await import("./ask/session_writer.ts");
    this.#writer ??= new SessionWriter(this.#parts, this.#rows);
    return this.#writer.write;
  }

  /** What pauses are kept in is loaded when it is asked for. */
  async lifetimes({ now, isPast }: AsOf): Promise<readonly LearnedLifetime[]> {
    if (isPast) return (await import("./ask/past_lifetimes.ts")).readPastLifetimes(this.#parts.store, now);
    return this.#learned ??= (await import("./tables/gaps.ts")).readLifetimes(this.#parts.store);
  }

  /** The pauses that {@linkcode lifetimes} are learned from, as curves, in the same order. */
  async survivalCurves({ now, isPast }: AsOf): Promise<readonly SurvivalCurve[]> {
    const { store } = this.#parts;
    const { traceCurves } = await import("../../core/cache/survival_curve.ts");
    if (isPast) return traceCurves((await import("./ask/past_lifetimes.ts")).readPastPools(store, now));
    return traceCurves((await import("./tables/gaps.ts")).readPools(store));
  }

  async usageBuckets(range: BucketRange): Promise<readonly UsageBucket[]> {
    return await (await this.#openUsage()).buckets(range);
  }

  /** {@linkcode usageBuckets} for who adds them up: see {@linkcode foldUsage} of ask/fold_usage.ts. */
  async foldUsage<Sums>(
    range: BucketRange,
    begin: () => Sums,
    add: (sums: Sums, bucket: UsageBucket) => void,
  ): Promise<Sums> {
    return await (await this.#openUsage()).fold(range, begin, add);
  }

  /** Lost caches of a range, one by one. */
  async misses(range: BucketRange): Promise<readonly SessionMiss[]> {
    return await (await this.#openUsage()).misses(range);
  }

  async #openUsage(): Promise<UsageReader> {
    const { UsageReader } = await import("./ask/usage_reader.ts");
    return this.#usage ??= new UsageReader(this.#parts, () => this.#openTurns());
  }

  /**
   * The turns in a session's logs, copied history included. Undefined where some were deleted from their database.
   *
   * @param session `id` of an IndexedSession
   * @throws {UnreadableLogError}
   */
  async turnsOf(session: number): Promise<readonly SessionTurn[] | undefined> {
    return await (await this.#openTurns()).readSession(session);
  }

  /** The session's own turns in order of time, each with hit or miss and why. Undefined as {@linkcode turnsOf} is. */
  async explainedTurns(session: number, asOf: AsOf): Promise<readonly ExplainedTurn[] | undefined> {
    const explain = async () => {
      const [{ explainLogs }, turns] = await Promise.all([import("./ask/explain_session.ts"), this.#openTurns()]);
      return await explainLogs(await turns.readSession(session), asOf, await this.lifetimes(asOf), this.#parts.prices);
    };
    return asOf.isPast ? await explain() : await this.#explained.read(session, explain);
  }

  /** As {@linkcode explainedTurns}, with totals among them, and what input cost then. @throws {UnreadableLogError} */
  async billedTurns(session: number, asOf: AsOf): Promise<readonly BilledTurn[] | undefined> {
    const [{ billSession }, turns] = await Promise.all([import("./ask/bill_session.ts"), this.#openTurns()]);
    return await billSession(await turns.readSession(session), await this.lifetimes(asOf), this.#parts.prices);
  }

  /** The lists, and the user's own prices. */
  get prices(): PriceSource {
    return this.#parts.prices;
  }

  /** What is known of responses that can be asked for. @param turns @default those of all logs, forks' copies left out */
  async evidenceOf(turns?: readonly Pick<ExplainedTurn, "responseId" | "evidence">[]): Promise<KnownResponses> {
    const { store, evidence } = this.#parts;
    // Most have none to ask about.
    const isAny = turns?.some(({ responseId }) => responseId !== undefined) ?? hasAskable(store);
    if (!isAny) return { turns: 0, found: 0, missing: 0 };
    return (await import("./ask/count_known.ts")).countKnown(store, evidence, turns);
  }

  /** What was said last in a log, oldest first. @param path `file` of a session */
  async texts(path: string, count: number, { now, isPast }: AsOf): Promise<SpokenText[]> {
    const { readLastTexts } = await import("./ask/last_texts.ts");
    return await readLastTexts(this.#parts.discovery, path, count, isPast ? now : Infinity);
  }

  /**
   * What the last prompt of a session's main chain is made of, of the session's logs that have one: of the latest.
   *
   * @param lastAt When its last response was: logs are read until one has it
   * @returns undefined where none has one
   * @throws {UnreadableLogError}
   */
  async lastPrompt(
    session: Pick<IndexedSession, "sessionId" | "files">,
    lastAt: EpochMs,
    asOf: AsOf,
  ): Promise<LastPrompt | undefined> {
    const { readLatestPrompt } = await import("./ask/latest_prompt.ts");
    return await readLatestPrompt(this.#parts, session, lastAt, asOf.isPast ? asOf.now : Infinity);
  }

  /** What logs let on about the limits of plans around a time. Reads those of some days. @param sources @default all */
  async limits({ now }: Pick<AsOf, "now">, sources?: readonly string[]): Promise<FoundLimits> {
    this.#save();
    return await (await import("./ask/find_limits.ts")).findLimits(this.#parts, now, sources);
  }

  /** How many problems scanning has found so far. */
  get problems(): number {
    const row = this.#parts.store.get<{ count: number }>("SELECT COUNT(*) AS count FROM problems");
    return (row?.count ?? 0) + this.#parts.problems.length;
  }

  /** What scanning has found so far. */
  async readProblems(): Promise<Diagnostic[]> {
    return (await import("./ask/list_problems.ts")).listProblems(this.#parts);
  }

  /** Reads every line of every log, the ones that hold nothing of interest too. Takes seconds for a gigabyte. */
  async verifyLogs(now: EpochMs): Promise<Diagnostic[]> {
    this.#save();
    const found = await (await import("../logs/verify_logs.ts")).verifyLogs(this.#parts.discovery, now);
    return (await import("./ask/list_problems.ts")).addFoundProblems(this.#parts, found);
  }

  /** What the tools themselves say that sessions cost, and what we say. Reads every log that has such a figure. */
  async compareCosts(): Promise<CostComparison[]> {
    this.#save();
    const parts = { ...this.#parts, turns: await this.#openTurns() };
    return await (await import("./ask/compare_logged_costs.ts")).compareLoggedCosts(parts);
  }

  /** @throws {IndexDamagedError} when it is damaged: the next scan makes it anew */
  async checkIndex(): Promise<IndexHealth> {
    this.#save();
    return await (await import("./ask/check_index.ts")).checkIndex(this.#parts);
  }
}
