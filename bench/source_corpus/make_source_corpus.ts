/**
 * Makes a home with the logs of one agent, of any size, out of the real ones in tests/fixtures/sources: each session again
 * and again, with what it adds up to. The same seed gives the same lines, and the same rows.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { LogStore } from "../../src/agents/log_store.ts";
import { readContent, type TableContent } from "../../tests/support/sources/database_content.ts";
import { addSums, type ExpectedSums } from "../../tests/support/sources/expected_sessions.ts";
import {
  copyHome,
  databaseBeside,
  filesOf,
  type HomeFile,
  type SourceHome,
} from "../../tests/support/sources/source_homes.ts";
import { Draws } from "../corpus_generator/draws.ts";
import { TextPool } from "../corpus_generator/text_pool.ts";
import { cloneDatabase } from "./clone_database.ts";
import { cloneFiles } from "./clone_files.ts";
import { Retelling } from "./template.ts";

export interface SourceTruth {
  readonly seed: number;
  /** Of the logs. */
  readonly bytes: number;
  /** That were made in full, of each session of the real home. */
  readonly copies: number;
  /** Files, or rows of a database. */
  readonly pieces: number;
  readonly sums: ExpectedSums;
}

export interface SourceCorpus {
  readonly source: string;
  readonly form: LogStore["form"];
  readonly home: string;
  readonly truth: SourceTruth;
}

export interface SourceCorpusOptions {
  readonly form: LogStore["form"];
  /** Homes are made in it, and found again. */
  readonly directory: string;
  readonly bytes: number;
  readonly seed: number;
}

export async function makeSourceCorpus(
  source: SourceHome,
  { form, directory, bytes, seed }: SourceCorpusOptions,
): Promise<SourceCorpus> {
  const { agent, expected } = source;
  const place = join(directory, `${agent.id}-${form}-${bytes}-${seed}`);
  const home = join(place, "home");
  const truthFile = join(place, "truth.json");
  const corpus = (truth: SourceTruth) => ({ source: agent.id, form, home, truth });
  if (existsSync(truthFile)) return corpus(JSON.parse(Deno.readTextFileSync(truthFile)));
  if (existsSync(place)) Deno.removeSync(place, { recursive: true });
  const files = await filesOf(source);
  const own = files.filter((file) => file.form === form);
  const draws = new Draws(seed);
  const pool = new TextPool(draws);
  copyHome(files.filter((file) => file.form === "beside" && databaseBeside(file.relativePath) === undefined), home);
  const made = form === "tables"
    ? makeDatabase(
      own,
      files,
      home,
      join(place, "scratch"),
      (names) => new Retelling(draws, pool, [...expected.keys(), ...names]),
      bytes,
    )
    : makeFiles(own, files, home, new Retelling(draws, pool, [...expected.keys()]), bytes);
  const sums = [...expected].filter(([id]) => made.holds(id)).map(([, session]) => session).reduce<ExpectedSums>(
    (sum, session) => addSums(sum, session),
    addSums(undefined, { turns: 0, usage: NO_SUMS }),
  );
  const truth: SourceTruth = { seed, ...made.size, sums: times(sums, made.size.copies) };
  Deno.writeTextFileSync(truthFile, JSON.stringify(truth));
  return corpus(truth);
}

interface Made {
  readonly size: Pick<SourceTruth, "bytes" | "copies" | "pieces">;
  /** Whether a session is in it. */
  holds(id: string): boolean;
}

function makeFiles(
  own: readonly HomeFile[],
  all: readonly HomeFile[],
  home: string,
  retelling: Retelling,
  bytes: number,
): Made {
  // What lies beside a log is called as that is.
  const beside = all.filter(({ form, relativePath, bytes }) =>
    form === "beside" && retelling.templateOf(relativePath).parts.length > 1 && !bytes.includes(0)
  );
  const { copies, files, bytes: written } = cloneFiles(home, [...own, ...beside], retelling, bytes);
  const texts = own.map((file) => new TextDecoder().decode(file.bytes));
  return {
    size: { copies, pieces: files, bytes: written },
    holds: (id) => own.some(({ relativePath }, place) => relativePath.includes(id) || texts[place]!.includes(id)),
  };
}

/** The largest one. */
function makeDatabase(
  own: readonly HomeFile[],
  all: readonly HomeFile[],
  home: string,
  scratch: string,
  retellingOf: (names: readonly string[]) => Retelling,
  bytes: number,
): Made {
  const file = own.toSorted((a, b) => b.bytes.length - a.bytes.length)[0]!;
  copyHome([file, ...all.filter(({ relativePath }) => databaseBeside(relativePath) === file.relativePath)], scratch);
  const content = readContent(join(scratch, file.relativePath), file.store!);
  Deno.removeSync(scratch, { recursive: true });
  const { copies, rows, bytes: size } = cloneDatabase(
    join(home, file.relativePath),
    content,
    file.store!,
    retellingOf(content.tables.flatMap(idsOf)),
    bytes,
  );
  return { size: { copies, pieces: rows, bytes: size }, holds: (id) => content.logs.includes(id) };
}

/** What a session has a row of its own under. */
function idsOf({ columns, rows, perLog }: TableContent): readonly string[] {
  if (perLog === undefined) return [];
  const keys = rows.map((row) => row[columns[0] === "rowid" ? 1 : 0]);
  return keys.filter((key) => typeof key === "string");
}

const NO_SUMS = { input: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 0 };

function times({ turns, usage, usd }: ExpectedSums, copies: number): ExpectedSums {
  const { input, cacheRead, cacheWrite, cacheWrite1h, output } = usage;
  return {
    turns: turns === undefined ? undefined : turns * copies,
    usd: usd === undefined ? undefined : usd * copies,
    usage: {
      input: input * copies,
      cacheRead: cacheRead * copies,
      cacheWrite: cacheWrite * copies,
      cacheWrite1h: cacheWrite1h * copies,
      output: output * copies,
    },
  };
}
