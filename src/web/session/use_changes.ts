/** How often a session changed since its page was opened: what is known of it is then asked for again, and only then. */
import { useEffect, useState } from "preact/hooks";
import { useClient } from "../client.ts";
import { concerns } from "./concerns.ts";
import { useValue } from "../use_value.ts";

/** @param id Of the session, or the start of it */
export function useChanges(id: string | undefined): number {
  const { changes } = useValue(useClient().live);
  const [count, setCount] = useState(0);
  useEffect(() => {
    if (id !== undefined && changes !== undefined && concerns(changes, id)) setCount((before) => before + 1);
  }, [changes]);
  return count;
}
