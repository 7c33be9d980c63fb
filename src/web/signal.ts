/** A value that tells of its changes. Nothing on the page follows from several of them, so that no library is needed. */

/** What can be looked at, and watched. */
export interface Watched<T> {
  /** What it is now. A component reads it by useValue (use_value.ts), and is drawn again. */
  peek(): T;
  /** Calls it with the value, now and whenever it is another one. @returns ends that */
  subscribe(onValue: (value: T) => void): () => void;
}

/** One that can be set. */
export class Signal<T> extends EventTarget implements Watched<T> {
  #value: T;

  constructor(value: T) {
    super();
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set value(value: T) {
    if (value === this.#value) return;
    this.#value = value;
    this.dispatchEvent(new Event("change"));
  }

  peek(): T {
    return this.#value;
  }

  subscribe(onValue: (value: T) => void): () => void {
    const tell = () => onValue(this.#value);
    this.addEventListener("change", tell);
    tell();
    return () => this.removeEventListener("change", tell);
  }
}
