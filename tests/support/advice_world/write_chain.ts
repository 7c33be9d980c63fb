/** Writes a conversation down request by request: its prompt grows, is changed or summed up, and time goes by. */
import type { Ask, Boundary, Chain, Kept, WorldModel } from "./world.ts";

const SECOND = 1000;

export interface ChainStart {
  readonly id: string;
  readonly role?: Chain["role"];
  readonly at: number;
  readonly model: WorldModel;
  readonly kept: Kept;
  /** Of the front, where that is another one. */
  readonly frontKept?: Kept;
  /** @default one that no other chain has */
  readonly front?: Boundary;
  /** Tokens of a front of its own. @default 6000 to 14000 */
  readonly frontTokens?: number;
}

export interface Asked {
  /** Since the start of the request before: of the first one after the chain's start. @default 0 */
  readonly after?: number;
  /** Tokens that were added, in one piece. @default 1 to 4 pieces of some hundred tokens to some thousand */
  readonly grows?: number;
  readonly tail?: number;
  readonly output?: number;
  readonly lastsMs?: number;
}

/** Keys that no other boundary has. */
export class Keys {
  #last = 0;
  next(): number {
    return ++this.#last;
  }
}

export class ChainWriter {
  readonly #asks: Ask[] = [];
  readonly #droppedAt: number[] = [];
  readonly #start: ChainStart;
  readonly #keys: Keys;
  readonly #random: () => number;
  #prompt: Boundary[];
  #isCompacted = false;
  at: number;
  model: WorldModel;
  kept: Kept;

  constructor(start: ChainStart, keys: Keys, random: () => number) {
    [this.#start, this.#keys, this.#random] = [start, keys, random];
    [this.at, this.model, this.kept] = [start.at, start.model, start.kept];
    this.#prompt = [start.front ?? { key: keys.next(), tokens: start.frontTokens ?? this.between(6000, 14_000) }];
  }

  /** A whole number of both or between. */
  between(least: number, most: number): number {
    return least + Math.floor(this.#random() * (most - least + 1));
  }

  chance(share: number): boolean {
    return this.#random() < share;
  }

  ask({ after = 0, grows, tail, output, lastsMs }: Asked = {}): this {
    this.at += after;
    // The first message is long enough for a front that is left of it to be told from all of it.
    const pieces = grows === undefined
      ? Array.from({ length: this.between(1, 4) }, () => this.between(200, 2600))
      : [grows];
    if (grows === undefined && this.#asks.length === 0) pieces.push(this.between(9000, 30_000));
    for (const piece of pieces) if (piece > 0) this.#grow(piece);
    this.#asks.push({
      at: this.at,
      lastsMs: lastsMs ?? this.between(1, 40) * SECOND,
      model: this.model,
      prompt: [...this.#prompt],
      tail: tail ?? this.between(0, 30),
      output: output ?? this.between(20, 1800),
      front: this.#start.frontKept ?? this.kept,
      rest: this.kept,
      ...(this.#isCompacted ? { afterCompaction: true as const } : {}),
    });
    this.#isCompacted = false;
    return this;
  }

  #grow(tokens: number): void {
    this.#prompt.push({ key: this.#keys.next(), tokens: this.#prompt.at(-1)!.tokens + tokens });
  }

  /** Something within it is other than before: what comes after that is no longer what is kept. */
  change(from: number): this {
    this.#prompt = this.#prompt.map((boundary, place) =>
      place < from ? boundary : { ...boundary, key: this.#keys.next() }
    );
    return this;
  }

  /** The front stays, and all else becomes a summary. */
  compact(tokens: number): this {
    this.#prompt = [this.#prompt[0]!];
    this.#grow(tokens);
    this.#isCompacted = true;
    return this;
  }

  /** Another conversation that goes on from this one, so long after its last request. */
  fork(id: string, after: number): ChainWriter {
    const { model, kept, at } = this;
    const other = new ChainWriter({ id, at: at + after, model, kept }, this.#keys, this.#random);
    other.#prompt = [...this.#prompt];
    return other;
  }

  /** The provider drops all that it holds of this chain, so long after the last request. */
  drop(after: number): this {
    this.#droppedAt.push(this.at + after);
    return this;
  }

  get pieces(): number {
    return this.#prompt.length;
  }

  get chain(): Chain {
    const { id, role = "main" } = this.#start;
    return { id, role, asks: this.#asks, droppedAt: this.#droppedAt };
  }
}
