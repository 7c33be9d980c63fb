/** Sentences under the limits: what the figures are, what may be wrong with them, and how to come by some. */
import type { Agent } from "../../agents/agent.ts";
import { windowTitle } from "../../core/limits/window_length.ts";
import { countOf } from "../report/notes.ts";
import type { LimitJson } from "./limits_output.ts";

/** @param agents Those that were asked about @param problems How many readings can be none */
export function limitNotes(limits: readonly LimitJson[], agents: readonly Agent[], problems: number): string[] {
  const withLimits = agents.filter(({ limitsHow }) => limitsHow !== undefined);
  const have = new Set(limits.map(({ source }) => source));
  const notes: string[] = [];
  for (const limit of limits) {
    const which = `${limit.source}, ${windowTitle(limit.windowMinutes)}`;
    if (limit.unconfirmed) {
      notes.push(`${which}: the figure came right after a reset, and nothing was refused: doubtful.`);
    }
    if (limit.mixed) {
      notes.push(`${which}: its reset goes to and fro, as where two logins take turns in ${limit.account}.`);
    }
  }
  if (limits.length > 0) {
    notes.push(
      "A limit covers all that the account does, also elsewhere. Each figure is of the last answer that named it.",
    );
  } else {
    notes.push(...withLimits.filter(({ id }) => !have.has(id)).map(({ limitsHow }) => limitsHow!));
    if (withLimits.length === 0) notes.push("No file of these agents tells limits.");
  }
  if (problems > 0) notes.push(`${countOf(problems, "reading")} left out: see \`opper-agent doctor\`.`);
  return notes;
}
