/**
 * The contract between an agent's log format and the question what fills a prompt. Asked only when somebody wants to know:
 * agent.ts loads it.
 *
 * Sizes of prompts are the source's (source.ts), which reads the same records; this says what stands between two of them.
 */
import type { PromptEntry } from "../core/prompt/prompt_entry.ts";
import type { PromptOrder } from "../core/prompt/prompt_steps.ts";

export interface PromptLog extends PromptOrder {
  /**
   * A line that holds none of these, nor one of the source's needles, puts nothing into a prompt. Plain ASCII. Where the
   * conversation is a tree they take in every entry of it. With the source's up to 16.
   */
  readonly needles: readonly string[];
  /**
   * What a record says of the prompts of the main chain; undefined for a record that says nothing of them, such as a
   * sub-agent's. Never throws.
   */
  read(record: unknown): PromptEntry | undefined;
}
