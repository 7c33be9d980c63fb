/** What of names leaves the machine: as they are, as a keyed hash, or not at all. Pure. */
import { createHmac } from "node:crypto";
import type { FreshRow } from "../../export/merge_rows.ts";

/** Columns that can be hashed. */
export const HASHABLE = ["person", "host", "project"] as const;

/** Columns that can be left empty. `session` is the trace's id, too, which is made of it. */
export const REMOVABLE = ["host", "project", "session"] as const;

export type HashableName = (typeof HASHABLE)[number];
export type RemovableName = (typeof REMOVABLE)[number];

/** How names are hidden. */
export interface NameRules {
  readonly hash: readonly HashableName[];
  /** The team's, the same on every machine, so that sums add up. Needed where something is hashed. */
  readonly teamKey?: string;
  readonly without: readonly RemovableName[];
}

/** Of whom HMAC-SHA-256 is taken: the kind of name goes in, so that a person and a host of one name differ. */
function hashName(kind: HashableName, name: string, teamKey: string): string {
  return createHmac("sha256", teamKey).update(`${kind}\0${name}`).digest("hex").slice(0, 24);
}

/** A name by the rules: what is empty stays so. */
export function hideName(kind: HashableName, name: string, { hash, teamKey, without }: NameRules): string {
  if ((without as readonly string[]).includes(kind)) return "";
  if (!hash.includes(kind) || name === "") return name;
  // Whoever reads the flags makes sure of it.
  if (teamKey === undefined) throw new Error("a name is to be hashed without a key");
  return hashName(kind, name, teamKey);
}

/** A session's id and its trace by the rules. */
export function hideSession(
  ids: Pick<FreshRow, "session_id" | "trace_id">,
  { without }: Pick<NameRules, "without">,
): Pick<FreshRow, "session_id" | "trace_id"> {
  return without.includes("session") ? { session_id: "", trace_id: null } : ids;
}
