/** Usage that an answer left ready says what the parts of logs say, whatever changed since. */
import { ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { generateCorpus } from "../bench/corpus_generator/generate_corpus.ts";
import { makeMachine } from "../src/host/environment.ts";
import { ReadyUsage } from "../src/scan/index/ask/ready_usage.ts";
import { openIndex, type OpenIndexOptions } from "../src/scan/index/open_index.ts";
import type { BucketRange } from "../src/scan/index/sums/usage_buckets.ts";
import { indexPath } from "../src/scan/index/tables/index_file.ts";
import { FIXTURE_NOW, withTemporaryDirectory } from "./support/run_agent.ts";
import { withTallyHome } from "./support/run_tally.ts";
import { registerTally } from "./support/tally_agent.ts";
import { appendLine, turnAfter, walkLogs } from "./support/changed_logs.ts";

registerTally();

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const NOW = Date.parse(FIXTURE_NOW);

/** The first one asks for most. */
const RANGES: readonly BucketRange[] = [
  {},
  { since: NOW - 60 * DAY },
  { since: NOW - 60 * DAY, until: NOW - 20 * DAY },
  { since: NOW - 40 * DAY + 7 * MINUTE },
  { asOf: NOW - 30 * DAY + 100 },
];

/** What is added, in its order, of each range: as text, so that what is missing is nothing else than undefined. */
async function usageOf(options: OpenIndexOptions): Promise<string[]> {
  const scan = await openIndex(options);
  try {
    const texts: string[] = [];
    for (const range of RANGES) {
      const buckets = await scan.foldUsage(range, (): unknown[] => [], (all, bucket) => {
        const { at, source, sessionId, cwd, model, upstream, turns, totals, usage, cost, savedUsd } = bucket;
        const { unknownSavings, lost } = bucket;
        const names = { at, source, sessionId, cwd, model, upstream };
        all.push(structuredClone({ ...names, turns, totals, usage, cost, savedUsd, unknownSavings, lost }));
      });
      texts.push(JSON.stringify(buckets));
    }
    return texts;
  } finally {
    scan.close();
  }
}

/** Compares what an index says, where an answer may have left something, with a scan that has none. */
async function compare(home: string, stateDirectory: string, what: string): Promise<void> {
  const machine = makeMachine({ home });
  const now = () => NOW + 400 * DAY;
  const fresh = await usageOf({ machine, stateDirectory: join(stateDirectory, "none"), useIndex: false, now });
  ok(fresh[1]!.length > 2);
  const asked = await usageOf({ machine, stateDirectory, now });
  for (const [place, text] of fresh.entries()) strictEqual(asked[place], text, `${what}: range ${place}`);
}

function listMark(state: string): string {
  const { mtime, ino } = Deno.statSync(`${indexPath(state)}-usage-list`);
  return `${mtime?.getTime()} ${ino}`;
}

Deno.test("usage that is ready is that of the logs, whatever changed since", async () => {
  await withTemporaryDirectory(async (directory) => {
    const home = join(directory, "home");
    generateCorpus({ directory: home, size: { bytes: 12_000_000 } });
    const state = join(directory, "state");
    const paths = [...walkLogs(join(home, ".pi"))].filter((path) => path.endsWith(".jsonl"));
    ok(paths.length > 4);
    const [grown, moved, gone] = paths as [string, string, string];
    const changes: readonly (readonly [what: string, change: () => void])[] = [
      ["nothing", () => {}],
      ["a log that grew", () => appendLine(grown, turnAfter(Deno.readTextFileSync(grown)))],
      ["a log that moved", () => Deno.renameSync(moved, moved.replace(/\.jsonl$/, "x.jsonl"))],
      ["a log that went", () => Deno.removeSync(gone)],
      ["all logs that moved", () => {
        for (const path of [...walkLogs(home)]) {
          if (path.endsWith(".jsonl")) Deno.renameSync(path, path.replace(/([^/]*)\.jsonl$/, "$1-x.jsonl"));
        }
      }],
      ["numbers that are damaged", () => damage(`${indexPath(state)}-usage`)],
      ["a list that is damaged", () => damage(`${indexPath(state)}-usage-list`)],
      ["numbers that are cut off", () => Deno.truncateSync(`${indexPath(state)}-usage`, 4096)],
    ];
    for (const [what, change] of changes) {
      change();
      // The second and third time with what the one before wrote, or left.
      for (let scans = 0; scans < 3; scans++) await compare(home, state, what);
      const ready = ReadyUsage.open(indexPath(state));
      ok(ready?.covers(undefined) && ready.count > 32, what);
    }
    // Nothing more is written while what is there goes.
    const before = listMark(state);
    await compare(home, state, "again");
    strictEqual(listMark(state), before);
  });
});

Deno.test("usage that is more than numbers is read of its log each time", () =>
  withTallyHome(async (tally) => {
    await withTemporaryDirectory(async (state) => {
      const at = (minutes: number) => new Date(NOW - DAY + minutes * MINUTE).toISOString();
      const model = { provider: "anthropic", model: "claude-opus-4-6" };
      for (let place = 0; place < 40; place++) {
        const id = `s${place}`;
        await tally.write(`${id}.jsonl`, [
          { kind: "session", id, cwd: "/srv/web", at: at(place) },
          { kind: "turn", id: `${id}1`, ...model, at: at(place), input: 1000 + place, output: 10 },
          ...(place % 7 === 0
            ? [{ kind: "total", id: `${id}2`, ...model, at: at(place), inputs: 9000, requests: 4 }]
            : []),
        ]);
      }
      for (let scans = 0; scans < 3; scans++) await compare(tally.home, state, "totals");
      const ready = ReadyUsage.open(indexPath(state));
      strictEqual(ready?.count, 40);
    });
  }));

/** One byte of its middle. */
function damage(path: string): void {
  const bytes = Deno.readFileSync(path);
  bytes[bytes.length >> 1]! ^= 1;
  Deno.writeFileSync(path, bytes);
}
