/** Which of all usage is asked about, in every operation that adds it up: the inputs, and what they let through. */
import type { OperationContext } from "../contract/context.ts";
import { someOf, text } from "../contract/input.ts";
import { idsWith } from "../../agents/agents.ts";
import type { UsageFact } from "./read_usage_key.ts";
import { matchesProject, resolveProject } from "./session_filter.ts";

export const usageFilterInput = {
  source: someOf(idsWith("source"), "Only sessions of these agents"),
  project: text("Only sessions whose directory contains this text, or lies below this path"),
  model: text("Only turns of models whose name contains this text"),
  provider: text("Only turns billed by this provider"),
};

export const USAGE_FILTER_ON_COMMAND_LINE = {
  source: { placeholder: "SOURCE" },
  project: { placeholder: "PATH" },
} as const;

/** What was asked for. */
export interface UsageFilter {
  readonly source?: readonly string[];
  readonly project?: string;
  readonly model?: string;
  readonly provider?: string;
}

/** @param session Row of the index: only this one. @default all */
export function filterUsage(
  filter: UsageFilter,
  session: number | undefined,
  context: OperationContext,
): (fact: UsageFact) => boolean {
  const { source } = filter;
  const project = filter.project === undefined ? undefined : resolveProject(filter.project, context);
  const model = filter.model?.toLowerCase();
  const provider = filter.provider?.toLowerCase();
  return (fact) =>
    (session === undefined || fact.session === session) &&
    (source === undefined || source.includes(fact.source)) &&
    (project === undefined || matchesProject(fact.cwd, project)) &&
    (model === undefined || fact.model.model.toLowerCase().includes(model)) &&
    (provider === undefined || fact.model.provider === provider);
}
