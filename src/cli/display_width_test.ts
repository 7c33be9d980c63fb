/** Columns of text as terminals show it, and cuts that never split a character. */
import { strictEqual } from "node:assert/strict";
import { cutText, displayWidth } from "./display_width.ts";

Deno.test("displayWidth", async (t) => {
  const rows: [text: string, columns: number][] = [
    ["", 0],
    ["abc", 3],
    ["naïve", 5],
    ["e\u0301", 1],
    ["日本", 4],
    ["한국", 4],
    ["👩‍👩‍👧", 2],
    ["🇸🇪", 2],
    ["…█▏", 3],
    ["\ufffd", 1],
  ];
  for (const [text, columns] of rows) await t.step(text || "empty", () => strictEqual(displayWidth(text), columns));
});

Deno.test("cutText", async (t) => {
  const rows: [text: string, width: number, keep: "start" | "end" | "ends", cut: string][] = [
    ["abcdef", 6, "start", "abcdef"],
    ["abcdef", 5, "start", "abcd…"],
    ["abcdef", 5, "end", "…cdef"],
    ["abcdef", 1, "start", "…"],
    ["abcdef", 0, "start", ""],
    // Five columns hold the ellipsis and two wide characters; four hold one, and a column stays free.
    ["日本語", 5, "start", "日本…"],
    ["日本語", 4, "start", "日…"],
    ["日本語", 4, "end", "…語"],
    // Of five columns beside the ellipsis a third is one.
    ["abcdefgh", 6, "ends", "a…efgh"],
    ["abcdefgh", 8, "ends", "abcdefgh"],
    ["abcdefgh", 1, "ends", "…"],
    ["日本語日本語", 8, "ends", "日…本語"],
    ["ab👩‍👩‍👧", 3, "end", "…👩‍👩‍👧"],
    ["e\u0301e\u0301e\u0301", 2, "start", "e\u0301…"],
  ];
  for (const [text, width, keep, cut] of rows) {
    await t.step(`${text} to ${width}, ${keep}`, () => strictEqual(cutText(text, width, keep), cut));
  }
  await t.step("an ellipsis of ASCII", () => strictEqual(cutText("abcdef", 5, "end", "..."), "...ef"));
  await t.step("an ellipsis that does not fit", () => strictEqual(cutText("abcdef", 2, "start", "..."), "ab"));
});
