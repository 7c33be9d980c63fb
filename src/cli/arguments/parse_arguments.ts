/**
 * From the arguments behind a command to its validated input, or to one sentence that says what is wrong.
 *
 * The operation's input decides; here its findings are put in words that a person at a terminal understands.
 */
import { AgentError } from "../../core/errors.ts";
import { checkInput, type InputProblem } from "../../operations/contract/check_input.ts";
import { expectationOf, readNumber } from "../../operations/contract/expectation.ts";
import type { InputFields, InputOf } from "../../operations/contract/input.ts";
import type { Operation } from "../../operations/contract/operation.ts";
import { type Flag, type GlobalFlags, globalFlagsBeside, labelOf } from "./flag.ts";
import { flagsOf } from "./flags.ts";
import { readGlobalFlags } from "./global_flags.ts";
import { ownWordFor } from "./other_values.ts";
import { type GivenFlag, readCommandArguments } from "./read_arguments.ts";
import { suggest } from "../../core/suggest.ts";

/** What was typed behind an operation's name. */
export interface ParsedArguments {
  /** Validated, with defaults filled in. Undefined with `--help`, which wants none. */
  readonly input?: InputOf<InputFields>;
  readonly globals: GlobalFlags;
}

/**
 * Of a repeated flag the last one counts; lists add up. Positional lists take what is left, one value an argument.
 *
 * @param argv what is left without the command itself
 * @throws {AgentError} usage, when the arguments do not make a valid input
 */
export function parseArguments(argv: readonly string[], operation: Operation, program: string): ParsedArguments {
  const command = `${program} ${operation.name}`;
  const flags = flagsOf(operation);
  const globalFlags = globalFlagsBeside(flags);
  const { given, positionals } = readCommandArguments(argv, [...flags, ...globalFlags], command);
  const globals = readGlobalFlags(given.filter(({ flag }) => globalFlags.includes(flag)));
  if (globals.help) return { globals };

  const texts = textsOf(flags, given, positionals, command);
  const raw: Record<string, unknown> = {};
  for (const flag of flags) {
    const own = texts.get(flag);
    if (own !== undefined) {
      raw[flag.field] = flag.list
        ? own.map((text) => valueOf(flag, text, command))
        : valueOf(flag, own.at(-1)!, command);
    }
  }
  for (const { flag, value } of given) if (typeof value === "boolean" && flags.includes(flag)) raw[flag.field] = value;

  const { input, problem } = checkInput(operation.input, raw);
  if (problem === undefined) return { input, globals };
  throw problemError(problem, flags, texts, command);
}

/** What was typed for each flag that has a value. Absent: not given. */
type Texts = ReadonlyMap<Flag, readonly string[]>;

function textsOf(
  flags: readonly Flag[],
  given: readonly GivenFlag[],
  positionals: readonly string[],
  command: string,
): Texts {
  const texts = new Map<Flag, string[]>();
  for (const { flag, value } of given) {
    if (typeof value === "boolean" || !flags.includes(flag)) continue;
    const parts = flag.list ? value.split(",").map((part) => part.trim()) : [value];
    if (flag.list && parts.includes("")) {
      throw new AgentError("usage", `Expected values with commas between for --${flag.name}, not "${value}".`, {
        hint: `For example: --${flag.name} ${flag.choices?.slice(0, 2).join(",") ?? "one,two"}.`,
      });
    }
    texts.set(flag, [...texts.get(flag) ?? [], ...parts]);
  }
  const left = [...positionals];
  const places = flags.filter(({ positional }) => positional);
  for (const flag of places) {
    const own = left.splice(0, flag.list ? left.length : 1);
    if (own.length > 0) texts.set(flag, own);
  }
  if (left.length > 0) {
    const takes = places.length === 0
      ? "no arguments"
      : `${places.map(({ placeholder }) => placeholder).join(" ")} alone`;
    throw new AgentError("usage", `"${command}" takes ${takes}, but was given "${left[0]}".`, {
      hint: `\`${command} --help\` shows how it is used.`,
    });
  }
  return texts;
}

function valueOf(flag: Flag, text: string, command: string): unknown {
  if (flag.kind === "text") return text;
  const number = readNumber(text);
  if (number !== undefined) return number;
  throw wrongValue(flag, text, command);
}

/** The sentence says all that is wanted; a hint is there where it is known which of it. */
function wrongValue(flag: Flag, text: string, command: string): AgentError {
  return new AgentError("usage", `Expected ${expectationOf(flag)} for ${labelOf(flag)}, not "${text}".`, {
    hint: flag.choices === undefined ? undefined : hintFor(text, flag, flag.choices, command),
  });
}

function hintFor(text: string, flag: Flag, choices: readonly string[], command: string): string | undefined {
  const own = ownWordFor(text, choices);
  if (own !== undefined) return `${command} ${flag.positional ? own : `--${flag.name} ${own}`}`;
  const meant = suggest(text, choices);
  return meant === undefined ? undefined : `Did you mean ${meant}?`;
}

function problemError(problem: InputProblem, flags: readonly Flag[], texts: Texts, command: string): AgentError {
  const { field, index } = problem;
  const flag = flags.find((flag) => flag.field === field);
  const help = `\`${command} --help\` shows how it is used.`;
  // A rule about the input as a whole speaks for itself.
  if (flag === undefined) return new AgentError("usage", withFullStop(problem.message), { hint: help });
  const own = texts.get(flag);
  const text = own?.[index ?? own.length - 1];
  if (text === undefined) {
    const wanted = flag.positional ? flag.placeholder : `--${flag.name} ${flag.placeholder}`;
    return new AgentError("usage", `"${command}" needs ${wanted}.`, { hint: help });
  }
  if (problem.kind !== "refused") return wrongValue(flag, text, command);
  const refused = flag.list ? own?.join(",") : text;
  return new AgentError("usage", `${labelOf(flag)} cannot be "${refused}": ${withFullStop(problem.message)}`, {
    hint: help,
  });
}

function withFullStop(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
