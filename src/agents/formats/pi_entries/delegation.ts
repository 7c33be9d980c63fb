/**
 * Where extensions that start sub-agents keep their logs, and so which log handed work to which.
 *
 * A sub-agent's log lies below a directory that has its parent's name without `.jsonl`:
 * `<parent>/<run>/run-0/session.jsonl`, and `<parent>/forks/*.jsonl` for one that began with its parent's history. Since
 * 2026-08 the result of the tool that started it has the sum of its responses as `usage`, which Pi itself counts.
 *
 * Others keep them among all logs, or below another project's folder when they work in a worktree, and name the parent in
 * the header (`parentSession`), as a user's fork does. Extensions that keep no logs of their sub-agents, or keep them
 * without a word of their parent, leave nothing to compare.
 *
 * Source: nicobailon's pi-subagents 0.67.0, read 2026-11-26, and tintinweb's (`rememberAgents` and `reportUsage`), read
 * 2026-11-26.
 */

import type { RecordedTurn } from "../../source.ts";

/** A path below the root without its ending: what logs of the same work have in common. */
export type Stem = string;

/** The stem of a log. */
export function stemOf(relativePath: string): Stem {
  return relativePath.replace(/\.jsonl$/, "");
}

/** The stem of the log that started the sub-agent whose log this is; undefined for any other log. */
export function parentStemOf(relativePath: string): Stem | undefined {
  const run = RUN_OF_PARENT.exec(relativePath)?.[1];
  if (run !== undefined) return run;
  const forked = FORK_OF_PARENT.exec(relativePath)?.[1];
  if (forked !== undefined && (isLogName(forked) || forked.endsWith("/session"))) return forked;
  const directories = relativePath.split("/").slice(0, -1);
  const named = directories.findLastIndex(isLogName);
  return named >= 0 ? directories.slice(0, named + 1).join("/") : forked;
}

/** Whose work the turns of a log are, made once a log. */
export interface DelegatedWork {
  /** Of what its tools spent, which may be the sum of sub-agents. */
  readonly sum: Delegation;
  /** The same in history that was copied: of the sub-agents of the log that it is from. */
  readonly copiedSum: Delegation;
  /** Of all else; absent in a log that nobody handed work to. */
  readonly spent?: Delegation;
}

type Delegation = NonNullable<RecordedTurn["delegation"]>;

/** @param parentPath The log that the header names */
export function workOfLog(stem: Stem, parentStem: Stem | undefined, parentPath: string | undefined): DelegatedWork {
  const named = parentPath === undefined ? undefined : copiedStemOf(stem, parentStem, parentPath);
  const parent = parentStem ?? named;
  const sum = { key: workOf(stem), isSum: true };
  const copiedSum = { key: workOf(named ?? stem), isSum: true };
  if (parent === undefined) return { sum, copiedSum };
  const within = workOf(parent);
  return { sum: { ...sum, within }, copiedSum, spent: { key: within, isSum: false } };
}

/** What names the work that a log hands over: a name that Pi made is the log's own, whatever folder it is in. */
function workOf(stem: Stem): string {
  const name = stem.split("/").at(-1)!;
  return isLogName(name) ? name : stem;
}

const RUN_OF_PARENT = /^(.+)\/[^/]+\/run-\d+\/session\.jsonl$/;
const FORK_OF_PARENT = /^(.+)\/forks\/[^/]+\.jsonl$/;

function isLogName(stem: Stem): boolean {
  return /(^|\/)\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z_[^/]+$/.test(stem);
}

/** The stem of the log that a log's history was copied from, as its header names it. */
function copiedStemOf(own: Stem, parentStem: Stem | undefined, parentPath: string): Stem {
  const name = parentPath.split(/[/\\]/).at(-1)!.replace(/\.jsonl$/, "");
  if (parentStem?.split("/").at(-1) === name) return parentStem;
  return [...own.split("/").slice(0, -1), name].join("/");
}
