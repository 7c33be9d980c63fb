/**
 * The input of an operation out of a query: `?since=7d&source=pi&source=codex`. Checked as what is typed is, so that an
 * address may hold what a command may, and nothing else.
 */
import { AgentError } from "../core/errors.ts";
import { suggest } from "../core/suggest.ts";
import { checkInput, type InputProblem } from "../operations/contract/check_input.ts";
import { expectationOf, readNumber } from "../operations/contract/expectation.ts";
import type { Field, Input, InputFields, InputOf } from "../operations/contract/input.ts";

/**
 * @param operation its name, for messages
 * @throws {AgentError} usage, when the fields do not make a valid input
 */
export function readQuery<F extends InputFields>(
  input: Input<F>,
  query: URLSearchParams,
  operation: string,
): InputOf<F> {
  const values: Record<string, unknown> = {};
  for (const name of new Set(query.keys())) {
    const field = Object.hasOwn(input.fields, name) ? input.fields[name] : undefined;
    if (field === undefined) throw unknownField(name, Object.keys(input.fields), operation);
    const texts = query.getAll(name);
    if (!field.list && texts.length > 1) {
      throw new AgentError("usage", `Expected one value for ${name}, not ${texts.length}.`);
    }
    const read = texts.map((text) => valueOf(field, name, text));
    values[name] = field.list ? read : read[0];
  }
  const { input: checked, problem } = checkInput(input, values);
  if (problem === undefined) return checked;
  throw problemError(problem, input, query, operation);
}

function valueOf(field: Field, name: string, text: string): unknown {
  switch (field.kind) {
    case "text":
      return text;
    case "switch":
      if (text === "true" || text === "false") return text === "true";
      throw new AgentError("usage", `Expected true or false for ${name}, not "${text}".`);
    default: {
      const number = readNumber(text);
      if (number !== undefined) return number;
      throw wrongValue(field, name, text);
    }
  }
}

function wrongValue(field: Field, name: string, text: string): AgentError {
  const meant = field.choices === undefined ? undefined : suggest(text, field.choices);
  return new AgentError("usage", `Expected ${expectationOf(field)} for ${name}, not "${text}".`, {
    hint: meant === undefined ? undefined : `Did you mean ${meant}?`,
  });
}

function unknownField(name: string, known: readonly string[], operation: string): AgentError {
  const meant = suggest(name, known);
  return new AgentError("usage", `Unknown field "${name}" of ${operation}.`, {
    hint: meant === undefined ? `Its fields are ${known.join(", ")}.` : `Did you mean ${meant}?`,
  });
}

function problemError(
  { kind, field: name, index, message }: InputProblem,
  { fields }: Input,
  query: URLSearchParams,
  operation: string,
): AgentError {
  // A rule about the input as a whole speaks for itself.
  if (name === undefined) return new AgentError("usage", withFullStop(message));
  const texts = query.getAll(name);
  const text = texts[index ?? texts.length - 1];
  if (text === undefined) return new AgentError("usage", `${operation} needs ${name}.`);
  if (kind !== "refused") return wrongValue(fields[name]!, name, text);
  return new AgentError("usage", `${name} cannot be "${texts.join()}": ${withFullStop(message)}`);
}

function withFullStop(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
