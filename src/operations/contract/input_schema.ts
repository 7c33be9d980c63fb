/**
 * An operation's input as a schema: for tools, which offer it, and read their arguments by it. The command line never
 * loads this (check_input.ts); both accept the same.
 */
import * as z from "zod";
import type { Field, Input, NumberRange } from "./input.ts";

/** Strict, with every field described, in the order of the input. Rules about several fields hold as well. */
export function inputSchema({ fields, check }: Input): z.ZodObject {
  const schema = z.strictObject(
    Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, fieldSchema(field)])),
  );
  return check === undefined ? schema : schema.check(rule(check));
}

/** Of one field, with its description. */
export function fieldSchema(field: Field): z.ZodType {
  const items = itemSchema(field);
  const value: z.ZodType = field.list ? z.array(items) : items;
  const checked = field.check === undefined ? value : value.check(rule(field.check));
  const schema = field.default !== undefined
    ? checked.default(field.default)
    : field.present
    ? checked
    : checked.optional();
  return schema.describe(field.description);
}

function itemSchema({ kind, choices, range }: Field): z.ZodType {
  switch (kind) {
    case "text":
      return choices === undefined ? z.string() : z.enum(choices);
    case "switch":
      return z.boolean();
    case "integer":
      return within(z.int(), range);
    case "number":
      return within(z.number(), range);
  }
}

function within<T extends z.ZodNumber | z.ZodInt>(schema: T, range: NumberRange = {}): z.ZodNumber {
  const { minimum, maximum, aboveMinimum, belowMaximum } = range;
  let limited: z.ZodNumber = schema;
  if (minimum !== undefined) limited = aboveMinimum ? limited.gt(minimum) : limited.min(minimum);
  if (maximum !== undefined) limited = belowMaximum ? limited.lt(maximum) : limited.max(maximum);
  return limited;
}

function rule(check: (value: never) => string | undefined) {
  return z.superRefine<unknown>((value, context) => {
    const message = check(value as never);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });
}
