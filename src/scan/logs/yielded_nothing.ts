/**
 * Notices a log that has responses of which none could be counted: a format that changed, another agent's file, a header
 * that is lost. Without it, such a log is merely missing in every answer.
 *
 * A session that has no response yet is none of these, nor is one whose only answers are errors that its agent worded. Which
 * record is which, the agent's source says.
 */
import type { NamedSource, UncountedKind } from "../../agents/source.ts";

/** What was met in a log before its first turn. */
export interface Uncounted {
  /** Records that can only be a response. */
  responses: number;
  /** Records of tokens, which need not be of a response. */
  counts: number;
}

/** Takes note of a record that led to no turn. @param kind What its source takes it for */
export function noteUncounted(uncounted: Uncounted, kind: UncountedKind | undefined): void {
  if (kind === "response") uncounted.responses++;
  else if (kind === "count") uncounted.counts++;
}

/** The sentence for a log without any turn; undefined when there is nothing to wonder about. */
export function describeUncounted(
  { responses, counts }: Uncounted,
  { title }: Pick<NamedSource, "title">,
  hasSession: boolean,
): string | undefined {
  if (responses === 0 && (hasSession || counts === 0)) return undefined;
  return `It looks like a log of ${title} with responses, but none of them could be counted: the file yielded nothing.`;
}
