/** Light, dark, or as the system says. Kept. */
import { effect } from "@preact/signals-core";
import { storedSignal } from "./stored.ts";

export const THEMES = ["system", "light", "dark"] as const;

/** One of {@linkcode THEMES}. */
export const theme = storedSignal("theme", "system");

/** Begins to follow it. Called once, by main.tsx. */
export function followTheme(): void {
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
  });
}
