/** Reads what the last prompt of a log's main chain is made of: sizes alone, and no text. */
import { MAIN_CHAIN } from "../../core/model.ts";
import type { EpochMs, Tokens } from "../../core/model.ts";
import type { ShownEntry } from "../../core/prompt/prompt_entry.ts";
import { partsOf, type PromptMakeup } from "../../core/prompt/prompt_parts.ts";
import { stepsOf } from "../../core/prompt/prompt_steps.ts";
import type { PromptLog } from "../../agents/prompt_log.ts";
import { fileOf } from "./log_file.ts";
import type { LogMeans } from "./log_means.ts";
import type { FoundLog } from "./log_reader.ts";
import { RecordFolder } from "./rows/record_folder.ts";
import { TurnTable } from "./turns/turn_table.ts";

/** What the last prompt is made of, and how many tokens the model takes, where the log says so. */
export interface LastPrompt extends PromptMakeup {
  readonly window?: Tokens;
}

/**
 * In steps, as reading is (log_reader.ts).
 *
 * @param until Leaves out what happened later
 * @returns undefined where the log has no response of the main chain
 * @throws {LogUnfinishedError} as a reader does
 */
export function* readLastPrompt(
  { source, reader }: LogMeans,
  promptLog: PromptLog,
  log: FoundLog,
  until: EpochMs,
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
  const { steps, window } = stepsOf(shown, new Map(turns.map((turn) => [turn.key, turn])), until, promptLog);
  const isForked = source.session(state)?.parentSessionId !== undefined &&
    !turns.some(({ copied, originalKey, chain }) => chain === MAIN_CHAIN && (copied || originalKey !== undefined));
  const makeup = partsOf(steps, { isForked, keepsThoughts: promptLog.keepsThoughts });
  return makeup && (window === undefined ? makeup : { ...makeup, window });
}
