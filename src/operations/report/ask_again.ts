/** Asks again after a failure that may come from a damaged index. Loaded when something failed. */
import { AgentError } from "../../core/errors.ts";
import type { OperationContext } from "../contract/context.ts";

/**
 * Asks once more, with an index of which all was looked at and which is made anew when it is damaged.
 *
 * @param ask Only reads, with the scan of this context
 * @throws {unknown} the same error, when the index has nothing to do with it
 */
export async function askAgain<T>(
  error: unknown,
  context: Pick<OperationContext, "distrustIndex">,
  ask: () => Promise<T>,
): Promise<T> {
  if (error instanceof AgentError || !(await context.distrustIndex?.())) throw error;
  return await ask();
}
