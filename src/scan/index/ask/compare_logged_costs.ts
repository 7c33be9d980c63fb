/**
 * Session by session: what the tool itself says that it cost, and what its turns add up to. Reads every log that has such a
 * figure, for `doctor --costs` alone.
 */
import { isRecorded } from "../../../core/cost/cost.ts";
import { type DifferenceCause, explainDifference, type ToolModelCost } from "../../../core/cost/compare_costs.ts";
import type { Usd } from "../../../core/model.ts";
import type { SessionTurn } from "../../../core/rollup.ts";
import type { Session } from "../../../core/session.ts";
import { doubtOf, SessionNeighbours } from "../../../core/cost/tool_total.ts";
import type { Discovery } from "../../logs/discover.ts";
import { loadMeans } from "../../logs/log_means.ts";
import type { IndexStore } from "../tables/store.ts";
import type { LogTurns } from "../log_turns.ts";
import type { PriceSource } from "../sums/make_session.ts";
import { takeAllSteps } from "../../logs/take_steps.ts";
import { readStoredSessions } from "../tables/sessions.ts";

/** What a tool says that a session cost, beside what its turns cost. */
export interface CostComparison {
  readonly source: string;
  readonly sessionId: string;
  readonly file: string;
  /**
   * `total`: the tool's own sum for the session. `bill`: what the provider charged, response by response. `estimate`: what
   * the tool computed, response by response.
   */
  readonly origin: "total" | "bill" | "estimate";
  readonly toolUsd: Usd;
  /**
   * By our count: of a total the cost of all turns, otherwise the list price of the turns that the tool priced. Undefined
   * where no price is known.
   */
  readonly usd?: Usd;
  readonly cause: DifferenceCause;
  readonly detail?: string;
}

/** An open index, its logs and its prices. */
export interface ComparisonParts {
  readonly store: IndexStore;
  readonly discovery: Discovery;
  readonly turns: LogTurns;
  readonly prices: PriceSource;
}

/**
 * The largest difference first, what cannot be compared last. Left out are sessions whose tool says nothing, and those whose
 * turns were deleted from their database.
 */
export async function compareLoggedCosts(parts: ComparisonParts): Promise<CostComparison[]> {
  const stored = readStoredSessions(parts.store);
  const neighbours = new SessionNeighbours(stored.map(({ session }) => session));
  const found: CostComparison[] = [];
  for (const { id, session } of stored) {
    const { basis } = session.rollup.cost;
    if (session.toolTotal === undefined && basis !== "reported" && basis !== "mixed") continue;
    const turns = (await parts.turns.readSession(id))?.filter(({ counted }) => counted);
    if (turns === undefined) continue;
    const compared = session.toolTotal === undefined
      ? await compareTurns(session, turns, parts.prices)
      : await compareTotal(session, neighbours, turns, session.toolTotal.usd, parts.discovery);
    if (compared !== undefined) found.push(compared);
  }
  const differenceOf = ({ toolUsd, usd }: CostComparison) => usd === undefined ? -1 : Math.abs(toolUsd - usd);
  return found.sort((a, b) => differenceOf(b) - differenceOf(a) || (a.sessionId < b.sessionId ? -1 : 1));
}

async function compareTotal(
  session: Session,
  neighbours: SessionNeighbours,
  turns: readonly SessionTurn[],
  toolUsd: Usd,
  discovery: Discovery,
): Promise<CostComparison> {
  const { cost, models } = session.rollup;
  const webSearches = turns.reduce((sum, { terms }) => sum + (terms?.webSearches ?? 0), 0);
  const logged = { usd: cost.usd, unpricedTurns: cost.unpricedTurns, webSearches, models };
  const { source, sessionId, file } = session;
  const explained = explainDifference(
    toolUsd,
    logged,
    await readToolRows(discovery, file),
    doubtOf(session, neighbours),
  );
  const usd = cost.basis === "none" && cost.unpricedTurns > 0 ? {} : { usd: cost.usd };
  return { source, sessionId, file, origin: "total", toolUsd, ...usd, ...explained };
}

/** Of the latest record in the log that has them. */
async function readToolRows(discovery: Discovery, path: string): Promise<readonly ToolModelCost[] | undefined> {
  const log = discovery.files.find(({ file }) => file.path === path);
  if (log === undefined) return undefined;
  const { source: { toolCosts }, reader } = await loadMeans(log.source.id, log.file);
  if (toolCosts === undefined) return undefined;
  let rows: readonly ToolModelCost[] | undefined;
  const record = (record: unknown) => {
    rows = toolCosts.read(record) ?? rows;
  };
  takeAllSteps(reader.read(log.file, { needles: [toolCosts.needle] }, undefined, { record, problem() {} }));
  return rows;
}

/** What the tool wrote beside its turns, and what the lists say of the same turns. */
async function compareTurns(
  { source, sessionId, file }: Session,
  turns: readonly SessionTurn[],
  prices: PriceSource,
): Promise<CostComparison | undefined> {
  const reported = turns.filter(isRecorded);
  if (reported.length === 0) return undefined;
  const book = await prices.bookFor(reported.map(({ model }) => model));
  let [toolUsd, usd, unpriced, bills] = [0, 0, 0, 0];
  for (const turn of reported) {
    const listed = book.costOf(turn.model, turn.usage, turn.at, turn);
    if (listed === undefined) {
      unpriced++;
      continue;
    }
    toolUsd += turn.reported!.usd;
    usd += listed;
    if (turn.reported!.isBill) bills++;
  }
  const origin = bills > 0 ? "bill" : "estimate";
  if (unpriced === reported.length) {
    toolUsd = reported.reduce((sum, turn) => sum + turn.reported!.usd, 0);
    return { source, sessionId, file, origin, toolUsd, cause: "unpriced" };
  }
  const isEqual = Math.abs(toolUsd - usd) < 1e-6;
  const cause = isEqual ? "equal" : bills > 0 ? "bill" : "other_prices";
  const detail = unpriced === 0 ? {} : { detail: `${unpriced} turns without a list price are left out` };
  return { source, sessionId, file, origin, toolUsd, usd, cause, ...detail };
}
