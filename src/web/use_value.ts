/** Signals in components. */
import type { ReadonlySignal } from "@preact/signals-core";
import { useEffect, useState } from "preact/hooks";

/** A signal that components cannot read but by {@linkcode useValue}, which has them drawn again. */
export type Watched<T> = Pick<ReadonlySignal<T>, "peek" | "subscribe">;

/** What it holds: the component is drawn again whenever that changes. `const { board } = useValue(client.live)`. */
export function useValue<T>(watched: Watched<T>): T {
  const [value, setValue] = useState(watched.peek());
  useEffect(() => watched.subscribe((value) => setValue(() => value)), [watched]);
  return value;
}
