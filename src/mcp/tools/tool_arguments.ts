/**
 * Zod schemas as tools see them: JSON Schema with snake_case properties, and arguments read back into the operation's own
 * names. The one place where camelCase and snake_case meet.
 */
import * as z from "zod";
import { isRecord } from "../../core/json/is_record.ts";
import { AgentError } from "../../core/errors.ts";
import { toSafeJson } from "../../core/json/safe_json.ts";
import { suggest } from "../../core/suggest.ts";
import { nameArguments } from "./argument_names.ts";
import { lenientArguments } from "./lenient_arguments.ts";
import type { JsonObject } from "./tool_definition.ts";

/** `asOf` is `as_of` to a tool. */
export function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Strict JSON Schema of a tool's arguments: snake_case properties, required where the schema has no default. */
export function describeArguments(input: z.ZodObject): JsonObject {
  const { type, properties = {}, required = [] } = z.toJSONSchema(input, { target: "draft-7", io: "input" });
  return {
    type,
    properties: Object.fromEntries(Object.entries(properties).map(([name, schema]) => [toSnakeCase(name), schema])),
    ...(required.length === 0 ? {} : { required: required.map(toSnakeCase) }),
    additionalProperties: false,
  };
}

/**
 * JSON Schema of a tool's result. Names stay as they are: it is the same document as the command line's `--json`.
 *
 * All of them take 67 KB (2026-11-27; tests/mcp_test.ts has the limits). Half is descriptions, which scripts of a model read
 * where it reaches tools through them, as in Pi's codemode: they stay. 4 KB refuse what is not described: they are what clients
 * check. Shapes that come twice within a schema take 14 KB; sharing them by `$ref` was left, as not every client was seen to
 * follow it.
 */
export function describeResult(output: z.ZodObject): JsonObject {
  // Without $schema: clients' validators know one draft, and refuse to look at a schema that names another.
  const { $schema: _, ...schema } = z.toJSONSchema(output, { target: "draft-7", io: "output" });
  return withSingleTypes(schema) as JsonObject;
}

/** With a branch for each where a value may be of several types: there are clients whose schemas know one type a value. */
function withSingleTypes(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withSingleTypes);
  if (!isRecord(schema)) return schema;
  const parts = Object.entries(schema).map(([name, part]) => [name, withSingleTypes(part)] as const);
  const { type, ...rest } = Object.fromEntries(parts);
  if (type === undefined) return rest;
  return Array.isArray(type) ? { anyOf: type.map((one: unknown) => ({ type: one })), ...rest } : { type, ...rest };
}

/**
 * Checks arguments, read leniently (argument_names.ts, lenient_arguments.ts), and gives them the schema's own names, defaults
 * filled in.
 *
 * @param tool name of the tool, for messages
 * @throws {AgentError} usage, on unknown, missing or wrong arguments; says what was expected
 */
export function readToolArguments<I extends z.ZodObject>(input: I, sent: JsonObject, tool: string): z.infer<I> {
  const names = new Map(Object.keys(input.shape).map((name) => [toSnakeCase(name), name]));
  const schema = describeArguments(input);
  const { args, unknown, twice } = nameArguments(schema["properties"] as JsonObject, sent);
  if (unknown !== undefined) {
    const known = [...names.keys()].join(", ");
    throw new AgentError("usage", `${tool} has no argument ${quote(unknown)}: expected ${known || "none"}.`, {
      hint: hintFor(unknown, twice, [...names.keys()], tool),
    });
  }
  const meant = lenientArguments(schema, args);
  const parsed = input.safeParse(
    Object.fromEntries(Object.entries(meant).map(([name, value]) => [names.get(name)!, value])),
  );
  if (parsed.success) return parsed.data as z.infer<I>;

  const property = toSnakeCase(String(parsed.error.issues[0]?.path[0]));
  const expected = expectation((schema["properties"] as Record<string, JsonObject>)[property]);
  throw new AgentError(
    "usage",
    property in meant
      ? `Expected ${property} to be ${expected}, not ${quote(args[property])}.`
      : `${tool} needs ${property}: ${expected}.`,
    { hint: `Call ${tool} again with ${property} as described.` },
  );
}

function hintFor(unknown: string, twice: string | undefined, known: readonly string[], tool: string): string {
  if (twice !== undefined) return `${twice} is given as well: call ${tool} again with one of them.`;
  const meant = suggest(unknown.toLowerCase(), known);
  return meant === undefined ? `Call ${tool} again without it.` : `Did you mean ${meant}?`;
}

/** What a JSON Schema allows, in words. */
function expectation(schema: JsonObject | undefined): string {
  if (schema === undefined) return "left out";
  const { type, enum: choices, items, minimum, maximum } = schema;
  if (Array.isArray(choices)) return `one of ${choices.join(", ")}`;
  if (type === "array") return `a list, each item ${expectation(items as JsonObject | undefined)}`;
  if (type === "boolean") return "true or false";
  if (type === "integer" || type === "number") {
    const noun = type === "integer" ? "a whole number" : "a number";
    return typeof minimum === "number" && typeof maximum === "number" ? `${noun} from ${minimum} to ${maximum}` : noun;
  }
  const { minLength, maxLength } = schema;
  if (typeof maxLength === "number") return `text of ${minLength ?? 0} to ${maxLength} characters`;
  return "text";
}

const QUOTED_CHARACTERS = 80;

/** A value as JSON, cut. */
function quote(value: unknown): string {
  const text = toJsonIfAny(value) ?? "something nested so deeply";
  return text.length <= QUOTED_CHARACTERS ? text : `${text.slice(0, QUOTED_CHARACTERS)}…`;
}

/** What was read can be nested more deeply than can be written: that goes down a level a call, and the stack ends. */
function toJsonIfAny(value: unknown): string | undefined {
  try {
    return toSafeJson(value);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
