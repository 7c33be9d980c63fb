/**
 * One page that listens, as `text/event-stream`. What it has not read yet is replaced by what is newer: a slow reader gets
 * the newest state, and no queue.
 */

/** Events in the order in which those that wait together are written. */
const EVENTS = ["hello", "progress", "sessions", "now", "bye"] as const;

export type LiveEvent = (typeof EVENTS)[number];

/** Made when it is written, since more may have changed by then. Undefined: there is nothing to say. */
export type MakeEvent = () => LiveEventData | undefined;

/** An event as it is written: text of its data, and its id. */
export interface LiveEventData {
  readonly data: string;
  readonly id?: string;
}

export class LiveStream {
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #waiting = new Map<LiveEvent, MakeEvent>();
  #hasComment = false;
  #isEnding = false;
  #wake = () => {};

  /** @param onClose called once, when the page went away or the stream was ended */
  constructor(onClose: () => void) {
    const encoder = new TextEncoder();
    this.body = new ReadableStream({
      pull: async (controller) => {
        for (;;) {
          const text = this.#take();
          if (text !== "") controller.enqueue(encoder.encode(text));
          if (this.#isEnding) {
            controller.close();
            return onClose();
          }
          if (text !== "") return;
          await new Promise<void>((resolve) => this.#wake = resolve);
        }
      },
      cancel: () => {
        this.#isEnding = true;
        this.#wake();
        onClose();
      },
    }, { highWaterMark: 0 });
  }

  put(event: LiveEvent, make: MakeEvent): void {
    this.#waiting.set(event, make);
    this.#wake();
  }

  /** Tells whoever is between that somebody is there. */
  comment(): void {
    this.#hasComment = true;
    this.#wake();
  }

  /** After what waits was read. */
  end(): void {
    this.#isEnding = true;
    this.#wake();
  }

  #take(): string {
    const texts = EVENTS.flatMap((event) => {
      const made = this.#waiting.get(event)?.();
      if (made === undefined) return [];
      return [`${made.id === undefined ? "" : `id: ${made.id}\n`}event: ${event}\ndata: ${made.data}\n\n`];
    });
    this.#waiting.clear();
    if (this.#hasComment && texts.length === 0) texts.push(":\n\n");
    this.#hasComment = false;
    return texts.join("");
  }
}
