/** `dashboard --export`: one file that holds the page and its answers, and opens without a server. */
import { isoTime } from "../core/iso_time.ts";
import type { OperationContext } from "../operations/contract/context.ts";
import { isHidden } from "../operations/settings/hidden_projects.ts";
import type { Assets } from "./assets.ts";
import { type AskedAnswer, collectAnswers } from "./collect_answers.ts";
import { composePage } from "./compose_page.ts";
import { loadRoutes, type Routes } from "./routes.ts";

/**
 * Sessions whose own page is in the file: the latest, as many as fit into so many characters of answers, and so many at
 * least. A turn takes some 250; a file of more than that is slow to open, and no mail takes it.
 */
const SESSIONS_CHARACTERS = 8_000_000;
const LEAST_SESSIONS = 20;

const MONTH = { since: "30d" } as const;

/** What the pages ask for when they are opened, and for each split and grouping. */
const ASKED: readonly AskedAnswer[] = [
  { operation: "overview", fields: {} },
  { operation: "cache", fields: {} },
  { operation: "sessions", fields: { since: "today", sort: "cost", limit: 5 } },
  { operation: "misses", fields: { since: "today", limit: 5 } },
  { operation: "misses", fields: { by: "cause", ...MONTH, limit: 20 } },
  { operation: "cost", fields: { by: "source", ...MONTH, compare: true, limit: 1 } },
  { operation: "cost", fields: { by: "weekday", split: "hourOfDay", ...MONTH } },
  { operation: "cost", fields: { by: "day", fill: true, ...MONTH } },
  ...["model", "provider", "source", "project"].flatMap((split) => [
    { operation: "cost", fields: { by: "day", split, fill: true, ...MONTH } },
    { operation: "cost", fields: { by: split, ...MONTH } },
  ]),
  ...["cause", "project", "model"].map((by) => ({ operation: "misses", fields: { by, ...MONTH, limit: 2000 } })),
  { operation: "sessions", fields: { brief: true, limit: 0 } },
  { operation: "cache", fields: { curve: true, limit: 500 } },
  { operation: "advise", fields: MONTH },
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
  const answers = { ...asked, ...await collectSessions(routes, context) };
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

/** What the pages of the latest sessions ask for. */
async function collectSessions(routes: Routes, context: OperationContext): Promise<Readonly<Record<string, unknown>>> {
  const latest = { brief: true, limit: 0, sort: "last" };
  const [list] = Object.values(await collectAnswers([{ operation: "sessions", fields: latest }], routes, context));
  const { columns } = list as { readonly columns: { readonly sessionId: readonly string[] } };
  const answers: Record<string, unknown> = {};
  let characters = 0;
  for (const [place, session] of columns.sessionId.entries()) {
    if (place >= LEAST_SESSIONS && characters > SESSIONS_CHARACTERS) break;
    const found = await collectAnswers(
      [
        { operation: "session", fields: { session, turns: true, limit: 0 } },
        { operation: "session", fields: { session, context: true, limit: 1 } },
      ],
      routes,
      context,
    );
    characters += JSON.stringify(found).length;
    Object.assign(answers, found);
  }
  return answers;
}
