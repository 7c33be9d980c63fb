/**
 * Keys of the whole page. Single keys do nothing while somebody types, with Ctrl, Alt or Meta held, and once they are turned
 * off. A page adds keys of its own with {@linkcode useKeys}, and they go with it.
 */
import { useEffect, useRef } from "preact/hooks";
import { readStored, storedSignal } from "./stored.ts";

/** Whether single keys do something. Kept. */
export const keysAreOn = storedSignal("keys", readStored("keys") !== "off" ? "on" : "off");

type Handler = (event: KeyboardEvent) => void;

/** Latest last: an open dialog hears a key before the page behind it. */
const handlers: (() => Readonly<Record<string, Handler>>)[] = [];
let isAfterG = false;

/**
 * Keys as long as the component is there: `useKeys({ "+": zoomIn, "-": zoomOut })`. A name is that of `event.key`; `g c` is
 * one key after the other.
 */
export function useKeys(keys: Readonly<Record<string, Handler>>): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const read = () => latest.current;
    handlers.push(read);
    return () => {
      handlers.splice(handlers.indexOf(read), 1);
    };
  }, []);
}

/** Begins to listen. Called once, by main.tsx. */
export function listenToKeys(): void {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    if (event.key !== "Escape" && (keysAreOn.value === "off" || isTyping(event.target))) return;
    // On a link or a button it is that one's.
    if (event.key === "Enter" && event.target instanceof Element && event.target.closest("a, button") !== null) return;
    const name = isAfterG ? `g ${event.key}` : event.key;
    isAfterG = !isAfterG && event.key === "g";
    const handler = handlers.findLast((read) => read()[name] !== undefined)?.()[name];
    if (handler === undefined) return;
    event.preventDefault();
    handler(event);
  });
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
