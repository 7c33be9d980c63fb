/** The benchmark's corpora of single agents: a seed names their lines and rows, and they add up to what is noted. */
import { deepStrictEqual, ok } from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { makeSourceCorpus, type SourceCorpus } from "../bench/source_corpus/make_source_corpus.ts";
import type { LogStore } from "../src/agents/log_store.ts";
import { addUsage, NO_USAGE } from "../src/core/model.ts";
import { SETTLED } from "./support/kept_home.ts";
import { withTemporaryDirectory } from "./support/run_agent.ts";
import { readAnswers, readLogs } from "./support/scan_answers.ts";
import { quoteName } from "./support/sources/database_content.ts";
import type { SourceAnswers } from "./support/sources/compare_sessions.ts";
import { filesOf, type SourceHome, sourceHomes } from "./support/sources/source_homes.ts";

const SMALL_BYTES = 400_000;

/** Everything in it; of a database all rows, since its bytes are SQLite's own business. */
async function contentOf({ home }: SourceCorpus): Promise<unknown> {
  return (await readLogs(home)).map(({ relativePath, bytes }) => [
    relativePath,
    new TextDecoder().decode(bytes.subarray(0, 15)) === "SQLite format 3"
      ? rowsOf(join(home, relativePath))
      : new TextDecoder("latin1").decode(bytes),
  ]).sort();
}

function rowsOf(path: string): unknown {
  const database = new DatabaseSync(path);
  try {
    const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
    return tables.map(({ name }) => {
      const statement = database.prepare(`SELECT * FROM ${quoteName(String(name))}`);
      statement.setReadBigInts(true);
      // Numbers of any size, which JSON has not.
      return statement.all().map((row) =>
        Object.values(row).map((value) => typeof value === "bigint" ? `${value}` : value)
      );
    });
  } finally {
    database.close();
  }
}

/** @returns whether another seed makes others: not where nobody speaks */
async function isRight(source: SourceHome, form: LogStore["form"], directory: string): Promise<boolean> {
  const make = (name: string, seed: number) =>
    makeSourceCorpus(source, { form, directory: join(directory, name), bytes: SMALL_BYTES, seed });
  const corpus = await make("first", 1);
  ok(corpus.truth.copies > 1 && corpus.truth.bytes >= SMALL_BYTES);
  const answers = await readAnswers(corpus.home, join(directory, "state"), SETTLED) as SourceAnswers;
  deepStrictEqual(answers.sessions.reduce((sum, { usage }) => addUsage(sum, usage), NO_USAGE), corpus.truth.sums.usage);
  const content = await contentOf(corpus);
  deepStrictEqual(await contentOf(await make("second", 1)), content);
  return JSON.stringify(await contentOf(await make("third", 2))) !== JSON.stringify(content);
}

/** Documents are mostly what other logs have as well. */
Deno.test("a corpus of any agent's logs adds up to what is noted, and is named by its seed", async (t) => {
  let others = 0;
  for (const source of sourceHomes().filter(({ agent, name }) => agent.id === name)) {
    const forms = new Set((await filesOf(source)).map(({ form }) => form));
    for (const form of ["lines", "tables"] as const) {
      if (!forms.has(form)) continue;
      await t.step(`${source.name}: ${form}`, () =>
        withTemporaryDirectory(async (directory) => {
          if (await isRight(source, form, directory)) others++;
        }));
    }
  }
  ok(others > 0, "each seed makes the same");
});
