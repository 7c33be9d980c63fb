/**
 * The sums that the index keeps of one log. Its turns stay in the log itself. Made in the thread
 * that folded the log, in a form that goes from thread to thread and into the index as it is.
 */
import { type EpochMs, isSameModel, type ModelRef, type SessionFacts } from "../../../core/model.ts";
import { needsSavingsPrice, savedByCache } from "../../../core/cost/cache_savings.ts";
import { needsPrice, type PriceBook, turnCost } from "../../../core/cost/cost.ts";
import type { AddedTurns, RollupState, SessionTurn } from "../../../core/rollup.ts";
import type { FoundFile } from "../../../host/walk_files.ts";
import type { FileFold } from "../../logs/fold_log.ts";
import type { TurnTable } from "../../logs/turns/turn_table.ts";
import { isCounted } from "./ownership.ts";
import { addPricedTurns } from "./add_priced_turns.ts";
import { makeSession, mergeFacts, type PriceSource } from "./make_session.ts";
import { factsOfGuest, guestsOf, OWN_SHARE, type PlacedTurn, turnsOfShare } from "./shares.ts";
import type { Prices } from "../../prices/prices.ts";
import { hasMisses, sessionOfRows } from "./session_of_rows.ts";
import { encodeSession, type SessionColumns } from "./stored_session.ts";
import { sumTable } from "./sum_table.ts";
import { hashIdentities, keysOfTurns, type TurnKeys } from "./turn_keys.ts";
import { makeBuckets } from "./usage_buckets.ts";
import { encodePart } from "../bytes/part_codec.ts";
import { encodeRollupState } from "../bytes/rollup_codec.ts";
import { encodeSaid } from "./said_of_log.ts";
import type { Bytes } from "../tables/store.ts";

/** What a log's turns add up to, as bytes. */
export interface LogSums {
  /** Made by `encodeRollupState`. Empty for a small log. */
  readonly rollup: Bytes;
  /** Idle times, and sums by quarter of an hour: made by `encodePart`. */
  readonly part: Bytes;
  /** Of those that count or do not; null without turns. */
  readonly lastTurnAt: EpochMs | null;
}

/** What is found in a log that was read from its beginning. */
export interface LogDigest
  extends LogSums, Pick<FileFold, "nextOffset" | "nextSeq" | "fingerprint" | "problems" | "askable"> {
  readonly facts: SessionFacts | undefined;
  /** These, and what the source needs to go on: see said_of_log.ts. Empty for a small log, as its fingerprint mostly is. */
  readonly said: Bytes;
  readonly keys: TurnKeys;
  /** The session as it is if this is its only log and all turns count; undefined when that takes more to say. */
  readonly alone: SessionColumns | undefined;
  /** What it shows of other sessions, which is not in the sums above. */
  readonly guests: readonly GuestDigest[];
}

/** Another session's share of a log. */
export interface GuestDigest extends LogSums, Pick<LogDigest, "keys" | "said"> {
  readonly facts: SessionFacts;
}

const NOTHING: Bytes = new Uint8Array(0);

export async function digestLog(
  source: string,
  file: Pick<FoundFile, "path" | "size" | "ctimeMs">,
  fold: FileFold,
  prices: Prices,
): Promise<LogDigest> {
  const { table, facts } = fold;
  // Nothing is waited for where prices are at hand, as they are but for the first logs. Behind what is waited for another log
  // may have been added up.
  const sums = sumTable(table, prices);
  if (sums instanceof Promise) {
    await sums;
    return await digestLog(source, file, fold, prices);
  }
  if (sums === undefined) return await digestTurns(source, file, fold, prices);
  const { part, rollup, lastAt } = sums;
  const isSmall = isSmallLog(file, fold, hasMisses());
  const alone = facts && sessionOfRows(source, table, { path: file.path, facts, isSmall }, prices);
  if (alone !== undefined && "provider" in alone) {
    await prices.bookFor([alone]);
    return await digestLog(source, file, fold, prices);
  }
  const keys = hashIdentities(source, table, table.delegations());
  return digestOf(file, fold, isSmall, { keys, alone, rollup, part, lastTurnAt: lastTurnOf({ lastAt }), guests: [] });
}

