/**
 * Random draws for the corpus: everything that it holds comes from one stream of numbers, so that a seed names its bytes.
 *
 * Ids look like those of the tools. Nothing here is a secret or has to be unguessable.
 */
import { seededRandom } from "../../tests/support/random.ts";

const BASE62 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const HEX: readonly string[] = Array.from({ length: 65536 }, (_, value) => value.toString(16).padStart(4, "0"));

export class Draws {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** In [0, 1). */
  number(): number {
    return this.#random();
  }

  /** A whole number, both ends included. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.#random() * (to - from + 1));
  }

  chance(probability: number): boolean {
    return this.#random() < probability;
  }

  pick<T>(values: readonly T[]): T {
    return values[Math.floor(this.#random() * values.length)]!;
  }

  /** A whole number whose logarithm is normal: many near the median, few far above it. */
  heavyTail(median: number, sigma: number, least: number, most: number): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.#random()));
    const normal = radius * Math.cos(2 * Math.PI * this.#random());
    return Math.round(Math.min(most, Math.max(least, median * Math.exp(sigma * normal))));
  }

  /** As often between 1 and 10 as between 10 and 100. */
  logUniform(from: number, to: number): number {
    return Math.round(from * Math.pow(to / from, this.#random()));
  }

  hex(length: number): string {
    let text = "";
    while (text.length < length) text += HEX[Math.floor(this.#random() * 65536)];
    return text.slice(0, length);
  }

  base62(length: number): string {
    let text = "";
    while (text.length < length) text += BASE62[Math.floor(this.#random() * 62)];
    return text;
  }

  uuid4(): string {
    return `${this.hex(8)}-${this.hex(4)}-4${this.hex(3)}-${this.pick(["8", "9", "a", "b"])}${this.hex(3)}-${
      this.hex(12)
    }`;
  }

  /** @param at Milliseconds that the id begins with */
  uuid7(at: number): string {
    const time = Math.floor(at).toString(16).padStart(12, "0");
    return `${time.slice(0, 8)}-${time.slice(8)}-7${this.hex(3)}-${this.pick(["8", "9", "a", "b"])}${this.hex(3)}-${
      this.hex(12)
    }`;
  }
}
