/**
 * What the prompt of a conversation's last response is made of, by measured sizes: the prompt of each response is known, and
 * so is what it was longer than the one before. Of that the response before is as much as its output; the rest is what the log
 * has between the two.
 *
 * Several things between two responses were measured together: they are split by their length in the log, and marked.
 */
import {
  type EpochMs,
  firstRequest,
  isSameModel,
  lastRequest,
  type ModelRef,
  promptTokens,
  type Tokens,
} from "../model.ts";
import type { PromptItem, PromptItemKind } from "./prompt_entry.ts";
import { keepsThoughtsOf } from "../model_name.ts";
import type { PromptOrder, PromptStep } from "./prompt_steps.ts";
import { splitWhole } from "./split_whole.ts";

/**
 * Where measuring began: the first prompt there is, which nothing divides. `start` is the system prompt, tools and the
 * first message; `compacted` the same with what a compaction left; `earlier` all that was before.
 */
export type PromptBase = "start" | "compacted" | "earlier";

/**
 * Why measuring began anew after the conversation's start: another model counts tokens in its own way; something was taken
 * out of the prompt, and the log does not say what; the conversation began as another one's, which this log does not have.
 */
export type PromptBreak = "compacted" | "model_changed" | "shrunk" | "forked";

/** Of one kind, and where that is results, of one tool. */
export interface PromptPart {
  readonly kind: PromptBase | Exclude<PromptItemKind, "thinking"> | "unexplained";
  /** Of results: whose. Undefined where the log does not say it. */
  readonly tool?: string;
  readonly tokens: Tokens;
  /** Of `tokens`, how many were measured together with something else and split. */
  readonly splitTokens: Tokens;
  /** How many of them: messages, results, images, responses. */
  readonly count: number;
}

/** Its parts add up to `promptTokens`. */
export interface PromptMakeup {
  readonly promptTokens: Tokens;
  readonly model: ModelRef;
  /** Start of the request. */
  readonly at: EpochMs;
  /** The largest first. */
  readonly parts: readonly PromptPart[];
  /** Where measuring began, unless that is the start of the conversation. */
  readonly since?: { readonly at: EpochMs; readonly why: PromptBreak };
}

/** What is known of a conversation besides its steps. */
export interface PromptFacts extends Pick<PromptOrder, "keepsThoughts"> {
  /** It began as another one, of which no response is among the steps. @default false */
  readonly isForked?: boolean;
}

/** Undefined without a step. */
export function partsOf(steps: readonly PromptStep[], facts: PromptFacts = {}): PromptMakeup | undefined {
  const last = steps.at(-1);
  if (last === undefined) return undefined;
  const { isForked = false, keepsThoughts = keepsThoughtsOf(last.turn.model) } = facts;
  const scale = new PromptScale(keepsThoughts);
  for (const [index, step] of steps.entries()) {
    const before = steps[index - 1];
    if (before === undefined) scale.begin(step, step.isCompacted ? "compacted" : isForked ? "forked" : undefined);
    else if (step.isCompacted) scale.begin(step, "compacted");
    else if (!isSameModel(before.turn.model, step.turn.model)) scale.begin(step, "model_changed");
    else scale.add(before, step);
  }
  const { turn } = last;
  return {
    promptTokens: promptTokens(lastRequest(turn)),
    model: turn.model,
    at: turn.at,
    parts: scale.parts,
    since: scale.since,
  };
}

type Draft = { -readonly [Member in keyof PromptPart]: PromptPart[Member] };

/** Of characters and tokens that were measured alone. */
interface Measured {
  tokens: Tokens;
  characters: number;
}

class PromptScale {
  readonly #keepsThoughts: boolean;
  since: PromptMakeup["since"];
  #parts = new Map<string, Draft>();
  /** Output of responses that thought, since somebody last spoke: an API may leave thoughts out from then on. */
  #thought: Tokens = 0;
  #measured: Measured = { tokens: 0, characters: 0 };

  constructor(keepsThoughts: boolean) {
    this.#keepsThoughts = keepsThoughts;
  }

