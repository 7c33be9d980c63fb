/** Projects that the user does not want listed (`--hide-project`, config.json). Their cost counts all the same. */
import type { OperationContext } from "../contract/context.ts";
import { countOf } from "../report/notes.ts";
import { matchesProject, namesOfProject } from "../report/session_filter.ts";

type HidingContext = Pick<OperationContext, "hideProjects" | "resolvePath">;

/** Whether listings leave out the sessions of a directory. */
export function isHidden(cwd: string | undefined, context: HidingContext): boolean {
  return (context.hideProjects ?? []).some((pattern) =>
    namesOfProject(pattern, context).some((project) => matchesProject(cwd, project))
  );
}

/** What is left of a listing, and a sentence about what is not; nothing is hidden where a project was asked for. */
export function leaveOutHidden<T extends { readonly cwd?: string }>(
  reports: readonly T[],
  context: HidingContext,
  project?: string,
): { readonly shown: readonly T[]; readonly notes: readonly string[] } {
  if (project !== undefined || (context.hideProjects ?? []).length === 0) return { shown: reports, notes: [] };
  const shown = reports.filter(({ cwd }) => !isHidden(cwd, context));
  const hidden = reports.length - shown.length;
  if (hidden === 0) return { shown, notes: [] };
  return {
    shown,
    notes: [`${countOf(hidden, "session")} of hidden projects left out; \`opper-agent cost\` counts them.`],
  };
}
