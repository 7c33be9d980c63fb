import { deepStrictEqual, notStrictEqual, strictEqual } from "node:assert/strict";
import { IndexStore } from "../tables/store.ts";
import { markContent, markSessions } from "./index_marks.ts";

Deno.test("marks of an index differ with each row that answers are made of, and are the same again without it", () => {
  const store = new IndexStore(":memory:");
  try {
    deepStrictEqual([...markSessions(store)], []);
    const empty = markContent(store);
    const marks = [1, 2].map((part) => {
      store.begin();
      store.insert("log_parts", [7, Uint8Array.of(part)]);
      store.commit();
      return markContent(store);
    });
    notStrictEqual(marks[0], empty);
    notStrictEqual(marks[1], marks[0]);
    store.begin();
    store.remove("log_parts", "part = ?", Uint8Array.of(2));
    store.commit();
    strictEqual(markContent(store), marks[0]);
    store.begin();
    store.remove("log_parts", "file = ?", 7);
    store.commit();
    strictEqual(markContent(store), empty);
  } finally {
    store.close();
  }
});
