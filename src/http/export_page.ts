/** `dashboard --export`: one file that holds the page and its answers, and opens without a server. */
import { AgentError } from "../core/errors.ts";
import type { OperationContext } from "../operations/contract/context.ts";
import type { Assets } from "./assets.ts";
import { type AskedAnswer, collectAnswers } from "./collect_answers.ts";
import { loadRoutes } from "./routes.ts";

/** What the pages ask for when they are opened. */
export const EXPORTED_ANSWERS: readonly AskedAnswer[] = [
  { operation: "overview", fields: {} },
  { operation: "cache", fields: {} },
  { operation: "sessions", fields: { brief: true, limit: 0 } },
];

/** @throws {AgentError} failed, where the page was not built; and what an operation says */
export async function makeExportedPage(
  assets: Assets,
  context: OperationContext,
): Promise<string> {
  const answers = await collectAnswers(EXPORTED_ANSWERS, await loadRoutes({ text: false }), context);
  return composePage(assets, answers);
}

/** Puts script, style and answers into the page. */
function composePage(_assets: Assets, _answers: Readonly<Record<string, unknown>>): string {
  throw new AgentError("failed", "This version of the page cannot be exported yet.");
}
