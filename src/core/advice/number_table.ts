/** Rows of numbers, one behind the other: there may be as many as a home has turns, and an object for each takes ten times that. */
export class NumberTable {
  readonly #width: number;
  #cells: Float64Array<ArrayBuffer>;
  #length = 0;

  constructor(width: number) {
    this.#width = width;
    this.#cells = new Float64Array(16 * width);
  }

  get length(): number {
    return this.#length;
  }

  add(...row: number[]): void {
    const start = this.#length * this.#width;
    if (start + this.#width > this.#cells.length) {
      const longer = new Float64Array(2 * this.#cells.length);
      longer.set(this.#cells);
      this.#cells = longer;
    }
    for (let place = 0; place < this.#width; place++) this.#cells[start + place] = row[place]!;
    this.#length++;
  }

  at(row: number, column: number): number {
    return this.#cells[row * this.#width + column]!;
  }
}