/** Of what rows do not say. */
async function digestTurns(
  source: string,
  file: Pick<FoundFile, "path" | "size" | "ctimeMs">,
  fold: FileFold,
  prices: Prices,
): Promise<LogDigest> {
  const guestIds = guestsOf(fold.turns);
  const own = guestIds.length === 0 ? fold.turns : turnsOfShare(fold.turns, OWN_SHARE);
  const turns = await priceTurns(own, "", prices);
  const { state, samples, misses } = (await addPricedTurns(undefined, turns, prices))!;
  const guests: GuestDigest[] = [];
  for (const guest of guestIds) {
    const shown = turnsOfShare(fold.turns, guest);
    const sums = await sumTurns(await priceTurns(shown, "", prices), prices);
    const facts = factsOfGuest(guest, shown, fold.facts);
    guests.push({ ...sums, keys: keysOfTurns(source, shown), facts, said: encodeSaid(facts) });
  }
  const part = encodePart(samples, makeBuckets(turns, misses), misses);
  const isSmall = isSmallLog(file, fold, misses.length > 0);
  const rollup = isSmall ? NOTHING : encodeRollupState(state);
  const alone = fold.facts === undefined
    ? undefined
    : await sessionOfLog(source, { path: file.path, isSmall }, fold.facts, { state, misses }, prices);
  const keys = keysOfTurns(source, own);
  return digestOf(file, fold, isSmall, { guests, keys, alone, rollup, part, lastTurnAt: lastTurnOf(state) });
}

/** What may not be readable when it is asked for again is kept, however little it is, and so is what misses are priced by. */
function isSmallLog({ size }: Pick<FoundFile, "size">, { isRewritten }: FileFold, hasMisses: boolean): boolean {
  return size <= SMALL_BYTES && !isRewritten && !hasMisses;
}

function digestOf(
  { ctimeMs }: Pick<FoundFile, "ctimeMs">,
  fold: FileFold,
  isSmall: boolean,
  { keys, alone, rollup, part, lastTurnAt, guests }: Pick<LogDigest, "keys" | "alone" | "guests"> & LogSums,
): LogDigest {
  return {
    guests,
    nextOffset: fold.nextOffset,
    nextSeq: fold.nextSeq,
    // One that is not settled (discover.ts) is compared with it.
    fingerprint: isSmall && ctimeMs >= 0 ? "" : fold.fingerprint,
    problems: fold.problems,
    askable: fold.askable,
    said: isSmall ? NOTHING : encodeSaid(fold.facts, fold.state),
    facts: fold.facts,
    keys,
    alone,
    rollup: isSmall ? NOTHING : rollup,
    part,
    lastTurnAt,
  };
}

/**
 * A log of a turn or two. Of one that is no longer the index leaves out what is read from the log itself as fast: what its
 * source needs to go on, what it says of its session, and its sums. It is read from its beginning when it has grown.
 */
const SMALL_BYTES = 4096;

async function sessionOfLog(
  source: string,
  { path, isSmall }: { readonly path: string; readonly isSmall: boolean },
  facts: SessionFacts,
  added: AddedTurns,
  prices: Prices,
): Promise<SessionColumns | undefined> {
  const session = await makeSession(source, mergeFacts([{ path, facts }]), added, prices, Infinity);
  return encodeSession(session, !isSmall);
}

/** @param turns One log's, in order of time */
async function sumTurns(turns: readonly SessionTurn[], prices: PriceSource): Promise<LogSums> {
  const { state, samples, misses } = (await addPricedTurns(undefined, turns, prices))!;
  return {
    rollup: encodeRollupState(state),
    part: encodePart(samples, makeBuckets(turns, misses), misses),
    lastTurnAt: lastTurnOf(state),
  };
}

