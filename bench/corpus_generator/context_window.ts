/**
 * How the prompt of a conversation grows and how much of it the provider's cache holds, so that token counts rise, drop
 * and repeat as they do in real logs. All counts are tokens.
 */
import type { Draws } from "./draws.ts";

/** A prompt taken apart: the three are disjoint. */
export interface PromptSplit {
  readonly fresh: number;
  readonly read: number;
  readonly written: number;
}

const FIRST_PROMPT = [9_000, 22_000] as const;
const BYTES_PER_TOKEN = 4;
const AFTER_COMPACTION = [12_000, 30_000] as const;

export class ContextWindow {
  readonly #draws: Draws;
  readonly #limit: number;
  #tokens: number;
  #cached = 0;

  /** @param limit Above it the conversation is compacted */
  constructor(draws: Draws, limit: number) {
    this.#draws = draws;
    this.#limit = limit;
    this.#tokens = draws.whole(...FIRST_PROMPT);
  }

  get isFull(): boolean {
    return this.#tokens > this.#limit;
  }

  get tokens(): number {
    return this.#tokens;
  }

  /** Takes in what a tool or a person said. Pictures count as some 1,500 tokens whatever their size. */
  add(bytes: number): void {
    this.#tokens += Math.min(25_000, Math.ceil(bytes / BYTES_PER_TOKEN));
  }

  compact(): void {
    this.#tokens = this.#draws.whole(...AFTER_COMPACTION);
    this.#cached = 0;
  }

  /** The cache expired, or another model is asked. */
  forget(): void {
    this.#cached = 0;
  }

  /** Sends the prompt; what was written is read by the next one. */
  ask(): PromptSplit {
    const fresh = Math.min(this.#draws.whole(2, 14), this.#tokens);
    const read = Math.min(this.#cached, this.#tokens - fresh);
    const written = this.#tokens - fresh - read;
    this.#cached = read + written;
    return { fresh, read, written };
  }

  /** Takes in the response. */
  answer(output: number): void {
    this.#tokens += output;
  }
}
