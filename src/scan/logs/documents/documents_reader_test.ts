import assert from "node:assert/strict";
import { join } from "node:path";
import type { DocumentStore } from "../../../agents/log_store.ts";
import { withTemporaryDirectory } from "../../../../tests/support/run_agent.ts";
import { DocumentsReader } from "./documents_reader.ts";

const store: DocumentStore = {
  form: "documents",
  id: "chats",
  matches: () => true,
  records: (document) => [document],
  maximumBytes: 5000,
};

Deno.test("a document is read whole, however long it was when it was found", async (t) => {
  await withTemporaryDirectory(async (directory) => {
    // Characters of two bytes, of which a piece may end within one.
    for (const length of [1, 255, 256, 511, 2000]) {
      for (const size of [0, 3, 512, 4001, 1 << 30]) {
        await t.step(`${length} characters, found with ${size} bytes`, () => {
          const path = join(directory, "a.json");
          Deno.writeTextFileSync(path, JSON.stringify({ text: "é".repeat(length) }));
          const file = { path, relativePath: "a.json", size, mtimeMs: 1, ctimeMs: 1, inode: 1, compressed: false };
          const records: unknown[] = [];
          const problem = (message: string) => assert.fail(message);
          const steps = new DocumentsReader(store).read(file, { needles: [] }, undefined, {
            record: (record) => records.push(record),
            row: () => {},
            problem,
          });
          for (const _ of steps);
          assert.deepEqual(records, [{ text: "é".repeat(length) }]);
        });
      }
    }
    await t.step("one that is too long", () => {
      const path = join(directory, "long.json");
      for (const size of [10, 6000]) {
        Deno.writeTextFileSync(path, JSON.stringify("x".repeat(5000)));
        const file = { path, relativePath: "a.json", size, mtimeMs: 1, ctimeMs: 1, inode: 1, compressed: false };
        const sink = { record: () => assert.fail("it is too long"), row: () => {}, problem: () => {} };
        assert.throws(
          () => [...new DocumentsReader(store).read(file, { needles: [] }, undefined, sink)],
          /is larger than/,
        );
      }
    });
  });
});
