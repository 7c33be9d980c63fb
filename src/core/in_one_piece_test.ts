import { strictEqual } from "node:assert/strict";
import { inOnePiece } from "./in_one_piece.ts";

Deno.test("inOnePiece() changes no text", async (t) => {
  const rows = [
    "",
    "word",
    " ",
    "  two  spaces each  ",
    `put ${"to"}gether ` + "from \t pieces\n",
    "größer — 日本 \ud800",
  ];
  for (const text of rows) {
    await t.step(JSON.stringify(text), () => strictEqual(inOnePiece(text), text));
  }
});
