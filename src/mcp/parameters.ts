/**
 * Parameters of requests, read one by one. A dozen fields are all that this server takes, so that no schema library has to
 * be loaded before the first answer.
 */
import { isRecord } from "../core/json/is_record.ts";
import { ProtocolError } from "./protocol_error.ts";
import type { JsonObject } from "./tools/tool_definition.ts";

/** @throws {ProtocolError} where it is missing, or no text */
export function readText(params: JsonObject, name: string): string {
  const value = params[name];
  if (typeof value !== "string") throw wrong(name, "text");
  return value;
}

/** @throws {ProtocolError} where it is there, and no text */
export function readTextIfAny(params: JsonObject, name: string): string | undefined {
  return params[name] === undefined ? undefined : readText(params, name);
}

/** @throws {ProtocolError} where it is missing, or no object */
export function readObject(params: JsonObject, name: string): JsonObject {
  const value = params[name];
  if (!isRecord(value)) throw wrong(name, "an object");
  return value;
}

/** An object of texts; empty where it is missing. @throws {ProtocolError} where it is something else */
export function readTextFields(params: JsonObject, name: string): Readonly<Record<string, string>> {
  if (params[name] === undefined) return {};
  const texts = Object.entries(readObject(params, name)).map(([key, text]): [string, string] => {
    if (typeof text !== "string") throw wrong(`${name}.${key.slice(0, 80)}`, "text");
    return [key, text];
  });
  return Object.fromEntries(texts);
}

/** Of a list that has one page. @throws {ProtocolError} where another is asked for */
export function refuseCursor(params: JsonObject): void {
  if (params["cursor"] !== undefined) {
    throw new ProtocolError("invalid_params", "The cursor is not one of this list's.");
  }
}

function wrong(name: string, expected: string): ProtocolError {
  return new ProtocolError("invalid_params", `Expected ${name} to be ${expected}.`);
}
