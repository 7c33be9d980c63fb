/** What grown_program.ts is told of logs before they grew. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { PrefixDigest } from "../../src/scan/logs/lines/prefix_digest.ts";
import { readLines } from "../../src/scan/logs/lines/read_lines.ts";
import { takeAllSteps } from "../../src/scan/logs/take_steps.ts";
import type { Growth } from "../corpus_generator/truth.ts";

/** A row of the table `logs`. */
export interface KnownLog {
  readonly id: number;
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** Made by {@linkcode PrefixDigest.toString}. */
  readonly fingerprint: string;
}

/** Writes down what the logs are that can grow. @param database Path of a file that is not there */
export function writeKnownLogs(database: string, home: string, growth: readonly Growth[]): void {
  const written = new DatabaseSync(database);
  written.exec("CREATE TABLE logs (id INTEGER PRIMARY KEY, path TEXT, size INTEGER, fingerprint TEXT)");
  const insert = written.prepare("INSERT INTO logs (path, size, fingerprint) VALUES (?, ?, ?)");
  for (const { path: relativePath } of growth) {
    const path = join(home, relativePath);
    const digest = new PrefixDigest();
    const read = readLines({ path, compressed: false }, {
      from: 0,
      needles: ['"usage"'],
      digest,
      onLine() {},
      onProblem() {},
    });
    const { endOffset } = takeAllSteps(read);
    insert.run(path, endOffset, digest.toString());
  }
  written.close();
}
