/** `dashboard --export`: one file that holds the page and its answers, and opens without a server. */
import type { AskedFields } from "../core/answer_key.ts";
import { isoTime } from "../core/iso_time.ts";
import type { OperationContext } from "../operations/contract/context.ts";
import { isHidden } from "../operations/settings/hidden_projects.ts";
import type { Assets } from "./assets.ts";
import { type AskedAnswer, collectAnswers } from "./collect_answers.ts";
import { composePage } from "./compose_page.ts";
import { loadRoutes, type Routes } from "./routes.ts";

/** Sessions whose own page is in the file: the latest. */
const EXPORTED_SESSIONS = 20;

/** What the pages ask for when they are opened: tests/e2e/dashboard_test.ts opens all of them. */
const ASKED: readonly AskedAnswer[] = [
  { operation: "overview", fields: {} },
  { operation: "cache", fields: {} },
  { operation: "cache", fields: { curve: true, limit: 500 } },
  { operation: "sessions", fields: { brief: true, limit: 0 } },
  { operation: "traces", fields: { limit: 500 } },
];

/**
 * Text of conversations is in none of it, and nothing that names a hidden project.
 *
 * @throws {AgentError} failed, where the page was not built; and what an operation says
 */
export async function makeExportedPage(assets: Assets, context: OperationContext, version: string): Promise<string> {
  const routes = await loadRoutes({ text: false });
  const asked = await collectAnswers(ASKED, routes, context);
  const answers = { ...asked, ...await collectAnswers(await askOfSessions(routes, context), routes, context) };
  const { now, timezone } = context;
  return await composePage(assets, {
    asOf: isoTime(now)!,
    timezone,
    version,
    answers: Object.fromEntries(Object.entries(answers).filter(([, answer]) => !namesHidden(answer, context))),
  });
}

/** Sums count what is hidden, and by project they name it: such an answer is left out as a whole. */
function namesHidden(answer: unknown, context: OperationContext): boolean {
  if (typeof answer === "string") return isHidden(answer, context);
  if (typeof answer !== "object" || answer === null) return false;
  return Object.values(answer).some((part) => namesHidden(part, context));
}

async function askOfSessions(routes: Routes, context: OperationContext): Promise<readonly AskedAnswer[]> {
  const latest = { limit: EXPORTED_SESSIONS, sort: "last" };
  const answers = await collectAnswers([{ operation: "sessions", fields: latest }], routes, context);
  const [list] = Object.values(answers) as { readonly sessions: readonly { readonly sessionId: string }[] }[];
  return list!.sessions.map(({ sessionId }) => ({ operation: "session", fields: fieldsOfSession(sessionId) }));
}

function fieldsOfSession(session: string): AskedFields {
  return { session };
}
