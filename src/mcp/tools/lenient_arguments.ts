/**
 * Arguments as clients send them, made into what a tool's schema asks for where it is plain what was meant: many clients,
 * and many models, write numbers, booleans, lists and whole objects as text, and what they leave out as null or "".
 *
 * Decides by the published schema alone, which stays strict; what cannot be meant by it is left as it is, for the check to
 * refuse. Text is never made of anything else: what a prompt or an id says is nobody's to guess.
 */
import { isRecord } from "../../core/json/is_record.ts";
import type { JsonObject } from "./tool_definition.ts";

/**
 * @param args as they came, `undefined` for none
 * @returns undefined when they are no object, nor mean one
 */
export function lenientObject(args: unknown): JsonObject | undefined {
  const value = typeof args === "string" ? parsed(args, "{") ?? args : args;
  // A language whose empty object is an empty list says `[]`.
  if (value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0)) return {};
  return isRecord(value) ? value : undefined;
}

/** @param schema JSON Schema of the arguments: `properties` and `required` are read */
export function lenientArguments(schema: JsonObject, args: JsonObject): JsonObject {
  const properties = schema["properties"] as Readonly<Record<string, JsonObject>>;
  const required = (schema["required"] ?? []) as readonly string[];
  return Object.fromEntries(
    Object.entries(args).flatMap(([name, value]) => {
      const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (property === undefined) return value === null ? [] : [[name, value]];
      return isLeftOut(value, property, required.includes(name)) ? [] : [[name, lenientValue(property, value)]];
    }),
  );
}

/** "" says nothing where nothing has to be said, and where the schema does not refuse it while a default stands for it. */
function isLeftOut(value: unknown, { minLength, default: byDefault }: JsonObject, isRequired: boolean): boolean {
  if (value === null) return true;
  return typeof value === "string" && value.trim() === "" && !isRequired &&
    !(minLength !== undefined && byDefault !== undefined);
}

function lenientValue(schema: JsonObject, value: unknown): unknown {
  switch (schema["type"]) {
    case "integer":
    case "number":
      return typeof value === "string" && NUMBER.test(value) ? Number(value) : value;
    case "boolean":
      return BOOLEANS.get(typeof value === "string" ? value.trim().toLowerCase() : value) ?? value;
    case "array": {
      const items = schema["items"] as JsonObject;
      return listOf(items, value).filter((item) => item !== null).map((item) => lenientValue(items, item));
    }
    default:
      return value;
  }
}

/** As JSON and people write it: no hexadecimal, no separators, nothing that is no number. */
const NUMBER = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?\s*$/;

const BOOLEANS: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  ["true", true],
  ["false", false],
  ["1", true],
  ["0", false],
  [1, true],
  [0, false],
]);

/** One value is a list of one; a text may be a list in JSON, or choices with commas between, where none holds a comma. */
function listOf(items: JsonObject, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value !== "string") return [value];
  const list = parsed(value, "[");
  if (Array.isArray(list)) return list;
  return items["enum"] === undefined ? [value] : value.split(",").map((choice) => choice.trim());
}

/** The JSON that a text is, if it begins as it should. */
function parsed(text: string, start: "[" | "{"): unknown {
  if (!text.trimStart().startsWith(start)) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
