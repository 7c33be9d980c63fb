/** Whether a media query holds now: a narrow window, a page that is printed. */
import { useEffect, useState } from "preact/hooks";

/** `const isNarrow = useMedia("(max-width: 639px)")`. Draws again when it changes. */
export function useMedia(query: string): boolean {
  const [holds, setHolds] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const hear = () => setHolds(list.matches);
    list.addEventListener("change", hear);
    return () => list.removeEventListener("change", hear);
  }, [query]);
  return holds;
}
