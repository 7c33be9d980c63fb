/** Signals in components. */
import { useEffect, useState } from "preact/hooks";
import type { Watched } from "./signal.ts";

/** What it holds: the component is drawn again whenever that changes. `const { board } = useValue(client.live)`. */
export function useValue<T>(watched: Watched<T>): T {
  const [value, setValue] = useState(watched.peek());
  useEffect(() => watched.subscribe((value) => setValue(() => value)), [watched]);
  return value;
}
