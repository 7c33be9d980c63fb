/** Puts a conversation in order: its responses, each with what came before its request. Measures nothing. */
import { type EpochMs, MAIN_CHAIN, promptTokens, type Tokens, type Turn } from "../model.ts";
import type { PromptItem, ShownEntry } from "./prompt_entry.ts";

/** A response, and what its request added to the one before. */
export interface PromptStep {
  readonly turn: Turn;
  /** Since the response before. */
  readonly added: readonly PromptItem[];
  /** By the model, in this response. */
  readonly said: readonly PromptItem[];
  /** Whether a summary took the place of what was before. */
  readonly isCompacted: boolean;
}

/** How a log is ordered, where that is not the usual way. */
export interface PromptOrder {
  /** A response's usage stands before what it says. @default among that, or behind it */
  readonly hasUsageFirst?: true;
  /** Its entries name compactions, and turns after something else may say that they follow one. @default the turns say it */
  readonly namesCompactions?: true;
  /** Thoughts stay in prompts until somebody speaks again. @default that depends on the model */
  readonly keepsThoughts?: true;
}

/** The conversation that the last response stands in. */
export interface PromptSteps {
  readonly steps: readonly PromptStep[];
  /** The latest that the log says. */
  readonly window?: Tokens;
}

/** Which response is the last. */
export interface PromptEnd {
  /** Leaves out responses that were complete later. @default none */
  readonly until?: EpochMs;
  /** Whether a response is the session's. A log may have others as well, before or behind. @default all are */
  isOwn?(turn: Turn): boolean;
}

/**
 * @param shown All that a log shows, in its order
 * @param turns By their keys
 */
export function stepsOf(
  shown: readonly ShownEntry[],
  turns: ReadonlyMap<string, Turn>,
  { until = Infinity, isOwn = () => true }: PromptEnd = {},
  order: PromptOrder = {},
): PromptSteps {
  const isShown = (key: string) => {
    const turn = turns.get(key);
    return turn !== undefined && turn.chain === MAIN_CHAIN && turn.total === undefined &&
      promptTokens(turn.usage) > 0 &&
      (turn.endedAt ?? turn.at) <= until;
  };
  const entries = latestOf(shown).map(({ entry, turns }) => ({
    entry,
    turns: entry.isAside ? [] : turns.filter(isShown),
  }));
  const last = entries.findLastIndex((entry) => entry.turns.some((key) => isOwn(turns.get(key)!)));
  const builder = new StepBuilder(turns, order);
  for (const entry of pathOf(entries.slice(0, last + 1))) builder.add(entry);
  return { steps: builder.steps, window: builder.window };
}

/** Without what was taken back; what was written again stands where it was first. */
function latestOf(shown: readonly ShownEntry[]): readonly ShownEntry[] {
  const entries: ShownEntry[] = [];
  const places = new Map<string, number>();
  for (const each of shown) {
    const { id, rewindTo } = each.entry;
    if (rewindTo !== undefined) {
      const from = places.get(rewindTo);
      if (from === undefined) continue;
      for (const { entry } of entries.splice(from)) if (entry.id !== undefined) places.delete(entry.id);
      continue;
    }
    const place = id === undefined ? undefined : places.get(id);
    if (place !== undefined) {
      const turns = new Set([...entries[place]!.turns, ...each.turns]);
      entries[place] = { entry: each.entry, turns: [...turns] };
      continue;
    }
    if (id !== undefined) places.set(id, entries.length);
    entries.push(each);
  }
  return entries;
}

/**
 * The entries that lead to the last of them. In a tree other branches are no part of its prompt. Results of calls that were
 * made at once stand on branches of their own, and so may blocks of one response: they belong to it all the same.
 */
