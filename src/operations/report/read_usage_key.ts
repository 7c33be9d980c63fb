/** Under which key something that happened is added up: its day, its model, its project and so on. */
import { calendarKeys } from "../../core/calendar.ts";
import { isRouted } from "../../core/cache/sticky_routing.ts";
import type { ModelRef } from "../../core/model.ts";
import type { UsageBucket } from "../../scan/index/sums/usage_buckets.ts";
import type { OperationContext } from "../contract/context.ts";
import { isHidden } from "../settings/hidden_projects.ts";
import { nameProjects } from "./project_names.ts";
import { isCalendarUnit, isClockUnit, type UsageKey } from "./usage_keys.ts";

/** What a key is read from: usage, or a lost cache. */
export type UsageFact = Pick<UsageBucket, "at" | "session" | "source" | "sessionId" | "cwd" | "model" | "upstream">;

/** Stands for projects and sessions that are not to be listed. */
const HIDDEN_KEY = "(hidden)";

/** How keys are read. */
export interface KeyOptions {
  readonly timezone: string;
  /** Whether projects that the user hides are left unnamed. */
  readonly mayHide: boolean;
}

/** @param findDirectories Those of all whose keys will be asked for: projects are told apart by them */
export async function readUsageKeys(
  by: UsageKey,
  findDirectories: () => Promise<ReadonlySet<string>> | ReadonlySet<string>,
  { timezone, mayHide }: KeyOptions,
  context: OperationContext,
): Promise<(fact: UsageFact) => string> {
  if (isCalendarUnit(by) || isClockUnit(by)) {
    const timeOf = calendarKeys(by, timezone);
    return ({ at }) => timeOf(at);
  }
  switch (by) {
    case "model": {
      // The same few objects, thousands of times.
      const names = new Map<ModelRef, string>();
      return ({ model }) => {
        let name = names.get(model);
        if (name === undefined) names.set(model, name = `${model.provider}/${model.model}`);
        return name;
      };
    }
    case "provider":
      return ({ model }) => model.provider;
    // Who sells its own serves it itself.
    case "upstream":
      return ({ model, upstream }) => upstream ?? (isRouted(model) ? "(unknown)" : model.provider);
    case "source":
      return ({ source }) => source;
    case "project":
    case "session": {
      const nameOf = await readProjectNames(await findDirectories(), context);
      // The same few directories, thousands of times.
      const hidden = new Map<string | undefined, boolean>();
      const isSecret = (cwd: string | undefined, name: string | undefined) => {
        if (!mayHide) return false;
        let known = hidden.get(cwd);
        if (known === undefined) hidden.set(cwd, known = isHidden(cwd, context) || isHidden(name, context));
        return known;
      };
      return ({ cwd, sessionId }) => {
        const name = nameOf(cwd);
        if (isSecret(cwd, name)) return HIDDEN_KEY;
        return by === "session" ? sessionId : name ?? "(unknown)";
      };
    }
  }
}

/** The directories of facts, in the order in which they are met. */
export function directoriesOf(facts: readonly UsageFact[]): ReadonlySet<string> {
  return new Set(facts.map(({ cwd }) => cwd).filter((cwd) => cwd !== undefined));
}

async function readProjectNames(directories: ReadonlySet<string>, context: OperationContext) {
  return nameProjects(directories, await context.findCheckouts?.([...directories]) ?? new Map());
}
