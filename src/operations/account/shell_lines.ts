/** Lines that set variables in the shell of this system, or take them away. They never hold a key: a command prints it. */
import { CHILD_KEY_VARIABLE } from "../../agents/launcher.ts";
import type { KeyCommand } from "../../agents/provider_setup.ts";
import type { Machine } from "../../core/machine.ts";
import { quoteForPowerShell, quoteForShell } from "../../core/shell_words.ts";

/** By name. */
type Variables = Readonly<Record<string, string>>;

/** For a POSIX shell, on Windows for PowerShell. @param key what prints the key, where the agent takes it from a variable */
export function settingLines(variables: Variables, key: KeyCommand | undefined, os: Machine["os"]): readonly string[] {
  const isWindows = os === "windows";
  const lines = Object.entries(variables).map(([name, value]) =>
    isWindows ? `$env:${name} = ${quoteForPowerShell(value)}` : `export ${name}=${quoteForShell(value)}`
  );
  if (key === undefined) return lines;
  const words = [key.command, ...key.args].map(isWindows ? quoteForPowerShell : quoteForShell).join(" ");
  const line = isWindows ? `$env:${CHILD_KEY_VARIABLE} = & ${words}` : `export ${CHILD_KEY_VARIABLE}="$(${words})"`;
  return [line, ...lines];
}

/** The same variables taken away. */
export function unsettingLines(names: readonly string[], os: Machine["os"]): readonly string[] {
  if (names.length === 0) return [];
  return os === "windows"
    ? names.map((name) => `Remove-Item Env:${name} -ErrorAction SilentlyContinue`)
    : [`unset ${names.join(" ")}`];
}