function pathOf(until: readonly ShownEntry[]): readonly ShownEntry[] {
  if (until.every(({ entry }) => entry.parent === undefined)) return until;
  const byId = new Map(until.flatMap((each) => each.entry.id === undefined ? [] : [[each.entry.id, each]]));
  const path = new Set<ShownEntry>();
  for (let at: ShownEntry | undefined = until.at(-1); at !== undefined && !path.has(at);) {
    path.add(at);
    const { parent }: ShownEntry["entry"] = at.entry;
    at = parent === undefined || parent === null ? undefined : byId.get(parent);
  }
  const keys = new Set([...path].flatMap(({ turns }) => turns));
  for (const each of until) if (each.turns.some((key) => keys.has(key))) path.add(each);
  const calls = new Set([...path].flatMap(({ entry }) => itemsOf(entry, "assistant").map(({ callId }) => callId)));
  return until.filter((each) =>
    path.has(each) || each.entry.parent === undefined ||
    itemsOf(each.entry, "tool_result").some(({ callId }) => callId !== undefined && calls.has(callId))
  );
}

function itemsOf({ items = [] }: ShownEntry["entry"], kind: PromptItem["kind"]): readonly PromptItem[] {
  return items.filter((item) => item.kind === kind);
}

/**
 * A log may have the usage of a response before, among or behind what the response says, and what its tools answered before
 * that as well: whatever comes after the model's first word is for the next request.
 */
class StepBuilder {
  readonly steps: (PromptStep & { readonly said: PromptItem[] })[] = [];
  window: Tokens | undefined;
  readonly #turns: ReadonlyMap<string, Turn>;
  readonly #order: PromptOrder;
  readonly #known = new Set<string>();
  readonly #tools = new Map<string, string>();
  readonly #answered = new Set<string>();
  #added: PromptItem[] = [];
  #said: PromptItem[] = [];
  #after: PromptItem[] = [];
  #isCompacted = false;

  constructor(turns: ReadonlyMap<string, Turn>, order: PromptOrder) {
    this.#turns = turns;
    this.#order = order;
  }

  add({ entry, turns }: ShownEntry): void {
    if (entry.compacts) this.#isCompacted = true;
    this.window = entry.window ?? this.window;
    const { hasUsageFirst = false } = this.#order;
    if (hasUsageFirst) this.#closeAll(turns);
    const last = this.steps.at(-1);
    const isMore = hasUsageFirst || (last !== undefined && turns.includes(last.turn.key));
    for (const item of entry.items ?? []) this.#take(item, isMore ? last : undefined);
    this.#closeAll(turns);
  }

  /** @param of The step whose response the item is of, where it is known */
  #take(item: PromptItem, of: (typeof this.steps)[number] | undefined): void {
    if (item.kind === "assistant" || item.kind === "thinking") {
      if (item.callId !== undefined) {
        if (item.tool !== undefined) this.#tools.set(item.callId, item.tool);
        // Some servers begin again with their ids.
        this.#answered.delete(item.callId);
      }
      (item.isEarlier ? this.#added : of?.said ?? this.#said).push(item);
      return;
    }
    if (item.kind === "tool_result" && item.callId !== undefined) {
      if (this.#answered.has(item.callId)) return;
      this.#answered.add(item.callId);
    }
    const named = item.kind !== "tool_result" || item.tool !== undefined || item.callId === undefined
      ? item
      : { ...item, tool: this.#tools.get(item.callId) };
    if (this.#said.length === 0 || item.isEarlier) this.#added.push(named);
    // Whoever is interrupted has no usage: what was said so far is part of the next prompt, if anything of it is.
    else if (item.kind === "user") {
      this.#added.push(...this.#said, ...this.#after, named);
      this.#said = [];
      this.#after = [];
    } else this.#after.push(named);
  }

  #closeAll(keys: readonly string[]): void {
    for (const key of keys) if (!this.#known.has(key)) this.#close(key);
  }

  #close(key: string): void {
    this.#known.add(key);
    const turn = this.#turns.get(key)!;
    const isCompacted = this.#isCompacted ||
      (turn.afterCompaction === true && this.#order.namesCompactions !== true);
    this.steps.push({ turn, added: this.#added, said: this.#said, isCompacted });
    this.#added = this.#after;
    this.#said = [];
    this.#after = [];
    this.#isCompacted = false;
  }
}
