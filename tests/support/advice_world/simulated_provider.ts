/**
 * A provider with a cache as Anthropic documents its own: the beginnings of prompts are kept from the start of the request
 * for as long as their mark asked, and again from each use, to the millisecond. Knows nothing of chains, gaps or turns.
 */
import { type Boundary, type Kept, KEPT_MS, type WorldModel } from "./world.ts";

/** As the provider's answer counts them. */
export interface Counted {
  readonly input: number;
  readonly read: number;
  readonly write5m: number;
  readonly write1h: number;
  readonly output: number;
}

interface Entry {
  readonly keptMs: number;
  endsAt: number;
}

export interface SentRequest {
  readonly at: number;
  readonly model: WorldModel;
  readonly prompt: readonly Boundary[];
  readonly tail: number;
  readonly output: number;
  readonly front: Kept;
  readonly rest: Kept;
}

/** How many boundaries before a mark are looked at for something that is kept. */
const LOOK_BACK = 20;
/** Nothing shorter is kept. */
const SHORTEST = 1024;

export class SimulatedProvider {
  readonly #entries = new Map<string, Entry>();

  /** Requests must come in the order of time. */
  answer({ at, model, prompt, tail, output, front, rest }: SentRequest): Counted {
    const last = prompt.length - 1;
    const marks = last === 0 ? [last] : [0, last];
    const found = this.#longestKept(at, model, prompt, marks);
    let upTo = found < 0 ? 0 : prompt[found]!.tokens;
    const read = upTo;
    const wrote = { "5m": 0, "1h": 0 };
    if (found >= 0) this.#keep(at, model, prompt[found]!);
    for (const mark of marks) {
      const boundary = prompt[mark]!;
      if (mark <= found) this.#keep(at, model, boundary);
      else if (boundary.tokens >= SHORTEST) {
        const kept = mark === 0 && last > 0 ? front : rest;
        wrote[kept] += boundary.tokens - upTo;
        upTo = boundary.tokens;
        const keptMs = KEPT_MS[kept];
        this.#entries.set(nameOf(model, boundary), { keptMs, endsAt: at + keptMs });
      }
    }
    const length = prompt[last]!.tokens + tail;
    return { input: length - upTo, read, write5m: wrote["5m"], write1h: wrote["1h"], output };
  }

  /** Drops all that is kept of a prompt. */
  drop(model: WorldModel, prompt: readonly Boundary[]): void {
    for (const boundary of prompt) this.#entries.delete(nameOf(model, boundary));
  }

  #longestKept(at: number, model: WorldModel, prompt: readonly Boundary[], marks: readonly number[]): number {
    for (const mark of marks.toReversed()) {
      for (let place = mark; place >= Math.max(0, mark - LOOK_BACK); place--) {
        const entry = this.#entries.get(nameOf(model, prompt[place]!));
        if (entry !== undefined && at < entry.endsAt) return place;
      }
    }
    return -1;
  }

  /** Used: it is kept from now on for as long again. */
  #keep(at: number, model: WorldModel, boundary: Boundary): void {
    const entry = this.#entries.get(nameOf(model, boundary));
    if (entry !== undefined && at < entry.endsAt) entry.endsAt = at + entry.keptMs;
  }
}

function nameOf(model: WorldModel, { key }: Boundary): string {
  return `${model.name}/${key}`;
}

/** What the answer is billed, in US dollars: writes at 1.25 times the input, for an hour at twice. */
export function billOf({ input, read, write5m, write1h, output }: Counted, model: WorldModel): number {
  const length = input + read + write5m + write1h;
  const factor = model.long !== undefined && length > model.long.above ? model.long.factor : 1;
  const perMillion = model.input * input + model.read * read + 1.25 * model.input * write5m +
    2 * model.input * write1h + model.output * output;
  return factor * perMillion / 1e6;
}
