/** Columns of text as terminals show it, and cuts that never split a character. */
import { strictEqual, throws } from "node:assert/strict";
import stringWidth from "string-width";
import { seededRandom } from "../../../tests/support/random.ts";
import { cutText, displayWidth, loadWidths, padText, UnmeasuredError } from "./display_width.ts";

Deno.test("what is rare is measured by what is loaded for it, and nothing else", async () => {
  strictEqual(displayWidth("naïve… 日本 █▏"), 14);
  throws(() => displayWidth("👍"), UnmeasuredError);
  await loadWidths();
  strictEqual(displayWidth("👍"), 2);
});

Deno.test("what is measured without it has the columns that it says", () => {
  for (let unit = 0x20; unit < 0xd800; unit++) {
    const character = String.fromCharCode(unit);
    if (
      !/[\x20-\x7e\u00c0-\u024f\u2026\u2588-\u258f\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3]/.test(character)
    ) {
      continue;
    }
    strictEqual(displayWidth(character), stringWidth(character), unit.toString(16));
  }
});

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

Deno.test("padText", async (t) => {
  const rows: [text: string, width: number, align: "left" | "right", padded: string][] = [
    ["ab", 4, "left", "ab  "],
    ["ab", 4, "right", "  ab"],
    ["日本", 5, "right", " 日本"],
    ["abc", 2, "left", "abc"],
    ["", 2, "right", "  "],
  ];
  for (const [text, width, align, padded] of rows) {
    await t.step(`${text}, ${width}, ${align}`, () => {
      strictEqual(padText(text, width, align, displayWidth(text)), padded);
    });
  }
});

Deno.test("text that is not taken apart by a segmenter is what one would make of it", () => {
  const random = seededRandom(5);
  const ranges = [[0x20, 0x7e], [0xc0, 0x24f], [0x3041, 0x3096], [0x30a1, 0x30fa], [0x4e00, 0x9fff], [0xac00, 0xd7a3]];
  const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
  for (let round = 0; round < 2000; round++) {
    const text = Array.from({ length: 12 }, () => {
      const [first, last] = ranges[Math.floor(random() * ranges.length)]!;
      return String.fromCharCode(first! + Math.floor(random() * (last! - first! + 1)));
    }).join("");
    const characters = Array.from(segmenter.segment(text), ({ segment }) => segment);
    strictEqual(characters.length, text.length, text);
    strictEqual(displayWidth(text), characters.reduce((sum, character) => sum + displayWidth(character), 0), text);
  }
});
