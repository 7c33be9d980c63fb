import { seededRandom } from "./random.ts";

/** Makes JSON, and what is nearly JSON, of whatever tells one reading from another. */
export class HostileJson {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }

  space(): string {
    return this.pick(["", "", "", "", " ", "\t", "\r", " \t "]);
  }

  key(): string {
    return this.pick(["a", "b", "c", "n", "w", "at", "a", "b", "", "aa", "ä", "__proto__", "k".repeat(this.below(40))]);
  }

  text(): string {
    const pieces = [
      "",
      "x",
      "é",
      "😀",
      '\\"',
      "\\\\",
      "\\n",
      "\\u00e9",
      "\\ud83d",
      "\\ude00",
      "{",
      "}",
      '\\u0022,\\"a',
      " ",
    ];
    const times = ["2026-11-21T14:12:38.085Z", "2026-02-31T14:12:38.085Z", "2026-11-21T14:12:38Z", "2026-11-21T14:12Z"];
    return `"${this.below(6) === 0 ? this.pick(times) : this.texts(pieces, 5)}"`;
  }

  texts(pieces: readonly string[], most: number): string {
    return Array.from({ length: this.below(most) }, () => this.pick(pieces)).join("");
  }

  number(): string {
    const digits = (most: number) => this.texts([..."0123456789"], most);
    const whole = this.pick(["0", `${1 + this.below(9)}${digits(3)}`, `${1 + this.below(9)}${digits(25)}`]);
    const fraction = this.pick(["", "", `.${this.below(10)}${digits(20)}`]);
    const exponent = this.pick(["", "", `${this.pick(["e", "E"])}${this.pick(["", "+", "-"])}${this.below(400)}`]);
    return this.pick(["", "-"]) + whole + fraction + exponent;
  }

  value(depth: number): string {
    const kind = this.below(depth > 5 ? 6 : 11);
    if (kind < 2) return this.number();
    if (kind < 4) return this.text();
    if (kind < 6) return this.pick(["true", "false", "null", "1793456789123", "12"]);
    return kind < 7 ? this.list(depth + 1) : this.object(depth + 1);
  }

  list(depth: number): string {
    const values = Array.from({ length: this.below(4) }, () => this.space() + this.value(depth) + this.space());
    return `[${values.length === 0 ? this.space() : values.join(",")}]`;
  }

  object(depth: number): string {
    const members = Array.from({ length: this.below(6) }, () => {
      const key = `${this.space()}"${this.key()}"${this.space()}`;
      return `${key}:${this.space()}${this.value(depth)}${this.space()}`;
    });
    return `{${members.length === 0 ? this.space() : members.join(",")}}`;
  }
}
