/** What the last export read of each session: ten bytes each, since there may be years of them. */

/** Of the hash that names a session, and of its stamp. */
const NAME_BYTES = 6;
const STAMP_BYTES = 4;
const RECORD_BYTES = NAME_BYTES + STAMP_BYTES;

export class SessionStamps {
  /** In order. */
  readonly #names: Float64Array;
  readonly #stamps: Uint32Array;

  /** @param names Whole numbers of 48 bits, in order. @param stamps Of 32 bits, in the same order */
  constructor(names: Float64Array, stamps: Uint32Array) {
    this.#names = names;
    this.#stamps = stamps;
  }

  static readonly NONE = new SessionStamps(new Float64Array(), new Uint32Array());

  /** @param text What {@linkcode toJSON} made. @throws {SyntaxError} when that is not what it is */
  static parse(text: string): SessionStamps {
    const bytes = Uint8Array.fromBase64(text);
    const view = new DataView(bytes.buffer);
    const count = Math.floor(bytes.length / RECORD_BYTES);
    const [names, stamps] = [new Float64Array(count), new Uint32Array(count)];
    for (let place = 0; place < count; place++) {
      const at = place * RECORD_BYTES;
      names[place] = view.getUint16(at) * 2 ** 32 + view.getUint32(at + 2);
      stamps[place] = view.getUint32(at + NAME_BYTES);
    }
    return new SessionStamps(names, stamps);
  }

  /** As text; the same for the same stamps. */
  toJSON(): string {
    const view = new DataView(new ArrayBuffer(this.#names.length * RECORD_BYTES));
    for (let place = 0; place < this.#names.length; place++) {
      const at = place * RECORD_BYTES;
      const name = this.#names[place]!;
      view.setUint16(at, Math.floor(name / 2 ** 32));
      view.setUint32(at + 2, name % 2 ** 32);
      view.setUint32(at + NAME_BYTES, this.#stamps[place]!);
    }
    return new Uint8Array(view.buffer).toBase64();
  }

  /** Undefined for a session that was not read. */
  of(name: number): number | undefined {
    let [low, high] = [0, this.#names.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#names[middle]! < name) low = middle + 1;
      else high = middle;
    }
    return this.#names[low] === name ? this.#stamps[low] : undefined;
  }
}
