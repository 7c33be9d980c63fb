/** A row of `advise` as JSON has it: what each setting would have cost, what is worth a change, and the turns behind it. */
import type { OptionReplay, RowReplay } from "../../core/advice/advice_ledger.ts";
import { type ContextFigures, LONG_PROMPT } from "../../core/advice/context_ledger.ts";
import { judgeRow } from "../../core/advice/give_advice.ts";
import { isoTime } from "../../core/iso_time.ts";
import type { CacheSetting } from "../../agents/agent.ts";
import { agentWithLogs } from "../../agents/agents.ts";
import { shortestPrefixes } from "../report/session_filter.ts";
import type { AdviceJsonOption, AdviceRow, AdviseOutput } from "./advise_output.ts";
import type { CollectedReplay } from "./collect_replay.ts";

/** What a row is judged by. */
export interface RowContext {
  /** Whether a plan pays for it, and nobody asked all the same. */
  readonly isPlan: boolean;
  /** There where the turns behind it are asked for. */
  readonly sessions?: CollectedReplay["sessions"];
}

export function adviceRow(row: RowReplay, { isPlan, sessions }: RowContext): AdviceRow {
  const { project, source, role, turns, recordedUsd, per1000AlwaysLoadedUsd } = row;
  const settingOf = (option: OptionReplay) => findSetting(row, option);
  const { best, savesUsd, atLeastUsd, doubt } = judgeRow(row, (option) => settingOf(option) !== undefined, isPlan);
  const isAdvised = best !== undefined && savesUsd > 0 && doubt === undefined;
  const said = best && { id: best.id, savesUsd, atLeastUsd };
  return {
    project,
    source,
    role,
    turns,
    recordedUsd,
    options: row.options.map(optionJson),
    ...(said === undefined
      ? {}
      : isAdvised
      ? { advice: { ...said, settings: [{ client: source, ...settingOf(best)! }] } }
      : { leave: { reason: doubt ?? "costs_more", ...said } }),
    per1000AlwaysLoadedUsd,
    ...(best === undefined || sessions === undefined ? {} : { followed: followTurns(row, best, sessions) }),
  };
}

/** Of conversations, as JSON has it. */
export function contextJson({ grew, longPrompts, ...figures }: ContextFigures) {
  return {
    ...figures,
    ...(grew === undefined ? {} : { grew: { ...grew, at: isoTime(grew.at)! } }),
    longPrompts: { beyondTokens: LONG_PROMPT, ...longPrompts },
  } satisfies NonNullable<AdviseOutput["context"]>[number];
}

function findSetting({ source, role }: RowReplay, { id }: OptionReplay): CacheSetting | undefined {
  return agentWithLogs(source).cacheSettings?.({ role, lifetime: id === "cache_1h" ? "1h" : "5m" });
}

function optionJson({ id, usd, isRecorded, lowUsd, highUsd, returns, keepAlive, pings, pingsUsd }: OptionReplay) {
  return {
    id,
    usd,
    ...(isRecorded ? { isRecorded: true as const } : {}),
    lowUsd,
    highUsd,
    returns,
    ...(keepAlive === undefined ? {} : { ...keepAlive, pings, pingsUsd }),
  } satisfies AdviceJsonOption;
}

/** So that they add up to the figure: what the returns save, and what all writes cost more or less. */
function followTurns(row: RowReplay, option: OptionReplay, sessions: CollectedReplay["sessions"]) {
  const found = row.returnsUnder(option);
  const shortIds = shortestPrefixes([...sessions.values()].map(({ sessionId }) => sessionId));
  const returnsUsd = found.reduce((sum, one) => sum + one.savesUsd, 0);
  const savesUsd = row.recordedUsd - option.usd;
  return {
    id: option.id,
    returns: found.map(({ at, session, gapMs, tokens, savesUsd }) => {
      const { sessionId } = sessions.get(session)!;
      return {
        at: isoTime(at)!,
        sessionId,
        shortId: shortIds.get(sessionId) ?? sessionId,
        ...(gapMs === undefined ? {} : { pauseMs: gapMs }),
        tokens,
        savesUsd,
      };
    }),
    returnsUsd,
    writesUsd: savesUsd - returnsUsd,
    savesUsd,
  };
}
