/** A page that is drawn from top to bottom, a part a frame: thousands of turns at once would keep it from hearing. */
import { useEffect, useState } from "preact/hooks";

/** About that of a frame. */
const WAIT_MS = 16;

/** @returns How many parts may be drawn beside the first: none at first, then one more a frame, up to `last` */
export function useStages(last: number): number {
  const [stage, setStage] = useState(0);
  // Effects run behind the frame that shows what they follow.
  useEffect(() => {
    const timer = setTimeout(() => setStage(Math.min(last, stage + 1)), WAIT_MS);
    return () => clearTimeout(timer);
  }, [stage]);
  return stage;
}
