/**
 * What the fold over a Pi log keeps between two lines, how a log begins, and the facts of the session that follow.
 *
 * It makes no turns (fold.ts).
 */
import {
  type EpochMs,
  isSameModel,
  type ModelRef,
  type PendingChange,
  type SessionFacts,
} from "../../../core/model.ts";
import { quoteValue } from "../../../core/quote_value.ts";
import type { LogFile, RecordedTurn } from "../../source.ts";
import { utcTimeOf } from "../utc_time.ts";
import { type DelegatedWork, parentStemOf, type Stem, stemOf } from "./delegation.ts";
import { EARLIEST_TIME, modelOf, type PiRow } from "./fields.ts";

export const UNKNOWN_MODEL: ModelRef = { provider: "unknown", model: "unknown" };

/** What the log has shown so far. Plain data; a field that is absent has not been seen. */
export interface PiState {
  readonly stem: Stem;
  /** Of the log that started this sub-agent. */
  readonly parentStem?: Stem;
  /** What the name of the file says of the session, should its header be unreadable. */
  readonly named?: PiHeader;
  /** Known once the header is. */
  work?: DelegatedWork;
  /** Null when the file turned out to be no session. */
  header?: PiHeader | null;
  title?: string;
  lastActivityAt?: EpochMs;
  /** The model in effect: of the last model change or assistant message. */
  model?: ModelRef;
  /** When `model` came into effect. */
  modelSince?: EpochMs;
  /** The model of the last billed turn of the main chain. */
  mainModel?: ModelRef;
  /** The last compaction since that turn. */
  compactedAt?: EpochMs;
  /** Whether a compaction or a branch summary came since that turn. */
  prefixReplaced?: boolean;
  /** Turns while no entry has named a model. */
  unnamed?: RecordedTurn[];
}

interface PiHeader {
  readonly id: string;
  readonly timestamp?: string;
  readonly startedAt?: EpochMs;
  readonly cwd?: string;
  readonly parentSessionId?: string;
  /** The log that this one's history was copied from. */
  readonly parentPath?: string;
  /** As headers of 2025 name it. */
  readonly model?: ModelRef;
}

/** `<header timestamp, with - for : and .>_<session id>.jsonl` */
const LOG_NAME = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z_([^/\\]+)\.jsonl$/;

function headerOfName(path: string): PiHeader | undefined {
  const [, day, hours, minutes, seconds, milliseconds, id] = LOG_NAME.exec(path.split(/[/\\]/).at(-1) ?? "") ?? [];
  if (id === undefined) return undefined;
  const timestamp = `${day}T${hours}:${minutes}:${seconds}.${milliseconds}Z`;
  const startedAt = utcTimeOf(timestamp) ?? Date.parse(timestamp);
  return { id, timestamp, startedAt: startedAt >= EARLIEST_TIME ? startedAt : undefined };
}

/**
 * The state before the first entry: what the path alone says of the session and of its parent. What nearly every log sets is
 * there from the beginning, which is faster than adding it later.
 */
export function startLog({ path, relativePath }: LogFile): PiState {
  return {
    named: headerOfName(path),
    stem: stemOf(relativePath),
    parentStem: parentStemOf(relativePath),
    work: undefined,
    header: undefined,
    lastActivityAt: undefined,
    model: undefined,
    modelSince: undefined,
    mainModel: undefined,
    compactedAt: undefined,
    prefixReplaced: undefined,
    unnamed: undefined,
  };
}

/** Decides on the first record whether the file is a session: null when it is not. */
export function openLog(state: PiState, row: PiRow): { header: PiHeader | null; problem?: string } {
  const { type, id, at: startedAt } = row;
  if (type === "session") {
    if (id === undefined) {
      return { header: null, problem: "Expected a session header with an id, found none: the file is not counted" };
    }
    // Headers of 2025 have another word for it. The parent's path may be stale, its name still holds the id.
    const parentPath = row.parentSession ?? row.branchedFrom;
    return {
      header: {
        id,
        timestamp: row.atText,
        startedAt,
        cwd: row.cwd,
        parentSessionId: headerOfName(parentPath ?? "")?.id,
        parentPath,
        model: modelOf(row.entryProvider, row.modelId, undefined),
      },
    };
  }
  // Any directory can be a root, and hold other tools' files: only what looks like Pi's is worth a word.
  if (type === undefined || id === undefined || startedAt === undefined) return { header: null };
  const problem = `Expected a session header first, found ${quoteValue(type)}`;
  return state.named === undefined
    ? { header: null, problem: `${problem}: the file is not counted` }
    : { header: state.named, problem: `${problem}: the session's id and start are taken from the file's name` };
}

/** What is known of the session so far; undefined before its header, and for a file that is no session. */
export function sessionOf(state: PiState): SessionFacts | undefined {
  const { header } = state;
  if (header === undefined || header === null) return undefined;
  return {
    sessionId: header.id,
    discriminator: header.timestamp,
    cwd: header.cwd,
    title: state.title,
    parentSessionId: header.parentSessionId ?? parentIdOf(state),
    startedAt: header.startedAt,
    lastActivityAt: state.lastActivityAt,
    pending: pendingOf(state),
  };
}

function parentIdOf({ parentStem }: PiState): string | undefined {
  return parentStem === undefined ? undefined : headerOfName(`${parentStem}.jsonl`)?.id;
}

/** A model change outweighs a compaction: it also says where the next request goes. */
function pendingOf({ model, modelSince, mainModel, compactedAt }: PiState): PendingChange | undefined {
  if (mainModel === undefined) return undefined;
  if (model !== undefined && modelSince !== undefined && !isSameModel(model, mainModel)) {
    return { at: modelSince, kind: "model_changed", model };
  }
  return compactedAt === undefined ? undefined : { at: compactedAt, kind: "compacted" };
}

/**
 * Notes the model that the next request goes to.
 *
 * @param since When it was chosen; undefined means at the last activity
 */
export function useModel(state: PiState, model: ModelRef, since: EpochMs | undefined): void {
  if (state.model !== undefined && isSameModel(state.model, model)) return;
  state.model = model;
  state.modelSince = since ?? state.lastActivityAt;
}

/** Turns that wait for an entry that names their model: what a file holds of them before it is seldom more than one. */
const MOST_UNNAMED = 500;

/** Keeps a turn whose model no entry has named yet, for {@linkcode nameTurns}. */
export function keepUnnamed(state: PiState, turn: RecordedTurn): void {
  state.unnamed ??= [];
  if (state.unnamed.length < MOST_UNNAMED) state.unnamed.push(turn);
}

/** Turns that came before any entry named a model, once more with the one that is named now: they are the same key. */
export function nameTurns(state: PiState): readonly RecordedTurn[] | undefined {
  const { unnamed, model } = state;
  if (unnamed === undefined || model === undefined) return undefined;
  state.unnamed = undefined;
  if (state.mainModel !== undefined && isSameModel(state.mainModel, UNKNOWN_MODEL)) state.mainModel = model;
  return unnamed.map((turn) => ({ ...turn, model }));
}

/** Moves the last activity forward, never back: entries of other branches may be older. */
export function noteTime(state: PiState, time: EpochMs | undefined): void {
  if (time !== undefined && time > (state.lastActivityAt ?? -Infinity)) state.lastActivityAt = time;
}
