/**
 * Makes a corpus of logs for measuring, with what they add up to.
 *
 *     deno run -A bench/make_corpus.ts --bytes 1100MB --seed 1 DIRECTORY
 *     deno run -A bench/make_corpus.ts --files 17000 --bytes-per-file 24KB DIRECTORY
 *
 * DIRECTORY then looks like a home (`.pi`, `.claude`, `.codex`) with `truth.json` beside it.
 */
import { parseArgs } from "node:util";
import { generateCorpus } from "./corpus_generator/generate_corpus.ts";

const UNITS: Readonly<Record<string, number>> = { "": 1, KB: 1e3, MB: 1e6, GB: 1e9 };

/** @throws {Error} for what is no size */
export function parseSize(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*(|KB|MB|GB)$/i.exec(text) ?? [];
  if (number === undefined) throw new Error(`Expected a size such as 1100MB, found "${text}".`);
  return Number(number) * UNITS[unit!.toUpperCase()]!;
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    args: Deno.args,
    allowPositionals: true,
    options: {
      bytes: { type: "string" },
      files: { type: "string" },
      "bytes-per-file": { type: "string", default: "24KB" },
      seed: { type: "string", default: "1" },
    },
  });
  const [directory] = positionals;
  if (directory === undefined || positionals.length > 1) {
    console.error("Expected one directory: deno run -A bench/make_corpus.ts --bytes 1100MB DIRECTORY");
    Deno.exit(2);
  }
  const start = performance.now();
  const truth = generateCorpus({
    directory,
    seed: Number(values.seed),
    size: values.files === undefined
      ? { bytes: parseSize(values.bytes ?? "1100MB") }
      : { files: Number(values.files), bytesPerFile: parseSize(values["bytes-per-file"]) },
  });
  for (const [source, { files, bytes, longestLine, sessions, total }] of Object.entries(truth.sources)) {
    console.log(
      `${source.padEnd(6)} ${(bytes / 1e6).toFixed(0).padStart(5)} MB, ${files} logs, ` +
        `${Object.keys(sessions).length} sessions, ${total.turns} turns, longest line ${
          (longestLine / 1e6).toFixed(1)
        } MB`,
    );
  }
  console.log(`Made in ${((performance.now() - start) / 1000).toFixed(1)} s.`);
}
