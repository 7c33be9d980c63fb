/** Reads what the last prompt of a log's main chain is made of: sizes alone, and no text. */
import { MAIN_CHAIN } from "../../core/model.ts";
import type { EpochMs, Tokens } from "../../core/model.ts";
import type { ShownEntry } from "../../core/prompt/prompt_entry.ts";
import { partsOf, type PromptMakeup } from "../../core/prompt/prompt_parts.ts";
import { stepsOf } from "../../core/prompt/prompt_steps.ts";
import type { PromptLog } from "../../agents/prompt_log.ts";
import type { RecordedTurn } from "../../agents/source.ts";
import { fileOf } from "./log_file.ts";
import type { LogMeans } from "./log_means.ts";
import type { FoundLog } from "./log_reader.ts";
import { RecordFolder } from "./rows/record_folder.ts";
import { TurnTable } from "./turns/turn_table.ts";

/** What the last prompt is made of, and how many tokens the model takes, where the log says so. */
export interface LastPrompt extends PromptMakeup {
  readonly window?: Tokens;
}

/** Whose prompt is meant, and when. */
export interface PromptQuestion {
  /** A log may have responses of other sessions as well. */
  readonly sessionId?: string;
  /** Leaves out what happened later. @default nothing */
  readonly until?: EpochMs;
}

/**
 * In steps, as reading is (log_reader.ts).
 *
 * @returns undefined where the log has no response of the session's main chain
 * @throws {LogUnfinishedError} as a reader does
 */
export function* readLastPrompt(
  { source, reader }: LogMeans,
  promptLog: PromptLog,
  log: FoundLog,
  { sessionId, until }: PromptQuestion,
): Generator<number, LastPrompt | undefined> {
  let state: unknown = source.start(fileOf(log));
  const folder = new RecordFolder(source);
  const table = new TurnTable();
  const shown: ShownEntry[] = [];
  const needles = [...new Set([...source.needles, ...promptLog.needles])];
  yield* reader.read(log, { needles, what: "prompts" }, undefined, {
    record(record) {
      const result = folder.fold(state, record);
      state = result.state;
      const turns = result.turns ?? [];
      for (const turn of turns) table.add(turn);
      const entry = promptLog.read(record);
      if (entry === undefined && turns.length === 0) return;
      shown.push({ entry: entry ?? {}, turns: turns.map(({ key }) => key) });
    },
    // What is broken is doctor's to list.
    problem() {},
  });
  const turns = table.list();
  const facts = source.session(state);
  const isOwn = (turn: RecordedTurn) => sessionId === undefined || (turn.sessionId ?? facts?.sessionId) === sessionId;
  const byKey = new Map(turns.map((turn) => [turn.key, turn]));
  const { steps, window } = stepsOf(shown, byKey, { until, isOwn }, promptLog);
  const isForked = facts?.parentSessionId !== undefined &&
    !turns.some(({ copied, originalKey, chain }) => chain === MAIN_CHAIN && (copied || originalKey !== undefined));
  const makeup = partsOf(steps, { isForked, keepsThoughts: promptLog.keepsThoughts });
  return makeup && (window === undefined ? makeup : { ...makeup, window });
}
