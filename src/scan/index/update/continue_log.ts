/** Goes on with a log that has grown, from where it was left: its new turns are added to what it added up to before. */
import type { EvidenceReader } from "../../../core/evidence.ts";
import { isSameModel } from "../../../core/model.ts";
import type { SessionTurn } from "../../../core/rollup.ts";
import { foldLog } from "../../logs/fold_log.ts";
import { loadMeans } from "../../logs/log_means.ts";
import type { Bytes, IndexStore } from "../tables/store.ts";
import type { KeyIndex } from "../tables/keys.ts";
import type { Change } from "./list_changes.ts";
import { addPricedTurns } from "../sums/add_priced_turns.ts";
import { lastTurnOf, type LogDigest, priceTurns } from "../sums/digest_log.ts";
import type { MissCost } from "../bytes/miss_codec.ts";
import { encodePart } from "../bytes/part_codec.ts";
import { decodeRollupState, encodeRollupState } from "../bytes/rollup_codec.ts";
import { decodeState, encodeSaid } from "../sums/said_of_log.ts";
import { PrefixDigest } from "../../logs/lines/prefix_digest.ts";
import type { IndexedFile } from "../tables/indexed_files.ts";
import { readMissCostsOf } from "../tables/parts.ts";
import { readGuests, readProgress, type StoredLog } from "../tables/logs.ts";
import { guestsOf } from "../sums/shares.ts";
import type { Prices } from "../../prices/prices.ts";
import type { ContinuedSums } from "../log_turns.ts";
import { takeSteps } from "../../logs/take_steps.ts";
import { keysOfTurns, ownKeysOfTurns, type TurnKeys } from "../sums/turn_keys.ts";
import { makeBuckets } from "../sums/usage_buckets.ts";

/** A log that went on: how it is now, and what to add to what is known of it. */
export interface ContinuedLog {
  /** All that the index is to hold of it now. */
  readonly log: StoredLog;
  /** What is new, as is all that follows. */
  readonly problems: LogDigest["problems"];
  readonly askable: LogDigest["askable"];
  readonly keys: TurnKeys;
  readonly part: Bytes;
  /** Of all turns, those before as well. */
  readonly sums: ContinuedSums;
}

/**
 * @returns undefined when the log has to be read from its beginning: it was rewritten, what is new shows turns again that
 * came before, or does not simply follow them in time; it shows other sessions, too, or turns that a tie gave to it or to
 * others; what is new says what earlier losses cost; it had no turn, so that what was said of it may no longer hold; or it
 * cannot be read
 */
export async function continueLog(
  store: IndexStore,
  keys: KeyIndex,
  { source, file, known, isOutdated }: Change & { readonly known: IndexedFile },
  { prices, evidence }: { readonly prices: Prices; readonly evidence?: Pick<EvidenceReader, "find"> },
  onStep: (bytes: number) => Promise<void>,
): Promise<ContinuedLog | undefined> {
  if (known.nextSeq === 0 || isOutdated) return undefined;
  const before = readProgress(store, known.id);
  // Of a small log, see digestLog, nothing is known to go on from.
  if (before.tied === 1 || before.said.length === 0 || !hasGrown({ source, file, known })) return undefined;
  const { nextOffset, nextSeq, fingerprint } = known;
  const from = { state: decodeState(before.said), nextOffset, nextSeq, fingerprint };
  const outcome = await takeSteps(foldLog(await loadMeans(source.id, file), file, from, { evidence }), onStep);
  if ("error" in outcome) return undefined;
  const fold = outcome.value;
  if (guestsOf(fold.turns).length > 0 || readGuests(store, file.path).length > 0) return undefined;
  if (keys.has(known.id, ownKeysOfTurns(source.id, fold.turns))) return undefined;
  // What may repeat a response under another key is weighed against those of the same log, too.
  const repeats = fold.turns.filter(({ turn }) => turn.replay || turn.unrequested);
  if (repeats.length > 0 && keys.has(known.id, keysOfTurns(source.id, repeats))) return undefined;
  const turns = await priceTurns(fold.turns, "", prices);
  // What was paid first after a loss may say what that cost, if nothing did by then.
  const misses = readMissCostsOf(store, known.id);
  if (turns.some(isPaid) && misses.some((miss) => isPricedBy(miss, turns))) return undefined;
  const added = await addPricedTurns(decodeRollupState(before.rollup), turns, prices);
  if (added === undefined) return undefined;
  const { lost, entangled, tied } = before;
  return {
    log: {
      ...known,
      size: file.size,
      mtimeMs: file.mtimeMs,
      ctimeMs: file.ctimeMs,
      nextOffset: fold.nextOffset,
      nextSeq: fold.nextSeq,
      fingerprint: fold.fingerprint,
      facts: fold.facts,
      said: encodeSaid(fold.facts, fold.state),
      lost,
      entangled,
      tied,
      rollup: encodeRollupState(added.state),
      lastTurnAt: lastTurnOf(added.state),
    },
    problems: fold.problems,
    askable: fold.askable,
    keys: keysOfTurns(source.id, fold.turns),
    part: encodePart(added.samples, makeBuckets(turns, added.misses), added.misses),
    sums: { state: added.state, misses: [...misses, ...added.misses], lost, entangled, tied },
  };
}

/**
 * Whether the file still begins with all that was folded, so that reading may go on where it stopped. One that changed
 * and is no longer than it was did not grow: it was rewritten, or its end was.
 */
function hasGrown({ known, source, file }: Change & { readonly known: IndexedFile }): boolean {
  if (
    known.source !== source.id || known.sourceVersion !== source.logs.version || known.inode !== file.inode ||
    file.size <= known.size || known.fingerprint === ""
  ) return false;
  try {
    return PrefixDigest.of(known.fingerprint).isPrefixOf(file.path);
  } catch {
    // Reading all of it says why it cannot be read.
    return false;
  }
}

function isPaid({ reported }: SessionTurn): boolean {
  return reported !== undefined && reported.usd > 0;
}

function isPricedBy({ usd, model }: MissCost, turns: readonly SessionTurn[]): boolean {
  return usd === undefined && turns.some((turn) => isPaid(turn) && isSameModel(turn.model, model));
}
