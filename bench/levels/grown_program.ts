/**
 * Does the least that a scan has to do that finds logs grown, up to a level: `grown_program.ts LEVEL DATABASE`. The database
 * has a row for each log, with what was known of it before.
 */
import { DatabaseSync } from "node:sqlite";
import { GROWN_LEVELS } from "./level_names.ts";
import type { KnownLog } from "./known_logs.ts";

const level = GROWN_LEVELS.find((name) => name === Deno.args[0]);
if (level === undefined) throw new Error(`Expected one of ${GROWN_LEVELS.join(", ")}.`);

if (level !== "empty") {
  await import("../../src/scan/index/update/update_index.ts");
  const { loadSource } = await import("../../src/agents/agents.ts");
  for (const id of ["pi", "claude", "codex"]) await loadSource(id);
}
if (level === "compare") {
  const { PrefixDigest } = await import("../../src/scan/logs/lines/prefix_digest.ts");
  const { readLines } = await import("../../src/scan/logs/lines/read_lines.ts");
  const { takeAllSteps } = await import("../../src/scan/logs/take_steps.ts");
  const database = new DatabaseSync(Deno.args[1]!);
  const logs = database.prepare("SELECT id, path, size, fingerprint FROM logs").all() as unknown as KnownLog[];
  database.exec("BEGIN IMMEDIATE");
  const update = database.prepare("UPDATE logs SET size = ? WHERE id = ?");
  for (const { id, path, size, fingerprint } of logs) {
    const digest = PrefixDigest.of(fingerprint);
    if (!digest.isPrefixOf(path)) throw new Error(`${path} is not what it was.`);
    const { endOffset } = takeAllSteps(readLines({ path, compressed: false }, {
      from: size,
      needles: ['"usage"'],
      digest,
      onLine() {},
      onProblem() {},
    }));
    update.run(endOffset, id);
  }
  database.exec("COMMIT");
  database.close();
}
