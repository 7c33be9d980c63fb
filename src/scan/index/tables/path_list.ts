/** The paths of all logs as the text that the index keeps of them: of a hundred thousand a list of texts takes 20 MB. */
import { hashText } from "../../../core/hash_text.ts";
import { directoryOf, escapeText, PATH_SEPARATOR, pathOfName, SEPARATOR, unescapeText } from "./stamp.ts";

/** Who looks for more looks for most. */
const FEW_SEARCHES = 32;

export class PathList {
  readonly #names: string;
  /** Where each line begins; behind the last, where another one would. */
  readonly #starts: Uint32Array;
  /** Of each line the place of that in full which it has its directory of: its own, or one before. */
  readonly #whole: Uint32Array;
  /** Places by hashes of their paths, from one on; zero for none. Twice as many as there are paths. */
  #slots: Uint32Array | undefined;
  #searches = 0;

  /** @param names Of a {@linkcode LogList} */
  constructor(names: string) {
    this.#names = names;
    let count = names === "" ? 0 : 1;
    for (let end = names.indexOf(SEPARATOR); end >= 0; end = names.indexOf(SEPARATOR, end + 1)) count++;
    this.#starts = new Uint32Array(count + 1);
    this.#whole = new Uint32Array(count);
    for (let place = 0, from = 0; place < count; place++) {
      const end = names.indexOf(SEPARATOR, from);
      this.#starts[place] = from;
      this.#whole[place] = names.startsWith(PATH_SEPARATOR, from) ? this.#whole[place - 1]! : place;
      from = end < 0 ? names.length + 1 : end + 1;
    }
    this.#starts[count] = names.length + 1;
  }

  /** Those that it was made with. */
  get names(): string {
    return this.#names;
  }

  get length(): number {
    return this.#whole.length;
  }

  at(place: number): string {
    const whole = this.#whole[place]!;
    const line = this.#lineAt(place);
    return pathOfName(whole === place ? line : directoryOf(this.#lineAt(whole)) + line);
  }

  #lineAt(place: number): string {
    return this.#names.slice(this.#starts[place], this.#starts[place + 1]! - 1);
  }

  *[Symbol.iterator](): Generator<string> {
    // A directory is taken out of its line once for all that are in it.
    let directory = "";
    for (let place = 0; place < this.length; place++) {
      const line = this.#lineAt(place);
      if (this.#whole[place] !== place) yield directory + unescapeText(line);
      else {
        const path = pathOfName(line);
        directory = directoryOf(path);
        yield path;
      }
    }
  }

  /** Undefined where no log has that path. */
  placeOf(path: string): number | undefined {
    if (this.#slots === undefined && ++this.#searches <= FEW_SEARCHES) return this.#search(path);
    const slots = this.#slots ??= this.#fillSlots();
    for (let slot = hashText(path) % slots.length; slots[slot] !== 0; slot = (slot + 1) % slots.length) {
      if (this.at(slots[slot]! - 1) === path) return slots[slot]! - 1;
    }
    return undefined;
  }

  /** Takes a part of the time that hashing all paths does. */
  #search(path: string): number | undefined {
    const written = escapeText(path);
    const end = written.slice(Math.max(0, written.lastIndexOf(PATH_SEPARATOR)));
    // An empty one is found again and again.
    if (end === "") return undefined;
    for (let at = this.#names.indexOf(end); at >= 0; at = this.#names.indexOf(end, at + 1)) {
      const place = this.#placeAround(at);
      if (this.at(place) === path) return place;
    }
    return undefined;
  }

  /** Of the line that has a character of the text. */
  #placeAround(at: number): number {
    let [low, high] = [0, this.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= at) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #fillSlots(): Uint32Array {
    const slots = new Uint32Array(2 * this.length + 1);
    for (let place = 0; place < this.length; place++) {
      let slot = hashText(this.at(place)) % slots.length;
      while (slots[slot] !== 0) slot = (slot + 1) % slots.length;
      slots[slot] = place + 1;
    }
    return slots;
  }
}
