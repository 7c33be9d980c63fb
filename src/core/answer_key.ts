/** How an answer is called that lies in an exported page: by its question. */

/** What a field of a question may be. Undefined: not asked for. */
export type AskedFields = Readonly<
  Record<string, string | number | boolean | readonly (string | number)[] | undefined>
>;

/** `cost?by=day&split=model`: fields in order of their names, lists repeated, as in an address. */
export function answerKey(operation: string, fields: AskedFields): string {
  const query = new URLSearchParams(
    Object.entries(fields).sort(([a], [b]) => a < b ? -1 : 1).flatMap(([name, value]) =>
      value === undefined ? [] : [value].flat().map((item) => [name, String(item)])
    ),
  );
  return query.size === 0 ? operation : `${operation}?${query}`;
}
