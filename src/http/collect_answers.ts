/** The answers that an exported page holds: the same documents, asked for once. */
import { answerKey, type AskedFields } from "../core/answer_key.ts";
import type { OperationContext } from "../operations/contract/context.ts";
import { findRoute, readQuestion, type Routes } from "./routes.ts";

/** One question of a page. */
export interface AskedAnswer {
  readonly operation: string;
  readonly fields: AskedFields;
}

/**
 * By the key of each question (core/answer_key.ts).
 *
 * @throws {AgentError} what an operation says; usage, when a question is no input of it
 */
export async function collectAnswers(
  asked: readonly AskedAnswer[],
  routes: Routes,
  context: OperationContext,
): Promise<Readonly<Record<string, unknown>>> {
  const answers: Record<string, unknown> = {};
  for (const { operation, fields } of asked) {
    const key = answerKey(operation, fields);
    const [, query = ""] = key.split("?");
    const texts = await readQuestion(findRoute(routes, operation), new URLSearchParams(query))(context);
    answers[key] = JSON.parse(texts.join(""));
  }
  return answers;
}
