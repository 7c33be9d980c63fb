/**
 * Checks whether values make an operation's input, and fills in defaults. Faults are data: putting them in words is
 * the command line's (cli/arguments/parse_arguments.ts). The schema that tools offer accepts the same (check_input_test.ts).
 */
import type { Field, Input, InputFields, InputOf } from "./input.ts";

/** What is wrong with an input, and where. */
export interface InputProblem {
  /** `missing`: must be given; `wrong`: of another type, none of the choices, out of range; `refused`: by a rule. */
  readonly kind: "missing" | "wrong" | "refused";
  /** Absent when it is about the input as a whole. */
  readonly field?: string;
  /** Which item of a list. */
  readonly index?: number;
  /** Of `refused` the rule's own words. */
  readonly message: string;
}

export type CheckedInput<F extends InputFields> =
  | { readonly input: InputOf<F>; readonly problem?: undefined }
  | { readonly input?: undefined; readonly problem: InputProblem };

/** The first thing that is wrong, in the order of the fields; or the input with its defaults. */
export function checkInput<F extends InputFields>(
  { fields, check }: Input<F>,
  values: Readonly<Record<string, unknown>>,
): CheckedInput<F> {
  const input: Record<string, unknown> = {};
  for (const [name, field] of Object.entries<Field>(fields)) {
    const given = values[name];
    // A list is copied, so that nobody changes the default of the next one.
    const value = given !== undefined ? given : Array.isArray(field.default) ? [...field.default] : field.default;
    if (value !== undefined) {
      const problem = problemOf(field, value);
      if (problem !== undefined) return { problem: { field: name, ...problem } };
      input[name] = value;
    } else if (field.present) {
      return { problem: { kind: "missing", field: name, message: `${name} must be given` } };
    }
  }
  const surplus = Object.keys(values).find((name) => !Object.hasOwn(fields, name));
  if (surplus !== undefined) return { problem: { kind: "wrong", message: `there is no field "${surplus}"` } };
  const message = check?.(input as InputOf<F>);
  return message === undefined ? { input: input as InputOf<F> } : { problem: { kind: "refused", message } };
}

function problemOf(field: Field, value: unknown): Omit<InputProblem, "field"> | undefined {
  if (!field.list) {
    if (!isRight(field, value)) return { kind: "wrong", message: "another value was expected" };
  } else {
    if (!Array.isArray(value)) return { kind: "wrong", message: "a list was expected" };
    // Unlike some(), this looks at holes, too.
    const index = value.findIndex((item) => !isRight(field, item));
    if (index !== -1) return { kind: "wrong", index, message: "another value was expected" };
  }
  const message = field.check?.(value);
  return message === undefined ? undefined : { kind: "refused", message };
}

/** Whether a value, or an item of a list, is of the field's kind and within what it allows. */
function isRight({ kind, choices, range = {} }: Field, value: unknown): boolean {
  switch (kind) {
    case "text":
      return typeof value === "string" && (choices === undefined || choices.includes(value));
    case "switch":
      return typeof value === "boolean";
    case "integer":
      if (!Number.isSafeInteger(value)) return false;
      break;
    case "number":
      if (!Number.isFinite(value)) return false;
  }
  const number = value as number;
  const { minimum = -Infinity, maximum = Infinity, aboveMinimum, belowMaximum } = range;
  return (aboveMinimum ? number > minimum : number >= minimum) && (belowMaximum ? number < maximum : number <= maximum);
}
