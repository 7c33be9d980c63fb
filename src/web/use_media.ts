/** Whether a media query holds now: a narrow window, a page that is printed. */
import { options } from "preact";
import { useEffect, useState } from "preact/hooks";

/** `const isNarrow = useMedia("(max-width: 639px)")`. Draws again when it changes. */
export function useMedia(text: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(text).matches);
  useEffect(() => {
    const query = matchMedia(text);
    // At once: a page is printed as it is when the event ends.
    const hear = () => flushSync(() => setMatches(query.matches));
    query.addEventListener("change", hear);
    return () => query.removeEventListener("change", hear);
  }, [text]);
  return matches;
}

/** Draws what changes now, and not when there is time. */
function flushSync(change: () => void): void {
  const { debounceRendering } = options;
  options.debounceRendering = (draw) => draw();
  change();
  options.debounceRendering = debounceRendering;
}
