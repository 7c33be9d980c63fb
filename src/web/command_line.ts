/** What the page asked, as a line to type: it answers with the same figures. */
import { isTypable, quoteForShell } from "../core/shell_words.ts";
import type { AskedFields } from "../core/answer_key.ts";

/**
 * `opper-agent cost --by day --since 30d --model 'opus 4'`. Fields become flags as the program has it; a session, and the
 * project of `advise`, is the argument without one.
 *
 * @returns undefined where a value, which may be out of a log, cannot stand in such a line safely
 */
export function commandLine(operation: string, fields: AskedFields): string | undefined {
  const words = ["opper-agent", operation];
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || value === "" || value === false) continue;
    const isArgument = name === (operation === "advise" ? "project" : "session");
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (value === true) words.push(flag);
    else {for (const one of Array.isArray(value) ? value : [value]) {
        words.push(...argumentsOf(isArgument, flag, String(one)));
      }}
  }
  return words.every(isTypable) ? words.map(quoteForShell).join(" ") : undefined;
}

function argumentsOf(isArgument: boolean, flag: string, value: string): readonly string[] {
  if (isArgument && !value.startsWith("-")) return [value];
  return value.startsWith("-") ? [`${flag}=${value}`] : [flag, value];
}
