/** A plan in words, for `--dry-run`. The key is never among them. */
import type { LaunchPlan } from "../agents/launcher.ts";

/** A key, and what stands in its place wherever it is shown. */
export interface ShownKey {
  readonly apiKey: string;
  /** What stands in its place. */
  readonly masked: string;
}

/** Lines, each ending in a line feed. */
export function planText(program: string, plan: LaunchPlan, { apiKey, masked }: ShownKey): string {
  const lines = [
    `run      ${commandText(program, plan.argv)}`,
    ...Object.entries(plan.env).map(([name, value]) => `with     ${name}=${quote(value)}`),
    ...(plan.unset ?? []).filter((name) => !(name in plan.env)).map((name) => `without  ${name}`),
    ...plan.files.map(({ path }) => `place    ${path}, and remove it afterwards`),
    ...plan.stateFiles.map(({ path }) => `write    ${path}, and remove it afterwards`),
    ...(plan.fallbackArgv.length === 0
      ? []
      : [`else     add ${plan.fallbackArgv.map(quote).join(" ")}, when it cannot be placed`]),
  ];
  return `${lines.join("\n")}\n`.replaceAll(apiKey, masked);
}

/** As it would be typed into a shell. */
export function commandText(program: string, argv: readonly string[]): string {
  return [program, ...argv].map(quote).join(" ");
}

function quote(text: string): string {
  return /^[\w@%+=:,./~-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
