/**
 * From an operation's input schema to the table of its flags.
 *
 * Reads the schema by way of its JSON Schema, the same text that the MCP tool offers, so that both faces see the same
 * types, ranges and defaults. Parses no arguments (parse_arguments.ts) and prints nothing (help.ts).
 */
import * as z from "zod";
import type { Operation } from "../operations/operation.ts";
import { type Flag, GLOBAL_FLAGS, type NumberRange } from "./flag.ts";

/**
 * The flags and positional arguments of an operation, in the order of its schema. camelCase fields become kebab-case.
 *
 * @throws {Error} when the definition cannot be expressed on a command line: a bug of the definition
 */
export function flagsOf(operation: Operation): readonly Flag[] {
  const { properties = {}, required = [] } = z.toJSONSchema(operation.input, { io: "input" });
  const flags = Object.entries(properties).map(([field, property]) => {
    const where = `Field "${field}" of operation "${operation.name}"`;
    if (typeof property === "boolean") throw new Error(`${where} may be anything: expected a type.`);
    return flagOf(field, property, required.includes(field), operation, where);
  });
  checkNames(flags, operation);
  return flags;
}

function flagOf(
  field: string,
  property: z.core.JSONSchema.JSONSchema,
  required: boolean,
  operation: Operation,
  where: string,
): Flag {
  const list = property.type === "array";
  const items = list ? property.items : property;
  if (typeof items !== "object" || Array.isArray(items)) throw new Error(`${where} has items of several types.`);
  const hint = operation.commandLine?.[field];
  if (property.description === undefined) throw new Error(`${where} has no description.`);
  return {
    field,
    name: field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    short: hint?.short,
    kind: kindOf(items, list, where),
    placeholder: hint?.placeholder ?? field.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase(),
    description: property.description,
    positional: hint?.positional ?? false,
    list,
    required,
    default: property.default,
    choices: items.enum?.map(String),
    range: rangeOf(items),
  };
}

function kindOf(schema: z.core.JSONSchema.JSONSchema, list: boolean, where: string): Flag["kind"] {
  switch (schema.type) {
    case "string":
      return "text";
    case "number":
    case "integer":
      return schema.type;
    case "boolean":
      if (!list) return "switch";
  }
  throw new Error(
    `${where} is ${
      JSON.stringify(schema.type ?? "of several types")
    }: expected a text, a number, a boolean, or a list of texts or numbers.`,
  );
}

function rangeOf(schema: z.core.JSONSchema.JSONSchema): NumberRange | undefined {
  // zod's z.int() is bounded by what a double can count to; that says nothing to a person.
  const told = (bound: unknown) =>
    typeof bound === "number" && Math.abs(bound) < Number.MAX_SAFE_INTEGER ? bound : undefined;
  const minimum = told(schema.minimum) ?? told(schema.exclusiveMinimum);
  const maximum = told(schema.maximum) ?? told(schema.exclusiveMaximum);
  if (minimum === undefined && maximum === undefined) return undefined;
  return {
    minimum,
    maximum,
    aboveMinimum: told(schema.minimum) === undefined && minimum !== undefined,
    belowMaximum: told(schema.maximum) === undefined && maximum !== undefined,
  };
}

function checkNames(flags: readonly Flag[], operation: Operation): void {
  const taken = new Set(GLOBAL_FLAGS.flatMap(({ name, short }) => short === undefined ? [name] : [name, short]));
  let afterList = false;
  for (const flag of flags) {
    if (flag.positional) {
      if (afterList) throw new Error(`"${flag.field}" of "${operation.name}" stands behind a list that takes all.`);
      afterList = flag.list;
      continue;
    }
    for (const name of flag.short === undefined ? [flag.name] : [flag.name, flag.short]) {
      if (taken.has(name)) throw new Error(`Flag "${name}" of operation "${operation.name}" is taken.`);
      taken.add(name);
    }
  }
}