/**
 * The same of turns of which others may count some.
 *
 * @param turns In the order in which the log shows them
 * @param lost Which do not count, see `resolveOwnership`
 * @param table Is filled with them
 */
export async function sumPlaced(
  turns: readonly PlacedTurn[],
  lost: string,
  prices: PriceSource,
  table: TurnTable,
): Promise<LogSums> {
  table.begin();
  for (const { turn } of turns) table.add(turn);
  const sums = table.length === turns.length ? await sumTable(table, prices, lost) : undefined;
  if (sums === undefined) return await sumTurns(await priceTurns(turns, lost, prices), prices);
  return { rollup: sums.rollup, part: sums.part, lastTurnAt: lastTurnOf(sums) };
}

/** Asked for without reading the rollup: it stands beside it. */
export function lastTurnOf({ lastAt }: Pick<RollupState, "lastAt">): EpochMs | null {
  return Number.isFinite(lastAt) ? lastAt : null;
}

/**
 * The turns with their prices, and whether they count, in order of time.
 *
 * @param lost Which of them do not count, see `resolveOwnership`
 */
export async function priceTurns(
  turns: readonly PlacedTurn[],
  lost: string,
  prices: PriceSource,
): Promise<readonly SessionTurn[]> {
  const unpriced = turns.filter(({ turn }) => needsPrice(turn) || needsSavingsPrice(turn)).map(({ turn }) =>
    turn.model
  );
  const book: PriceBook | undefined = unpriced.length === 0 ? undefined : await prices.bookFor(unpriced);
  let model: ModelRef | undefined;
  const priced = turns.map(({ seq, turn }): SessionTurn => {
    const { usd, basis, atStandardRate } = turnCost(turn, book);
    const savedUsd = savedByCache(turn, usd, book);
    // One object for neighbours of one model: what adds them up need not look at names.
    if (model === undefined || !isSameModel(model, turn.model)) model = turn.model;
    const priced: { -readonly [Field in keyof SessionTurn]: SessionTurn[Field] } = {
      key: turn.key,
      at: turn.at,
      endedAt: turn.endedAt,
      model,
      usage: turn.usage,
      chain: turn.chain,
      reported: turn.reported,
      requestedTtlMs: turn.requestedTtlMs,
      afterCompaction: turn.afterCompaction ?? false,
      usd,
      basis,
      counted: isCounted(lost, seq),
    };
    // What few turns have makes all of them larger when it is there as nothing.
    if (turn.keepsWarm) priced.keepsWarm = true;
    if (turn.requests !== undefined) priced.requests = turn.requests;
    if (turn.terms !== undefined) priced.terms = turn.terms;
    if (turn.missReason !== undefined) priced.missReason = turn.missReason;
    if (turn.cacheExpiresAt !== undefined) priced.cacheExpiresAt = turn.cacheExpiresAt;
    if (turn.responseId !== undefined) priced.responseId = turn.responseId;
    if (turn.evidence !== undefined) priced.evidence = turn.evidence;
    if (turn.total !== undefined) priced.total = turn.total;
    if (savedUsd !== undefined) priced.savedUsd = savedUsd;
    if (atStandardRate) priced.atStandardRate = true;
    if (turn.copied) priced.copied = true;
    if (turn.originalKey !== undefined) priced.otherKeys = { original: turn.originalKey };
    else if (turn.replay && turn.replayKey !== undefined) priced.otherKeys = { replay: turn.replayKey };
    return priced;
  });
  // Turns of one time stay in the order in which the log shows them.
  return isInOrder(priced) ? priced : priced.sort((a, b) => a.at - b.at);
}

function isInOrder(turns: readonly SessionTurn[]): boolean {
  return turns.every(({ at }, index) => index === 0 || turns[index - 1]!.at <= at);
}
