/** What is kept of gateways' answers: written, found again, moved aside when damaged, and brought from version to version. */
import { deepStrictEqual, match, notStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { withTemporaryDirectory } from "../../tests/support/run_agent.ts";
import { AgentError } from "../core/errors.ts";
import { type GenerationEvidence, generationTime } from "../core/evidence.ts";
import { removeEvidence } from "./evidence_file.ts";
import { migrateEvidence, MIGRATIONS, NewerEvidenceError } from "./evidence_schema.ts";
import { EvidenceStore } from "./evidence_store.ts";
import { openEvidence } from "./open_evidence.ts";

const ID = "gen-1763632800-turn3";
const LEAST: GenerationEvidence = { id: "gen-1763632800-least", usd: 0 };
const FULL: GenerationEvidence = {
  id: ID,
  usd: 0.1 + 0.2,
  upstreamUsd: 0.0045,
  isByok: true,
  cacheDiscountUsd: -0.009,
  upstream: "Google",
  attempts: [{ provider: "Anthropic", status: 529, latencyMs: 310 }, { provider: "Google", status: 200 }],
  model: "anthropic/claude-4.6-sonnet-20260217",
  promptTokens: 13_435,
  cachedTokens: 0,
  completionTokens: 280,
  reasoningTokens: 0,
  latencyMs: 903.5,
  generationMs: 2030,
  tier: "default",
  router: "openrouter/auto",
  finishReason: "stop",
  isCancelled: true,
  sessionId: "01a1fb65-f104-7c22-9d11-000000000001",
  requestId: "req-1",
  replayOf: "gen-1763632800-turn1",
  region: "global",
  createdAt: Date.UTC(2026, 10, 20, 10, 4),
};
const NOW = Date.UTC(2026, 10, 26);
const BY = { askedAt: NOW, key: "a1b2c3d4" };
const noWarning = (message: string) => {
  throw new Error(message);
};

async function inState(body: (stateDirectory: string) => void | Promise<void>): Promise<void> {
  await withTemporaryDirectory(async (directory) => await body(join(directory, "opper", "agent")));
}

function write(stateDirectory: string, body: (store: EvidenceStore) => void): void {
  const store = EvidenceStore.openToWrite(stateDirectory, noWarning);
  body(store);
  store.close();
}

Deno.test("what was saved is found again, to the last bit, by its owner alone", () =>
  inState(async (directory) => {
    write(directory, (store) => store.saveFound([{ evidence: FULL, at: NOW }, { evidence: LEAST }], BY));
    const evidence = (await openEvidence({ stateDirectory: directory, onWarning: noWarning }))!;
    deepStrictEqual([evidence.find(FULL.id), evidence.find(LEAST.id), evidence.find("gen-1-x")], [
      FULL,
      LEAST,
      undefined,
    ]);
    deepStrictEqual(evidence.listFound(), [
      { evidence: LEAST, at: generationTime(LEAST.id)!, ...BY },
      { evidence: FULL, at: NOW, ...BY },
    ]);
    // The least has the time of its id, 2025-11-20T10:00Z; the other one what it says, a year later.
    deepStrictEqual(evidence.listFound({ since: FULL.createdAt! }).map((row) => row.evidence.id), [FULL.id]);
    deepStrictEqual(evidence.listFound({ until: FULL.createdAt! }).map((row) => row.evidence.id), [LEAST.id]);
    evidence.close();
    for await (const { name } of Deno.readDir(directory)) {
      strictEqual((await Deno.stat(join(directory, name))).mode! & 0o777, 0o600, name);
    }
  }));

Deno.test("generationTime() reads the time in an id", () => {
  const rows: [id: string, time: number | undefined][] = [
    ["gen-1763632800-turn3", 1763632800_000],
    ["gen-batch-1763632800-AbC", 1763632800_000],
    ["gen-AbCdEfGhIjKlMnOpQrStUvWxYz12", undefined],
    ["gen-17636328-x", undefined],
    ["gen-", undefined],
    ["msg_1763632800-x", undefined],
  ];
  for (const [id, time] of rows) strictEqual(generationTime(id), time, id);
});

Deno.test("where there is none nothing is made", () =>
  inState(async (directory) => {
    strictEqual(await openEvidence({ stateDirectory: directory, onWarning: noWarning }), undefined);
    await Deno.mkdir(directory, { recursive: true });
    await Deno.writeTextFile(join(directory, "evidence.db"), "");
    strictEqual(await openEvidence({ stateDirectory: directory, onWarning: noWarning }), undefined);
    strictEqual((await Deno.stat(join(directory, "evidence.db"))).size, 0);
  }));

Deno.test("a response is missing to the key that asked, until another finds it", () =>
  inState((directory) =>
    write(directory, (store) => {
      store.saveMissing(ID, 404, BY);
      store.saveUnread("gen-odd", "the answer was about another id", NOW);
      deepStrictEqual([store.stateOf(ID, BY.key), store.stateOf(ID, "other"), store.stateOf(ID)], [
        "missing",
        "unasked",
        "missing",
      ]);
      store.saveMissing(ID, 403, { askedAt: NOW, key: "other" });
      const { bytes, ...counts } = store.counts();
      ok(bytes > 0);
      deepStrictEqual(counts, { found: 0, missing: 1, unread: 1, lastAskedAt: NOW });
      strictEqual(store.revision, 0);
      store.saveFound([{ evidence: FULL }, { evidence: { ...LEAST, id: "gen-odd" } }], { ...BY, askedAt: NOW + 1 });
      const { bytes: _, ...after } = store.counts();
      deepStrictEqual(after, { found: 2, missing: 0, unread: 0, lastAskedAt: NOW + 1 });
      deepStrictEqual([store.hasDetails(ID), store.hasDetails("gen-odd")], [true, false]);
      deepStrictEqual([store.stateOf(ID, BY.key), store.lastRun()], ["found", undefined]);
      store.saveRun({ endedAt: NOW, left: 3 });
      deepStrictEqual(store.lastRun(), { endedAt: NOW, left: 3 });
    })
  ));

Deno.test("the revision changes with what is found, and is another one after all was forgotten", () =>
  inState((directory) => {
    const seen = new Set<number>();
    for (let round = 0; round < 4; round++) {
      write(directory, (store) => {
        for (const id of ["gen-a", "gen-b"]) {
          store.saveFound([{ evidence: { ...FULL, id } }], BY);
          ok(Number.isSafeInteger(store.revision) && store.revision > 0);
          seen.add(store.revision);
        }
        const before = store.revision;
        store.saveMissing("gen-c", 404, BY);
        store.saveRun({ endedAt: NOW, left: 0 });
        strictEqual(store.revision, before);
      });
      removeEvidence(directory);
      deepStrictEqual([...Deno.readDirSync(directory)], []);
    }
    strictEqual(seen.size, 8);
  }));

Deno.test("who reads sees one state, whatever others write", () =>
  inState(async (directory) => {
    write(directory, (store) => store.saveFound([{ evidence: LEAST }], BY));
    const before = (await openEvidence({ stateDirectory: directory, onWarning: noWarning }))!;
    write(directory, (store) => store.saveFound([{ evidence: FULL }], BY));
    strictEqual(before.find(FULL.id), undefined);
    const after = (await openEvidence({ stateDirectory: directory, onWarning: noWarning }))!;
    deepStrictEqual(after.find(FULL.id), FULL);
    notStrictEqual(after.revision, before.revision);
    before.close();
    after.close();
  }));

Deno.test("a damaged file is moved aside and said, never deleted", async (t) => {
  const harms: [name: string, harm: (path: string) => void][] = [
    ["no database", (path) => Deno.writeTextFileSync(path, "no database at all ".repeat(99))],
    ["cut off", (path) => Deno.truncateSync(path, 5_000)],
    ["another program's", (path) => {
      Deno.removeSync(path);
      const database = new DatabaseSync(path);
      database.exec(`CREATE TABLE other (x); PRAGMA user_version = ${MIGRATIONS.length}`);
      database.close();
    }],
  ];
  for (const [name, harm] of harms) {
    await t.step(`${name}: who reads`, () =>
      inState(async (directory) => {
        const path = join(directory, "evidence.db");
        write(directory, (store) => store.saveFound([{ evidence: FULL }], BY));
        harm(path);
        const bytes = Deno.readFileSync(path);
        const warnings: string[] = [];
        const evidence = await openEvidence({ stateDirectory: directory, onWarning: (text) => warnings.push(text) });
        strictEqual(evidence?.find(ID), undefined);
        evidence?.close();
        strictEqual(warnings.length, 1);
        match(warnings[0]!, /evidence\.db" is damaged\. It is now ".*evidence\.db\.damaged"/);
        deepStrictEqual(Deno.readFileSync(`${path}.damaged`), bytes);
        strictEqual(await openEvidence({ stateDirectory: directory, onWarning: noWarning }), undefined);
      }));
    await t.step(`${name}: who writes, twice`, () =>
      inState((directory) => {
        const path = join(directory, "evidence.db");
        for (const aside of ["evidence.db.damaged", "evidence.db.damaged-2"]) {
          write(directory, (store) => store.saveFound([{ evidence: FULL }], BY));
          harm(path);
          const warnings: string[] = [];
          const store = EvidenceStore.openToWrite(directory, (text) => warnings.push(text));
          strictEqual(store.find(ID), undefined);
          store.saveFound([{ evidence: LEAST }], BY);
          store.close();
          deepStrictEqual([warnings.length, Deno.statSync(join(directory, aside)).isFile], [1, true]);
        }
      }));
  }
});

Deno.test("steps bring a file of any version up to the last, and a later one stays as it is", async (t) => {
  const steps = [
    ...MIGRATIONS,
    "ALTER TABLE found ADD COLUMN added TEXT",
    "UPDATE found SET added = upstream",
  ];
  await t.step("step by step and all at once", () =>
    inState((directory) => {
      write(directory, (store) => store.saveFound([{ evidence: FULL }], BY));
      const database = new DatabaseSync(join(directory, "evidence.db"));
      for (const until of [MIGRATIONS.length + 1, MIGRATIONS.length + 2, MIGRATIONS.length + 2]) {
        migrateEvidence(database, steps.slice(0, until));
        strictEqual(database.prepare("PRAGMA user_version").get()!["user_version"], until);
      }
      deepStrictEqual({ ...database.prepare("SELECT usd, added FROM found").get() }, {
        usd: FULL.usd,
        added: "Google",
      });
      database.close();
      const fresh = new DatabaseSync(":memory:");
      migrateEvidence(fresh, steps);
      deepStrictEqual(fresh.prepare("SELECT added FROM found").all(), []);
      fresh.close();
    }));
  await t.step("a step that fails changes nothing", () => {
    const database = new DatabaseSync(":memory:");
    migrateEvidence(database);
    throws(() => migrateEvidence(database, [...steps, "no SQL"]));
    strictEqual(database.prepare("PRAGMA user_version").get()!["user_version"], MIGRATIONS.length);
    throws(() => database.prepare("SELECT added FROM found"));
    database.close();
  });
  await t.step("a later version's is neither used nor moved", () =>
    inState(async (directory) => {
      write(directory, (store) => store.saveFound([{ evidence: FULL }], BY));
      const path = join(directory, "evidence.db");
      const database = new DatabaseSync(path);
      database.exec("PRAGMA user_version = 99");
      throws(() => migrateEvidence(database), NewerEvidenceError);
      database.close();
      const warnings: string[] = [];
      strictEqual(
        await openEvidence({ stateDirectory: directory, onWarning: (text) => warnings.push(text) }),
        undefined,
      );
      deepStrictEqual(warnings.map((text) => text.replace(directory, "")), [
        '"/evidence.db" was written by a later version of opper-agent. Answers are without it.',
      ]);
      throws(() => EvidenceStore.openToWrite(directory, noWarning), AgentError);
      ok((await Deno.stat(path)).size > 0);
    }));
});
