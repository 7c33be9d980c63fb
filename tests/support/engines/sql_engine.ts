/** What the engines of a team have in common: a statement goes in, rows come out. And the files of SQL that they run. */

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

/** The questions of team/questions.sql, asked on a day. @param today as `YYYY-MM-DD`: nothing reads the clock then */
export async function readQuestions(today: string): Promise<readonly Question[]> {
  const text = await readTeamFile("questions.sql");
  return [...text.matchAll(/^-- name: (\w+)\n-- (.*)\n([^]*?);$/gm)].map(([, name, title, sql]) => ({
    name: name!,
    title: title!,
    sql: sql!.replaceAll("CURRENT_DATE", `DATE '${today}'`),
  }));
}

/** @param path below team/ */
export function readTeamFile(path: string): Promise<string> {
  return Deno.readTextFile(new URL(`../../../team/${path}`, import.meta.url));
}
