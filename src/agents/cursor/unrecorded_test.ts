import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { Machine } from "../../core/machine.ts";
import { makeMachine } from "../../host/environment.ts";
import { cursor } from "./unrecorded.ts";

const placesOn = (os: Machine["os"]) => cursor.places({ ...makeMachine({ home: "/home/ada" }), os });

Deno.test("places", () => {
  const tail = "Cursor/User/globalStorage/state.vscdb";
  assert.deepEqual(placesOn("linux").map(({ path }) => path), [
    `/home/ada/.config/${tail}`,
    "/home/ada/.cursor/chats",
    "/home/ada/.cursor/projects",
  ]);
  assert.equal(placesOn("darwin")[0]?.path, `/home/ada/Library/Application Support/${tail}`);
  assert.equal(placesOn("windows")[0]?.path, `/home/ada/AppData/Roaming/${tail}`);
});

Deno.test("which files are of a session", async (t) => {
  const [, chats, projects] = placesOn("linux");
  const rows: [place: typeof chats, path: string, session: string | undefined][] = [
    [chats, "0f1e/44444444-4444/store.db", "0f1e/44444444-4444"],
    [chats, "0f1e/44444444-4444/store.db-wal", undefined],
    [projects, "srv-api/agent-transcripts/4444.jsonl", "4444"],
    [projects, "srv-api/agent-transcripts/4444.txt", "4444"],
    [projects, "srv-api/agent-transcripts/4444/4444.jsonl", "4444"],
    [projects, "srv-api/agent-transcripts/4444/subagents/5555.jsonl", "4444"],
    [projects, "srv-api/mcps/x/tools/y.json", undefined],
    [projects, "srv-api/terminals/1.txt", undefined],
  ];
  for (const [place, path, session] of rows) {
    await t.step(path, () => {
      assert.ok(place?.form === "files");
      assert.equal(place.sessionOf(path), session);
    });
  }
});

Deno.test("keys of conversations are counted by their index, and nothing else is read", () => {
  const [place] = placesOn("linux");
  assert.ok(place?.form === "table");
  const database = new DatabaseSync(":memory:");
  try {
    database.exec(`CREATE TABLE ${place.table} (key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB)`);
    const insert = database.prepare(`INSERT INTO ${place.table} VALUES (?, 'x')`);
    const others = ["composerData", "composerDatb:1", "composer", "bubbleId:1:2", "zzz", "composerData;"];
    for (const key of ["composerData:1", "composerData:zz", "composerData:", ...others]) insert.run(key);
    assert.equal(database.prepare(place.count).get()?.sessions, 3);
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${place.count}`).all().map(({ detail }) => String(detail));
    assert.deepEqual(plan.map((detail) => /USING COVERING INDEX \S+ \(key>\? AND key<\?\)/.test(detail)), [true]);
  } finally {
    database.close();
  }
});