  get parts(): readonly PromptPart[] {
    return [...this.#parts.values()].filter(({ tokens, count }) => tokens > 0 || count > 0)
      .sort((a, b) => b.tokens - a.tokens);
  }

  /** Of what was before nothing is known any more. */
  begin(step: PromptStep, why: PromptBreak | undefined): void {
    this.#parts = new Map();
    if (why === "model_changed") this.#measured = { tokens: 0, characters: 0 };
    this.#thought = 0;
    this.since = why === undefined ? undefined : { at: step.turn.at, why };
    const kind = why === undefined ? "start" : why === "compacted" ? "compacted" : "earlier";
    this.#put(kind, undefined, promptTokens(startOf(step)), 1, 0);
    this.#grow(step);
  }

  /** Takes in what a step added to the one before. */
  add(before: PromptStep, step: PromptStep): void {
    const output = lastRequest(before.turn).output;
    const forgettable = this.#thought;
    const isThought = before.said.some(({ kind }) => kind === "thinking");
    if (isThought) this.#thought += before.turn.usage.output;
    const more = promptTokens(startOf(step)) - promptTokens(lastRequest(before.turn));
    const added = step.added.map(asAdded);
    const isSpoken = added.some(({ kind }) => kind === "user");
    const mayForget = isSpoken ? this.#thought > 0 : isThought && !this.#keepsThoughts;
    const said = mayForget || more < output
      ? this.#estimateSaid(before, added, more, isSpoken ? forgettable : 0)
      : output;
    if (said === undefined) return this.begin(step, "shrunk");
    const isMeasured = said === output ? !mayForget : added.length === 0;
    this.#put("assistant", undefined, said, 1, isMeasured ? 0 : Math.abs(said));
    this.#spread(more - said, added, isMeasured);
    if (isSpoken) this.#thought = 0;
    this.#grow(step);
  }

  /**
   * How much longer the prompt became by what the model said, where that is not all of its output: it may have forgotten
   * thoughts of before as well, and then this is below zero. What was added is taken to be as long as what was measured
   * alone.
   *
   * @param forgettable What may have been forgotten of responses before
   * @returns undefined where that cannot be
   */
  #estimateSaid(
    { turn, said }: PromptStep,
    added: readonly PromptItem[],
    more: Tokens,
    forgettable: Tokens,
  ): Tokens | undefined {
    const least = -Math.min(forgettable, this.#parts.get("assistant")?.tokens ?? 0);
    const most = Math.min(lastRequest(turn).output, more);
    if (most < least) return undefined;
    if (added.length === 0) return most;
    const thoughts = said.filter(({ kind }) => kind === "thinking").map(({ tokens }) => tokens);
    if (forgettable === 0 && thoughts.length > 0 && thoughts.every((tokens) => tokens !== undefined)) {
      const forgotten = thoughts.reduce((sum, tokens) => sum + tokens, 0);
      return Math.max(0, Math.min(more, lastRequest(turn).output - forgotten));
    }
    const characters = lengthOf(added);
    const estimate = this.#tokensOf(characters) ?? more * characters / Math.max(1, characters + lengthOf(said));
    return Math.max(least, Math.min(most, more - Math.round(estimate)));
  }

  /** What so many characters were so far. */
  #tokensOf(characters: number): number | undefined {
    const { tokens, characters: all } = this.#measured;
    return tokens > 0 && all > 0 ? characters * tokens / all : undefined;
  }

  #spread(tokens: Tokens, added: readonly PromptItem[], isMeasured: boolean): void {
    const groups = [...Map.groupBy(added, ({ kind, tool }) => keyOf(kind, tool)).values()];
    if (groups.length === 0) {
      if (tokens > 0) this.#put("unexplained", undefined, tokens, 0, isMeasured ? 0 : tokens);
      return;
    }
    const hasImages = added.some(({ kind }) => kind === "image");
    if (isMeasured && !hasImages) {
      this.#measured.tokens += tokens;
      this.#measured.characters += lengthOf(added);
    }
    const weights = groups.map(lengthOf);
    const shares = this.#splitImages(tokens, groups, weights) ?? splitWhole(tokens, weights);
    // What is empty takes nothing away.
    const isAlone = isMeasured && (groups.length === 1 || weights.filter((weight) => weight > 0).length === 1);
    for (const [index, group] of groups.entries()) {
      const { kind, tool } = group[0]!;
      const share = shares[index]!;
      this.#put(kind as PromptPart["kind"], tool, share, group.length, isAlone ? 0 : share);
    }
  }

  /** How long the data of an image is says little of its tokens: it gets what texts of that length leave. */
  #splitImages(
    tokens: Tokens,
    groups: readonly (readonly PromptItem[])[],
    weights: readonly number[],
  ): readonly Tokens[] | undefined {
    const image = groups.findIndex(([item]) => item!.kind === "image");
    if (image < 0 || groups.length === 1) return undefined;
    const texts = weights.map((weight, index) => index === image ? 0 : weight);
    const estimate = this.#tokensOf(texts.reduce((sum, weight) => sum + weight, 0));
    if (estimate === undefined) return undefined;
    const ofTexts = Math.min(tokens, Math.round(estimate));
    return splitWhole(ofTexts, texts).map((share, index) => index === image ? tokens - ofTexts : share);
  }

  /** Within a response: what it had said until its last request, and what the provider's own tools answered. */
  #grow({ turn }: PromptStep): void {
    const start = startOf({ turn });
    const end = lastRequest(turn);
    const more = promptTokens(end) - promptTokens(start);
    if (more <= 0) return;
    const said = Math.min(more, Math.max(0, turn.usage.output - end.output));
    this.#put("assistant", undefined, said, 0, 0);
    if (more > said) this.#put("tool_result", SERVER_TOOLS, more - said, 1, 0);
  }

  #put(kind: PromptPart["kind"], tool: string | undefined, tokens: Tokens, count: number, splitTokens: Tokens): void {
    const key = keyOf(kind, tool);
    let part = this.#parts.get(key);
    if (part === undefined) {
      part = { kind, tokens: 0, splitTokens: 0, count: 0 };
      if (tool !== undefined) part.tool = tool;
      this.#parts.set(key, part);
    }
    part.tokens += tokens;
    part.count += count;
    part.splitTokens = Math.min(part.splitTokens + splitTokens, part.tokens);
  }
}

/** Tools that a provider runs while it answers have no result of their own in a log. */
const SERVER_TOOLS = "server tools";

/** The request that met what was before. One of a longer prompt is another attempt. */
function startOf({ turn }: Pick<PromptStep, "turn">) {
  const [first, last] = [firstRequest(turn), lastRequest(turn)];
  return promptTokens(first) > 0 && promptTokens(first) < promptTokens(last) ? first : last;
}

/** What the model said before it was broken off, or in an earlier request of one response, is its words all the same. */
function asAdded(item: PromptItem): PromptItem {
  const isSaid = item.kind === "assistant" || item.kind === "thinking";
  return isSaid ? { kind: "assistant", length: item.length } : item;
}

function keyOf(kind: string, tool: string | undefined): string {
  return tool === undefined ? kind : `${kind} ${tool}`;
}

function lengthOf(items: readonly PromptItem[]): number {
  return items.reduce((sum, { length }) => sum + length, 0);
}
