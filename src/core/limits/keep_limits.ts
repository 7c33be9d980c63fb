/**
 * What is worth keeping of the limits that a client says with each line: a line of the file (kept_records.ts) where they
 * changed. Pure and light: a prompt waits for it.
 *
 * A client repeats what its last answer said, for hours, and each of several terminals repeats its own. Kept is when
 * something was first seen, so that an old figure never looks like a new one.
 */
import { isRecord } from "../json/is_record.ts";
import type { DurationMs, EpochMs } from "../model.ts";
import { parseKeptRecords } from "./kept_records.ts";
import type { LimitRecord, WindowReading } from "./limit_record.ts";
import { readStatusLimits } from "./status_limits.ts";
import { isSameReset } from "./window_history.ts";

/** The limits that a client says, and what tells how old they are. */
export interface ClientLimits {
  /** Id of the agent. */
  readonly source: string;
  /** The configuration directory that its transcript lies in: its account, as far as anybody can tell. */
  readonly root: string;
  /** As it said them. */
  readonly said: Readonly<Record<string, unknown>>;
  /** Id of what the user asked last; of the session where the client has none. */
  readonly turn?: string;
  /** When the session was answered last, by what is said of its cache. */
  readonly answeredAt?: EpochMs;
  /** When its transcript was written last: it was not answered later. */
  readonly writtenAt?: EpochMs;
}

/** So long a reading counts as one of now: after that it is kept once more, where it still holds. */
export const CURRENT_READING_MS: DurationMs = 15 * 60_000;
/** Clocks and the times of files are not exact. */
const SLACK_MS: DurationMs = 60_000;
/** What is said of a cache is of no use where it is older: then another clock was meant. */
const OLDEST_ANSWER_MS: DurationMs = 24 * 3_600_000;

/**
 * What was kept of one directory.
 *
 * @param text the end of the file, from the beginning of a line; what is broken is left out
 * @returns in the file's order
 */
export function readKeptLimits(
  text: string,
  { source, root }: Pick<ClientLimits, "source" | "root">,
): readonly LimitRecord[] {
  const named = JSON.stringify(root);
  // Most lines may be of others: those are not parsed.
  const lines = text.split("\n").filter((line) => line.includes(named));
  return parseKeptRecords(lines.join("\n"), () => root).records
    .filter((record) => record.source === source && record.account === root);
}

/**
 * The line to keep, without a line end; undefined where nothing is new.
 *
 * @param kept of the same directory, in the file's order
 */
export function lineToKeep(client: ClientLimits, kept: readonly LimitRecord[], now: EpochMs): string | undefined {
  if (!isNew(client, kept, now)) return undefined;
  const { source, root, said, turn } = client;
  const names = Object.keys(said).filter((name) => readStatusLimits({ [name]: said[name] }, now).limits.length > 0);
  const limits = Object.fromEntries(names.map((name) => [name, figuresOf(said[name])]));
  return JSON.stringify({ at: new Date(now).toISOString(), source, root, limits, turn });
}

/** What is spent of a budget is nobody's business: only how much of it, and for how long it is. */
function figuresOf(window: unknown): unknown {
  const { used_percentage, resets_at, period } = isRecord(window) ? window : {};
  return { used_percentage, resets_at, period };
}

function isNew(client: ClientLimits, kept: readonly LimitRecord[], now: EpochMs): boolean {
  const windows = windowsOf(client, now);
  if (windows.length === 0) return false;
  const last = kept.at(-1);
  if (last === undefined) return true;
  const isKnownTurn = client.turn !== undefined && kept.some(({ turn }) => turn === client.turn);
  const answeredAt = answerOf(client, now);
  const isChanged = windows.some((window) => !isSame(window, lastOf(window, client.turn, kept)));
  if (isChanged) {
    // Another terminal's figures have been kept since this one was answered: its own are older than they are.
    const seen = seenBy(client, now);
    return isKnownTurn || seen === undefined || seen > last.at - SLACK_MS;
  }
  if (Math.abs(now - last.at) < CURRENT_READING_MS || isKnownTurn) return false;
  // What was asked just now may not have been answered yet.
  return answeredAt === undefined ? client.turn !== undefined : answeredAt > last.at;
}

/** A window, and of which limit it is. */
interface LimitWindow extends WindowReading {
  readonly limit: string;
}

/** Those that have not ended: one that has says nothing of the next. */
function windowsOf({ said }: ClientLimits, now: EpochMs): readonly LimitWindow[] {
  return readStatusLimits(said, now).limits.flatMap(windowsOfLimit);
}

function windowsOfLimit({ limit, windows }: Pick<LimitRecord, "limit" | "windows">): readonly LimitWindow[] {
  return windows.map((window) => ({ ...window, limit }));
}

/** What a terminal said last of a window itself goes before what others say of it. */
function lastOf(
  { limit, windowMinutes }: LimitWindow,
  turn: string | undefined,
  kept: readonly LimitRecord[],
): WindowReading | undefined {
  const find = (record: LimitRecord) =>
    record.limit === limit ? record.windows.find((window) => window.windowMinutes === windowMinutes) : undefined;
  const those = kept.filter((record) => find(record) !== undefined);
  const found = those.findLast((record) => turn !== undefined && record.turn === turn) ?? those.at(-1);
  return found && find(found);
}

function isSame(one: WindowReading, other: WindowReading | undefined): boolean {
  return other !== undefined && one.usedPercent === other.usedPercent && isSameReset(one, other);
}

function answerOf({ answeredAt }: ClientLimits, now: EpochMs): EpochMs | undefined {
  const isLikely = answeredAt !== undefined && answeredAt > now - OLDEST_ANSWER_MS && answeredAt < now + SLACK_MS;
  return isLikely ? answeredAt : undefined;
}

function seenBy(client: ClientLimits, now: EpochMs): EpochMs | undefined {
  return answerOf(client, now) ?? client.writtenAt;
}

/** When what a client says was measured, as far as it can be told; undefined where it may be of any time. */
export function timeOfSaid(client: ClientLimits, kept: readonly LimitRecord[], now: EpochMs): EpochMs | undefined {
  // Where nothing was kept before, perhaps because nothing can be, it may have been said for hours.
  if (isNew(client, kept, now)) return kept.length > 0 ? now : Math.min(now, seenBy(client, now) ?? now);
  const windows = windowsOf(client, now);
  const same = kept.findLast((record) =>
    windowsOfLimit(record).some((one) => windows.some((window) => window.limit === one.limit && isSame(window, one)))
  );
  const times = [same?.at, answerOf(client, now)].filter((time) => time !== undefined && time <= now);
  return times.length === 0 ? undefined : Math.max(...times as readonly number[]);
}
