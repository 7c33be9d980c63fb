/**
 * Decides, for responses that several logs show, which log counts: each billed response exactly once, for the session
 * that made it. Pure; what makes a record a copy is the source's knowledge (source.ts).
 *
 * The rules that take a turn out of the count have a bit each, which says why a turn does not count.
 */
import { isSameModel, promptTokens, totalTokens } from "../../../core/model.ts";
import { findDelegatedSums } from "./delegated_sums.ts";
import { LEAST_GENERATED, type RecordedTurn } from "../../../agents/source.ts";

const LOST = { duplicate: 1, replayedPrefix: 2, replay: 4, delegation: 8, held: 16 } as const;

/** A log that shows turns which others show, too. */
export interface ClaimingLog {
  readonly path: string;
  readonly startedAt: number | undefined;
  /** Whose log it is: any value that is the same for logs of one session. @default nobody's */
  readonly session?: number | string | null;
  /** In the order in which the log shows them. */
  readonly turns: readonly RecordedTurn[];
  /** Whether the log shows others as well, of which no log has copies. @default those are all */
  readonly isPart?: boolean;
}

export interface Ownership {
  /** What takes the turns of the log out of the count, as a digit of base 36 a turn: 0 counts. Empty where all count. */
  readonly lost: string;
  /** Whether that may be otherwise once one of the logs has gone on: no mark and no record decides it. */
  readonly isTied: boolean;
}

/**
 * @param logs Of one source: all that share turns with any of them. Their order does not matter
 * @returns undefined where that takes all turns of a log of which there is a part
 */
export function resolveOwnership(logs: readonly ClaimingLog[]): readonly Ownership[] | undefined {
  const claims = logs.flatMap((log, file) =>
    log.turns.map((turn, place): Claim => ({ file, place, log, turn, lost: 0 }))
  );
  const byKey = Map.groupBy(claims, ({ turn }) => turn.key);
  let counted: readonly Shown[] | undefined;
  const count = () => counted ??= countShown(claims, byKey);
  const byClaim = (a: Claim, b: Claim) => compareClaims(a, b, count);
  const tied = new Set<number>();
  const rank = (shown: Claim[]): readonly Claim[] => {
    const [first, second] = shown.sort(byClaim);
    if (second !== undefined && first!.file !== second.file && compareRecords(first!, second) === 0) {
      for (const { file } of shown) tied.add(file);
    }
    return shown;
  };
  for (const shared of byKey.values()) {
    if (shared.length > 1) { for (const claim of rank(shared).slice(1)) claim.lost |= LOST.duplicate; }
  }
  dropReplayedPrefixes(claims, byKey);
  for (const shown of groupsOfMessage(claims)) {
    dropOtherKeys(shown, rank);
    dropUnrequested(shown.filter(isLeft));
    dropReplays(shown.filter(isLeft), rank);
  }
  dropDelegatedSums(claims);
  if (counted !== undefined && logs.some(({ isPart }) => isPart)) return undefined;
  const byFile = Map.groupBy(claims, ({ file }) => file);
  return logs.map((_, file) => {
    const digits = (byFile.get(file) ?? []).map(({ lost }) => lost.toString(36)).join("");
    return { lost: /[^0]/.test(digits) ? digits : "", isTied: tied.has(file) };
  });
}

/** Whether a turn counts. @param lost What {@linkcode resolveOwnership} said of its log. @param place Of the turn in it */
export function isCounted(lost: string, place: number): boolean {
  return (lost[place] ?? "0") === "0";
}

/**
 * The same of a log of which others count some turns that cannot be read this time.
 *
 * @param lost What {@linkcode resolveOwnership} said of it
 * @param isHeld Whether the turn at a place is one of those
 */
export function withHeld(lost: string, turns: number, isHeld: (place: number) => boolean): string {
  const digits = Array.from({ length: turns }, (_, place) => {
    const digit = parseInt(lost[place] ?? "0", 36);
    return (isHeld(place) ? digit | LOST.held : digit).toString(36);
  });
  return digits.every((digit) => digit === "0") ? "" : digits.join("");
}

/** One log's turn in the dispute about a response. */
interface Claim {
  readonly file: number;
  readonly place: number;
  readonly log: ClaimingLog;
  readonly turn: RecordedTurn;
  /** Bits of {@linkcode LOST}. */
  lost: number;
}

/** Puts the best claim first. */
type Rank = (shown: Claim[]) => readonly Claim[];

/** How many turns a log shows, and how many of them no other log does. */
interface Shown {
  readonly turns: number;
  readonly alone: number;
}

function countShown(claims: readonly Claim[], byKey: ReadonlyMap<string, readonly Claim[]>): readonly Shown[] {
  const shown: { turns: number; alone: number }[] = [];
  for (const { file } of claims) (shown[file] ??= { turns: 0, alone: 0 }).turns++;
  const others = claims.filter(({ file, turn }) => byKey.get(turn.key)!.every((other) => other.file === file));
  // The same record has another key in a log that was written anew.
  for (const same of Map.groupBy(others, ({ turn }) => `${turn.replayKey ?? turn.key} ${recordOf(turn)}`).values()) {
    const [{ file }] = same as [Claim];
    if (same.every((other) => other.file === file)) shown[file]!.alone += same.length;
  }
  return shown;
}

/**
 * The best claim first: an original before a copy, the conversation before a replay, what names its request, the fuller
 * record, what was not written in the background, the older log. Where nothing of that tells two logs apart, one went on
 * from the other: the log that has nothing else is where it came from, or the one that has less.
 */
function compareClaims(a: Claim, b: Claim, shown: () => readonly Shown[]): number {
  return compareRecords(a, b) || compareTimes(a.log.startedAt, b.log.startedAt) ||
    compareShown(shown()[a.file]!, shown()[b.file]!) || (a.log.path < b.log.path ? -1 : 1);
}

