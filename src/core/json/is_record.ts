/** What most readers of JSON that others wrote ask first. */

export type JsonRecord = Readonly<Record<string, unknown>>;

/** Whether it is an object that is no list. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
