/** A second thread of this program. What runs there is decided by whoever is at its other end. */

/** Both ends of the line between two threads look like this: plain data goes through, by structured clone. */
export interface ThreadPort<In, Out> {
  post(message: Out): void;
  /** To be called once. */
  onMessage(listener: (message: In) => void): void;
}

export interface Thread<In, Out> extends ThreadPort<In, Out> {
  /** Whether it has begun: what was posted before is then on its way. This thread hears of it between two tasks. */
  readonly isListening: boolean;
  /** Called once when the thread cannot be started, or fails. */
  onFailure(listener: (reason: string) => void): void;
  /** Ends it at once. */
  end(): void;
}

/** First word of a thread: a message that comes before it listens would be lost. */
const LISTENING = "listening";

/** @param module Address of the module that runs in it. @default the program's own, which finds {@linkcode threadPort} */
export function startThread<In, Out>(module: string = Deno.mainModule): Thread<In, Out> {
  const worker = new Worker(module, { type: "module" });
  const waiting: Out[] = [];
  let isListening = false;
  let listener = (_message: In) => {};
  worker.onmessage = ({ data }) => {
    if (isListening) return listener(data as In);
    isListening = data === LISTENING;
    for (const message of waiting.splice(0)) worker.postMessage(message);
  };
  return {
    get isListening() {
      return isListening;
    },
    post(message) {
      if (isListening) worker.postMessage(message);
      else waiting.push(message);
    },
    onMessage: (given) => listener = given,
    onFailure(fail) {
      worker.onerror = (event) => {
        // Else it would end the program.
        event.preventDefault();
        fail(event.message);
      };
    },
    end: () => worker.terminate(),
  };
}

/** The line back to who started this thread. What comes before somebody listens waits. */
export function threadPort<In, Out>(): ThreadPort<In, Out> {
  const scope = globalThis as unknown as {
    postMessage(message: unknown): void;
    onmessage: ((event: MessageEvent<In>) => void) | null;
  };
  const waiting: In[] = [];
  scope.onmessage = ({ data }) => waiting.push(data);
  scope.postMessage(LISTENING);
  return {
    post: (message) => scope.postMessage(message),
    onMessage(listener) {
      scope.onmessage = ({ data }) => listener(data);
      for (const message of waiting.splice(0)) listener(message);
    },
  };
}

/**
 * Lets what has come from other threads be heard, and all else that waits: without a timer, which takes two milliseconds
 * where nothing waits. What came just now may take a second time.
 */
export function hearOthers(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