/** By what the records themselves say, which no later line of a log changes. */
function compareRecords(a: Claim, b: Claim): number {
  return Number(a.turn.copied ?? false) - Number(b.turn.copied ?? false) || byReplay(a, b) ||
    Number(a.turn.unrequested ?? false) - Number(b.turn.unrequested ?? false) ||
    totalTokens(b.turn.usage) - totalTokens(a.turn.usage) ||
    Number(a.turn.background ?? false) - Number(b.turn.background ?? false);
}

function compareShown(a: Shown, b: Shown): number {
  return Math.min(a.alone, 1) - Math.min(b.alone, 1) || (a.alone === 0 ? a.turns - b.turns : 0);
}

function byReplay(a: Claim, b: Claim): number {
  return Number(a.turn.replay ?? false) - Number(b.turn.replay ?? false);
}

/** What has no time comes last. */
function compareTimes(a: number | undefined, b: number | undefined): number {
  return a === b ? 0 : (a ?? Infinity) - (b ?? Infinity);
}

/** History replayed without ids: copies are the longest run of leading turns that the parent's log has. */
function dropReplayedPrefixes(claims: readonly Claim[], byKey: ReadonlyMap<string, readonly Claim[]>): void {
  let file = -1;
  let inPrefix = false;
  for (const claim of claims) {
    const { originalKey } = claim.turn;
    if (originalKey === undefined) continue;
    if (claim.file !== file) {
      file = claim.file;
      inPrefix = true;
    }
    inPrefix &&= byKey.get(originalKey)?.some((original) => original.file !== claim.file) ?? false;
    if (inPrefix) claim.lost |= LOST.replayedPrefix;
  }
}

/** What is left of the claims to one message id, where it is more than one. */
function groupsOfMessage(claims: readonly Claim[]): readonly Claim[][] {
  const weighed = claims.filter((claim) => claim.turn.replayKey !== undefined && isLeft(claim));
  return [...Map.groupBy(weighed, ({ turn }) => turn.replayKey).values()].filter(({ length }) => length > 1);
}

function isLeft({ lost }: Claim): boolean {
  return (lost & LOST.duplicate) === 0;
}

/**
 * One record under two keys: clients of different age keep different names of its request. What has the message id, the
 * time, the model and all counts in common is the same record.
 */
function dropOtherKeys(shown: readonly Claim[], rank: Rank): void {
  for (const same of Map.groupBy(shown, ({ turn }) => recordOf(turn)).values()) {
    const better: Claim[] = [];
    for (const claim of rank(same)) {
      if (better.some((other) => mayShare(claim, other))) claim.lost |= LOST.duplicate;
      else better.push(claim);
    }
  }
}

function recordOf({ at, endedAt = at, model, usage, key }: RecordedTurn): string {
  const { input, cacheRead, cacheWrite, cacheWrite1h, output } = usage;
  // Without a prompt too little is left that could agree.
  if (promptTokens(usage) === 0) return key;
  return [endedAt, model.provider, model.model, input, cacheRead, cacheWrite, cacheWrite1h, output].join();
}

/**
 * A record that names no request is the same response as one that does, when they agree: which client wrote the line decides
 * whether the request is on it. Message ids alone prove nothing, a gateway may give one to all its responses.
 */
function dropUnrequested(shown: readonly Claim[]): void {
  if (shown.length < 2 || !shown.some(({ turn }) => turn.unrequested)) return;
  const requested = shown.filter(({ turn }) => !turn.unrequested);
  for (const claim of shown) {
    if (!claim.turn.unrequested) continue;
    const other = requested.find((other) => isLeft(other) && isAgreed(claim, other) && mayShare(claim, other));
    if (other === undefined) continue;
    // Of a session, the log that was written last has the last counts, whatever it names.
    const isFuller = isOneSession(claim, other) && claim.turn.usage.output > other.turn.usage.output;
    (isFuller ? other : claim).lost |= LOST.duplicate;
  }
}

/** Whether logs may show one response: those of a session, and others where the id is no constant of a gateway's. */
function mayShare(a: Claim, b: Claim): boolean {
  return isOneSession(a, b) || a.file === b.file || a.turn.replayKey!.length >= LEAST_GENERATED;
}

function isOneSession({ log: a }: Claim, { log: b }: Claim): boolean {
  return a.session !== undefined && a.session !== null && a.session === b.session;
}

/** Whether two records of one message id are of one response by all that they say of it. */
function isAgreed({ turn: a }: Claim, { turn: b }: Claim): boolean {
  const prompt = promptTokens(a.usage);
  return isSameModel(a.model, b.model) && prompt > 0 && prompt === promptTokens(b.usage);
}

/** A response replayed under a new key, as a side question does: the turn that is no replay counts. */
function dropReplays(shown: Claim[], rank: Rank): void {
  if (shown.length < 2 || !shown.some(({ turn }) => turn.replay)) return;
  const ranked = rank(shown).toSorted(byReplay);
  for (const [place, claim] of ranked.entries()) {
    if (!claim.turn.replay) continue;
    const isShownBefore = ranked.slice(0, place).some((other) => other.lost === 0 && isAgreed(claim, other));
    if (isShownBefore) claim.lost |= LOST.replay;
  }
}

/** The sum of what a sub-agent spent, where the sub-agent's own log shows each response of it. */
function dropDelegatedSums(claims: readonly Claim[]): void {
  const counting = claims.filter(({ turn, lost }) => turn.delegation !== undefined && lost === 0);
  for (const claim of findDelegatedSums(counting)) claim.lost |= LOST.delegation;
}
