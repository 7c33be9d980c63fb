/**
 * The benchmark's corpus: its bytes follow from the seed, it holds the odd shapes that it is for, and three accounts of it
 * agree: what was noted while it was made, this program's, and a slow, obvious reader's.
 */
import { deepStrictEqual, notDeepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { createHash } from "node:crypto";
import { join, relative } from "node:path";
import { type SessionsAnswer, wrongSessions } from "../bench/comparison/check_totals.ts";
import { grownTruth } from "../bench/comparison/grown_truth.ts";
import { generateCorpus } from "../bench/corpus_generator/generate_corpus.ts";
import { SOURCE_IDS } from "../bench/corpus_generator/truth.ts";
import { growCorpus, readGrowth, readTimes, shrinkCorpus } from "../bench/grow_corpus.ts";
import type { ReferenceSums } from "./support/reference/found.ts";
import { readReference, REFERENCE_SOURCES } from "./support/reference_reader.ts";
import { LOGGED_AGENTS } from "../src/agents/agents.ts";
import { readLogs } from "./support/scan_answers.ts";
import { sourceHomes, writeHomeFile } from "./support/sources/source_homes.ts";
import { FIXTURE_HOME, runAgent, withTemporaryDirectory } from "./support/run_agent.ts";

const SMALL = { bytes: 3_000_000 };
/** Has every shape; which ones a corpus of this size has depends on the seed. */
const LARGE = { seed: 5, size: { bytes: 42_000_000 } };

/** Hashes of all files by their path below a directory. */
function hashesBelow(directory: string, top = directory): Record<string, string> {
  const hashes: Record<string, string> = {};
  for (const { name, isDirectory } of Deno.readDirSync(directory)) {
    const path = join(directory, name);
    if (isDirectory) Object.assign(hashes, hashesBelow(path, top));
    else hashes[relative(top, path)] = createHash("sha256").update(Deno.readFileSync(path)).digest("hex");
  }
  return hashes;
}

async function askAgent(home: string, opperHome: string): Promise<SessionsAnswer & { readonly notes: string[] }> {
  const run = await runAgent(["sessions", "--json", "--limit", "0"], { home, opperHome });
  strictEqual(run.stderr, "");
  strictEqual(run.code, 0);
  return JSON.parse(run.stdout);
}

function sumsOf({ sessions }: SessionsAnswer): Map<string, Omit<ReferenceSums, "usd">> {
  return new Map(
    sessions.map(({ source, sessionId, turns, usage }) => [`${source} ${sessionId}`, { turns, ...usage }]),
  );
}

function withoutUsd(sums: ReadonlyMap<string, ReferenceSums>): Map<string, Omit<ReferenceSums, "usd">> {
  return new Map([...sums].map(([name, { usd: _, ...counts }]) => [name, counts]));
}

function sorted<T>(sums: ReadonlyMap<string, T>): [string, T][] {
  return [...sums].sort(([a], [b]) => a < b ? -1 : 1);
}

Deno.test("a seed names the corpus to the byte", async () => {
  await withTemporaryDirectory((directory) => {
    const make = (name: string, seed: number) => {
      generateCorpus({ directory: join(directory, name), seed, size: SMALL });
      return hashesBelow(join(directory, name));
    };
    const first = make("first", 1);
    deepStrictEqual(make("second", 1), first);
    notDeepStrictEqual(make("third", 2), first);
    return Promise.resolve();
  });
});

Deno.test("a corpus of many small logs has as many as asked for", async () => {
  await withTemporaryDirectory((directory) => {
    const truth = generateCorpus({ directory: join(directory, "home"), size: { files: 60, bytesPerFile: 10_000 } });
    for (const id of SOURCE_IDS) {
      const { files, bytes } = truth.sources[id];
      // A fork or a sub-agent of the last session may come on top.
      ok(files >= 20 && files <= 23, `${id} has ${files} logs`);
      ok(bytes / files < 40_000, `${id} has ${bytes / files} bytes a log`);
    }
    return Promise.resolve();
  });
});

Deno.test("a corpus of 42 MB", async (t) => {
  await withTemporaryDirectory(async (directory) => {
    const home = join(directory, "home");
    const truth = generateCorpus({ directory: home, ...LARGE });

    await t.step("the tools have equal parts", () => {
      for (const id of SOURCE_IDS) {
        const share = truth.sources[id].bytes / (LARGE.size.bytes / 3);
        ok(share >= 1 && share < 1.2, `${id} has ${share} of its part`);
      }
    });

    const shapes: [what: string, directory: string, pattern: string | RegExp][] = [
      ["forks of Pi", ".pi", '"parentSession":"'],
      ["compactions of Pi", ".pi", '{"type":"compaction"'],
      ["failed attempts", ".pi", '"stopReason":"error"'],
      ["caches kept warm", ".pi", '"kind":"cache_warm"'],
      ["pictures", ".pi", '"mimeType":"image/png"'],
      ["forks of Claude Code", ".claude", '"requestSessionId":"'],
      ["forks of its older versions", ".claude", '"forkedFrom":{'],
      ["shapes of requests", ".claude", '{"type":"api-request-shape"'],
      ["sub-agents", ".claude", '"isSidechain":true'],
      ["usage of sub-agents in their parent's log", ".claude", '"status":"completed","agentId"'],
      ["compactions of Claude Code", ".claude", '"subtype":"compact_boundary"'],
      ["forks that refer to their parent", ".codex", '"history_base":{'],
      ["forks that replay it", ".codex", /"forked_from_id":"[^"]+","timestamp"/],
      ["sub-agents of Codex", ".codex", '"thread_spawn":{'],
      ["sub-agents that replay", ".codex", '"subagent_history_start_ordinal":'],
      ["compacted histories", ".codex", '"replacement_history":['],
      ["limits without usage", ".codex", '"info":null'],
    ];
    const texts = new Map([".pi", ".claude", ".codex"].map((name) => [name, textBelow(join(home, name))]));
    for (const [what, name, pattern] of shapes) {
      await t.step(`it has ${what}`, () => {
        const text = texts.get(name)!;
        ok(pattern instanceof RegExp ? pattern.test(text) : text.includes(pattern));
      });
    }

    await t.step("it has forks of forks", () => {
      const header = /"id":"([^"]+)","timestamp":"[^"]+","cwd":"[^"]+","parentSession":"[^"]+_([^"_]+)\.jsonl"/g;
      const parents = new Map([...texts.get(".pi")!.matchAll(header)].map(([, id, parent]) => [id, parent]));
      ok([...parents.values()].some((parent) => parents.has(parent)));
    });

    await t.step("a slow, obvious reader finds what was noted when it was made", () => {
      const noted = new Map(
        SOURCE_IDS.flatMap((id) =>
          Object.entries(truth.sources[id].sessions).map(([key, sums]) => [`${id} ${key}`, sums])
        ),
      );
      const read = readReference(home);
      deepStrictEqual(sorted(withoutUsd(read)), sorted(withoutUsd(noted as ReadonlyMap<string, ReferenceSums>)));
      for (const [name, { usd }] of read) ok(Math.abs(usd - noted.get(name)!.usd) < 1e-6, name);
    });

    const opperHome = join(directory, "state");
    await t.step("this program does, too, and finds nothing wrong with the logs", async () => {
      const answer = await askAgent(home, opperHome);
      deepStrictEqual(wrongSessions(answer, truth), []);
      deepStrictEqual(answer.notes.filter((note) => note.includes("problem")), []);
    });

    await t.step("logs that grew by a turn are counted on, and shrunk they are what they were", async () => {
      const before = hashesBelow(home);
      const growth = readGrowth(home);
      strictEqual(growth.length, 20);
      const times = readTimes(home, growth);
      for (let round = 0; round < 2; round++) {
        growCorpus(home, growth, round);
        deepStrictEqual(wrongSessions(await askAgent(home, opperHome), grownTruth(truth, growth, round + 1)), []);
      }
      notDeepStrictEqual(hashesBelow(home), before);
      shrinkCorpus(home, growth, times);
      deepStrictEqual(hashesBelow(home), before);
      deepStrictEqual(wrongSessions(await askAgent(home, opperHome), truth), []);
    });
  });
});

