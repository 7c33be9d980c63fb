/** The documents of versions before 1.2 as the records that a database gives: small, since every start loads it. */

/** @param isSession Whether it is what is known of the session itself, not one of its messages */
export function documentRecords(document: unknown, isSession: boolean): readonly object[] {
  if (typeof document !== "object" || document === null || Array.isArray(document)) return [];
  return [{ kind: isSession ? "session" : "message", data: document }];
}
