/** Which entries of a database are read: all that may be of a response, and those that move a session's times. */
import { deepStrictEqual } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { zstdCompressSync } from "node:zlib";
import { listLayouts } from "./layouts.ts";

const message = (role: string, more: object = {}) => ({
  type: "message",
  id: "e",
  parentId: "d",
  timestamp: "2026-11-20T10:00:00.000Z",
  message: { role, content: "word ".repeat(99), ...more },
});

/** What OpenClaw tells of an entry that it compressed, as far as it matters here. */
const told = (role: string) => JSON.stringify({ version: 1, reset: { type: "message", message: { role } } });

interface Kept {
  readonly json?: object | string;
  /** Compressed, with what is told beside. */
  readonly told?: string;
}

/** The places of the entries that a statement reads. */
function placesIn(sql: string, entries: readonly Kept[]): readonly number[] {
  const database = new DatabaseSync(":memory:");
  database.exec(
    "CREATE TABLE transcript_events (session_id TEXT, seq INTEGER, event_json TEXT, event_zstd BLOB, " +
      "navigation_json TEXT, PRIMARY KEY (session_id, seq))",
  );
  const insert = database.prepare("INSERT INTO transcript_events VALUES ('a', ?, ?, ?, ?)");
  for (const [place, { json, told }] of entries.entries()) {
    const text = typeof json === "object" ? JSON.stringify(json) : json ?? null;
    if (told === undefined) insert.run(place, text, null, null);
    else insert.run(place, null, zstdCompressSync(text ?? ""), told);
  }
  const wanted = sql.replace(" AS event", " AS event, e.seq");
  const places = database.prepare(wanted).all("a").map(({ seq }) => Number(seq));
  database.close();
  return places;
}

/** That of a database without anything but entries. */
const { records, texts } = listLayouts().find(({ needs }) =>
  Object.keys(needs).join() === "transcript_events" && needs.transcript_events!.includes("navigation_json")
)!;

const LAST: Kept = { json: { type: "custom" } };

const CASES: readonly [name: string, entry: Kept, isRead: boolean][] = [
  ["a response", { json: message("assistant", { usage: { input: 1 } }) }, true],
  ["a response, compressed", { json: message("assistant"), told: told("assistant") }, true],
  ["a response that failed", { json: message("assistant") }, true],
  ["what was typed", { json: message("user") }, false],
  ["what was typed, compressed", { json: message("user"), told: told("user") }, false],
  ["what a tool answered", { json: message("toolResult") }, false],
  ["what a tool answered, compressed", { json: message("toolResult"), told: told("toolResult") }, false],
  ["what a tool answered that was billed", { json: message("toolResult", { usage: { input: 1 } }) }, true],
  ["a response that holds another conversation", {
    json: message("assistant", { content: [{ arguments: message("user") }], usage: { input: 1 } }),
  }, true],
  ["a response that speaks of one", {
    json: message("assistant", { content: JSON.stringify(message("toolResult")) }),
  }, true],
  ["something else", { json: { type: "model_change", provider: "a", modelId: "b" } }, true],
  ["compressed, with nothing told", { json: message("toolResult"), told: "{}" }, true],
  ["compressed, what is told broken", { json: message("toolResult"), told: "{" }, true],
  ["neither text nor compressed", {}, true],
  ["broken", { json: "{" }, true],
];

Deno.test("what no response can be is left out, unless it is the latest", async (t) => {
  for (const [name, entry, isRead] of CASES) {
    await t.step(name, () => {
      deepStrictEqual(placesIn(records, [entry, LAST]), isRead ? [0, 1] : [1]);
      deepStrictEqual(placesIn(records, [LAST, entry]), [0, 1]);
    });
  }
});

Deno.test("who wants the text gets all of them", () => {
  deepStrictEqual(placesIn(texts!, CASES.map(([, entry]) => entry)), CASES.map((_, place) => place));
});
