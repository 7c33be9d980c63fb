/** Every agent that can be launched, with what is needed to find or install its program. */
import type { Launcher } from "../agents/launcher.ts";
import { managesItself, pi } from "../agents/pi/launcher.ts";

export interface LauncherEntry {
  readonly launcher: Launcher;
  /** The npm package that brings the program. */
  readonly npmPackage: string;
  /** Older programs lack what the launch builds on. */
  readonly minimumVersion: string;
  /** Whether these arguments make it manage or describe itself, without asking a model. */
  managesItself(argv: readonly string[]): boolean;
}

export const LAUNCHERS: readonly LauncherEntry[] = [
  { launcher: pi, npmPackage: "@earendil-works/pi-coding-agent", minimumVersion: "0.74.2", managesItself },
];
