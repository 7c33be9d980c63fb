/** Light, dark, or as the system says. Kept. */
import { storedSignal } from "./stored.ts";

export const THEMES = ["system", "light", "dark"] as const;

/** One of {@linkcode THEMES}. */
export const theme = storedSignal("theme", "system");

/** Begins to follow it. Called once, by main.tsx. */
export function followTheme(): void {
  theme.subscribe((value) => document.documentElement.dataset.theme = value);
}
