/** Says, from the definition of a flag or argument, which values a shell may offer for it. */
import { idsWith } from "../../../agents/agents.ts";
import type { DescribedCommand } from "../describe_program.ts";
import { allFlags } from "../describe_program.ts";
import { type Flag, GLOBAL_FLAGS } from "../../arguments/flag.ts";

export type Values =
  /** One of these; with `suffix` more follows behind it. */
  | { readonly kind: "words"; readonly words: readonly string[] }
  /** `SOURCE=DIR`. */
  | { readonly kind: "roots"; readonly sources: readonly string[] }
  | { readonly kind: "directories" }
  /** Asked of the program itself while completing (commands/complete.ts). */
  | { readonly kind: "sessions" | "zones" }
  /** Anything: nothing is offered. */
  | { readonly kind: "anything" };

const TIME_WORDS = ["now", "today", "yesterday", "week", "month", "year", "1h", "24h", "7d", "30d", "1mo", "1y"];

/** What may follow a flag, so that a shell can complete it. */
export function valuesOf(flag: Flag): Values {
  const words = flag.choices ?? flag.offers;
  if (words !== undefined) return { kind: "words", words };
  switch (flag.placeholder) {
    case "SESSION":
      return { kind: "sessions" };
    case "ZONE":
      return { kind: "zones" };
    case "TIME":
      return { kind: "words", words: TIME_WORDS };
    case "RANGE":
      return { kind: "words", words: [...TIME_WORDS, "lastweek", "lastmonth", "lastyear"] };
    case "DIR":
    case "PATH":
      return { kind: "directories" };
    case "SOURCE=DIR":
      return { kind: "roots", sources: idsWith("source") };
    default:
      return { kind: "anything" };
  }
}

/** `-n`, `--limit`: every way to write each flag that takes a value, of all commands. */
export function valuedNames(commands: readonly DescribedCommand[]): readonly string[] {
  const flags = [...GLOBAL_FLAGS, ...commands.flatMap(allFlags)].filter(({ kind }) => kind !== "switch");
  return [...new Set(flags.flatMap(namesOf))];
}

/** `-n`, `--limit`. */
export function namesOf({ name, short }: Flag): readonly string[] {
  return short === undefined ? [`--${name}`] : [`-${short}`, `--${name}`];
}
