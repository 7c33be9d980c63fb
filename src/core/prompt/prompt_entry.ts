/** What records of a conversation put into its next prompt: kinds and sizes, and never the text itself. */
import type { Tokens } from "../model.ts";

/**
 * - `user`: what was typed, and what the tool says in the user's place
 * - `attachment`: what the tool adds by itself: files that were named, reminders, what hooks said
 * - `summary`: of a part of the conversation that was left
 * - `assistant`: words of the model, and its calls of tools
 * - `thinking`: of the model; an API may leave it out of later prompts
 */
export type PromptItemKind = "user" | "tool_result" | "image" | "attachment" | "summary" | "assistant" | "thinking";

/** One thing that a record holds. */
export interface PromptItem {
  readonly kind: PromptItemKind;
  /** How long it is in the log, in characters. Weighs things that were measured together, and is no count of tokens. */
  readonly length: number;
  /** Of thoughts: how many tokens they were, where the log says so. */
  readonly tokens?: Tokens;
  /** It is of an earlier request of the response that the record shows, and so of that one's prompt. */
  readonly isEarlier?: true;
  /** Of a call, and of its result: what tells which belong together. */
  readonly callId?: string;
  /** Name of the tool; a result may leave it to its call. As the log has it: text of others. */
  readonly tool?: string;
}

/** What one record says of the prompts of the main chain. */
export interface PromptEntry {
  /** An entry with the id of an earlier one takes its place. */
  readonly id?: string;
  /** Where the conversation is a tree: the entry before, null for a root. @default it goes on from the record before */
  readonly parent?: string | null;
  readonly items?: readonly PromptItem[];
  /** From here on the conversation stands there as a summary, for logs whose turns do not say so. */
  readonly compacts?: true;
  /** Entries from the one with this id on were taken back. */
  readonly rewindTo?: string;
  /** Its turns are parts of one that another record shows. */
  readonly isAside?: true;
  /** How many tokens the model takes, where the log says so. */
  readonly window?: Tokens;
}

/** A record, and the turns that it shows, by their keys. */
export interface ShownEntry {
  readonly entry: PromptEntry;
  readonly turns: readonly string[];
}
