/** Reads from the environment which session of an agent this process was started in. Asks no log. */
import type { OperationContext } from "../contract/context.ts";

/** Set by our own launch for the server it brings along. */
export const OWN_SESSION_VARIABLES = "OPPER_AGENT_SESSION";

/**
 * @param prefixes Names of variables without `_ID` and `_FILE`; the first that is set counts, and both are taken from it
 */
export function readCurrentSession(
  env: Readonly<Record<string, string | undefined>>,
  prefixes: readonly string[],
): OperationContext["currentSession"] {
  for (const prefix of prefixes) {
    const id = env[`${prefix}_ID`] || undefined;
    const file = env[`${prefix}_FILE`] || undefined;
    if (id !== undefined || file !== undefined) return { id, file };
  }
  return undefined;
}
