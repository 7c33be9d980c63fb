/** A view is drawn whatever is loaded when it is asked for. In a file of its own: once loaded, nothing is missing. */
import { strictEqual } from "node:assert/strict";
import { drawView } from "./draw_view.ts";

Deno.test("a character that has to be measured is drawn like any other", async () => {
  const columns = [{ key: "title", title: "Title" }, { key: "turns", title: "Turns", align: "right" }] as const;
  const rows = [["👍 done", "1"], ["plain", "12"]].map((texts) => texts.map((text) => ({ text })));
  // Seven columns, of which the thumb takes two.
  const drawn = ["Title    Turns", "👍 done      1", "plain       12", ""].join("\n");
  strictEqual(await drawView([{ kind: "table", columns, rows }], { color: false }), drawn);
});
