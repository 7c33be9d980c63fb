/** What the engines of a team have in common: a statement goes in, rows come out. And the files of SQL that they run. */
import { fileURLToPath } from "node:url";

/** Decimals and large integers are text, so that no figure is rounded on the way. */
export type SqlRow = Readonly<Record<string, unknown>>;

export interface SqlEngine extends AsyncDisposable {
  readonly name: string;
  /** @throws {Error} with the engine's own words */
  run(statement: string): Promise<readonly SqlRow[]>;
}

/** Runs a file of statements. @returns the rows of the last one */
export async function runScript(engine: SqlEngine, script: string): Promise<readonly SqlRow[]> {
  let rows: readonly SqlRow[] = [];
  for (const statement of statementsOf(script)) rows = await engine.run(statement);
  return rows;
}

/** The statements of a file, each of which ends in a semicolon at the end of a line. Comments have lines of their own. */
export function statementsOf(script: string): readonly string[] {
  return script.replace(/^ *--.*$/gm, "").split(/;\s*$/m).map((statement) => statement.trim()).filter(Boolean);
}

export interface Question {
  readonly name: string;
  readonly title: string;
  readonly sql: string;
}

/** Those of team/questions.sql, as they stand there. */
export const TEAM_QUESTIONS: readonly Question[] = [
  ...(await readTeamFile("questions.sql")).matchAll(/^-- name: (\w+)\n-- (.*)\n([^]*?);$/gm),
].map(([, name, title, sql]) => ({ name: name!, title: title!, sql: sql! }));

/** The five questions, asked on a day. @param today as `YYYY-MM-DD`: nothing reads the clock then */
export function questionsOn(today: string): readonly Question[] {
  return TEAM_QUESTIONS.map((question) => ({
    ...question,
    sql: question.sql.replaceAll("CURRENT_DATE", `DATE '${today}'`),
  }));
}

export interface DashboardPanel {
  readonly id: number;
  readonly title: string;
  readonly datasource: { readonly type: string; readonly uid: string };
  /** With Grafana's macros in it. */
  readonly sql: string;
}

/** What a dashboard of Grafana asks. @param engine a directory of team/ */
export async function dashboardPanels(engine: string): Promise<readonly DashboardPanel[]> {
  const { panels } = JSON.parse(await readTeamFile(`${engine}/dashboard.json`)) as {
    readonly panels:
      readonly (Omit<DashboardPanel, "sql"> & { readonly targets: readonly { readonly rawSql: string }[] })[];
  };
  return panels.flatMap(({ targets, ...panel }) => targets.map(({ rawSql }) => ({ ...panel, sql: rawSql })));
}

/** @param path below team/ */
export function readTeamFile(path: string): Promise<string> {
  return Deno.readTextFile(teamFile(path));
}

/** @param path below team/. @returns an absolute one */
export function teamFile(path: string): string {
  return fileURLToPath(new URL(`../../../team/${path}`, import.meta.url));
}
