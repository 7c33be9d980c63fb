/**
 * Arguments as clients send them, made into what a tool's schema asks for where it is plain what was meant: many clients,
 * and many models, write numbers, booleans, lists and whole objects as text, choices in another case, sessions and times in
 * other words (meant_session.ts, meant_time.ts), and what they leave out as null or "".
 *
 * Decides by the published schema alone, which stays strict; what cannot be meant by it is left as it is, for the check to
 * refuse. Of other texts none is changed, and none is made of anything else: what a prompt says is nobody's to guess.
 */
import { isRecord } from "../../core/json/is_record.ts";
import { spellingKey } from "./argument_names.ts";
import { meantId, meantSession } from "./meant_session.ts";
import { meantTime } from "./meant_time.ts";
import type { JsonObject } from "./tool_definition.ts";

/** Arguments that mean the same in every tool that has them (tests/mcp_habits_test.ts). */
const MEANT: Readonly<Record<string, (value: unknown) => unknown>> = {
  session: meantSession,
  run_id: meantId,
  since: meantTime,
  until: meantTime,
  as_of: meantTime,
};

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
      return isLeftOut(value, property, required.includes(name))
        ? []
        : [[name, (MEANT[name] ?? ((value) => lenientValue(property, value)))(value)]];
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
      return Array.isArray(schema["enum"]) ? meantChoice(schema["enum"], value) : value;
  }
}

/** The one choice that is spelled so but for case, `_`, `-` and blanks. */
function meantChoice(choices: readonly unknown[], value: unknown): unknown {
  if (typeof value !== "string" || choices.includes(value)) return value;
  const meant = choices.filter((choice) => spellingKey(String(choice)) === spellingKey(value));
  return meant.length === 1 ? meant[0] : value;
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
