/**
 * How fast lines become rows: found alone, walked as well, with every field read, and the same of parsed records. The fields
 * are those of a log of Pi's.
 */
import { count, name, numeric, object, time } from "../src/agents/fields.ts";
import { discoverLogs } from "../src/scan/logs/discover.ts";
import { readLines, type ReadLinesOptions } from "../src/scan/logs/lines/read_lines.ts";
import { LineRows } from "../src/scan/logs/rows/line_rows.ts";
import { RecordRows } from "../src/scan/logs/rows/record_rows.ts";
import { takeAllSteps } from "../src/scan/logs/take_steps.ts";
import { LOGGED_AGENTS } from "../src/agents/agents.ts";
import { piSource } from "../src/agents/pi/source.ts";
import { corpusMachine, makeSmallCorpus } from "./small_corpus.ts";

const FIELDS = {
  type: name("type"),
  id: name("id"),
  parentId: name("parentId"),
  at: time("timestamp"),
  role: name("message", "role"),
  model: name("message", "model"),
  responseId: name("message", "responseId"),
  usage: object("message", "usage"),
  input: count("message", "usage", "input"),
  output: count("message", "usage", "output"),
  read: count("message", "usage", "cacheRead"),
  written: count("message", "usage", "cacheWrite"),
  usd: numeric("message", "usage", "cost", "total"),
};
const NAMES = Object.keys(FIELDS) as (keyof typeof FIELDS)[];

const { files } = discoverLogs(LOGGED_AGENTS, corpusMachine(makeSmallCorpus().home), []);
const logs = files.filter(({ source }) => source.id === "pi").map(({ file }) => file);
const rows = LineRows.of(FIELDS);
const records = new RecordRows(FIELDS);
const decoder = new TextDecoder();

function readLogs(options: Partial<ReadLinesOptions>): void {
  for (const file of logs) {
    takeAllSteps(readLines(file, { from: 0, needles: piSource.needles, onLine() {}, onProblem() {}, ...options }));
  }
}

const group = `${(logs.reduce((sum, { size }) => sum + size, 0) / 1e6).toFixed(0)} MB in ${logs.length} logs of Pi's`;

Deno.bench("find lines", { group, baseline: true }, () => readLogs({}));
Deno.bench("walk along them", { group }, () => readLogs({ rows, onRow() {} }));
Deno.bench("read every field of their rows", { group }, () => {
  readLogs({
    rows,
    onRow() {
      for (const name of NAMES) rows.row[name];
    },
  });
});
Deno.bench("parse them, and read every field", { group }, () => {
  readLogs({
    onLine(bytes) {
      const row = records.rowOf(JSON.parse(decoder.decode(bytes)));
      for (const name of NAMES) row[name];
    },
  });
});