Deno.test("a slow, obvious reader and this program agree on real logs", async (t) => {
  const others = sourceHomes().filter(({ agent }) => REFERENCE_SOURCES.includes(agent.id));
  for (const home of [FIXTURE_HOME, ...others.map(({ home }) => home)]) {
    await t.step(relative(FIXTURE_HOME, home), () =>
      withTemporaryDirectory(async (root) => {
        // A copy: who opens a database to read leaves files beside it.
        const copy = join(root, "home");
        for (const file of await readLogs(home)) writeHomeFile(copy, file);
        const answer = await askAgent(copy, join(root, "opper"));
        const sessions = answer.sessions.filter(({ source }) => REFERENCE_SOURCES.includes(source));
        deepStrictEqual(sorted(sumsOf({ ...answer, sessions })), sorted(withoutUsd(readReference(copy))));
      }));
  }
});

Deno.test("the sums of each agent's sessions are known from elsewhere", () => {
  const known = new Set([...REFERENCE_SOURCES, ...sourceHomes().map(({ agent }) => agent.id)]);
  deepStrictEqual(LOGGED_AGENTS.map(({ id }) => id).filter((id) => !known.has(id)), []);
});

function textBelow(directory: string): string {
  let text = "";
  for (const { name, isDirectory } of Deno.readDirSync(directory)) {
    const path = join(directory, name);
    text += isDirectory ? textBelow(path) : Deno.readTextFileSync(path);
  }
  return text;
}
