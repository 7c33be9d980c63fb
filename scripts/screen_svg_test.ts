/** Screens as pictures, cell by cell. A cell is 9 by 20 pixels, and the first begins at 18. */
import { deepStrictEqual, match, throws } from "node:assert/strict";
import { screenSvg } from "./screen_svg.ts";

const drawn = (screen: string) =>
  screenSvg(screen, { columns: 20, title: "x" }).split("\n").filter((line) => /^<(text|rect x)/.test(line));

Deno.test("screenSvg()", async (t) => {
  const rows: [name: string, screen: string, lines: string[]][] = [
    ["text", "ab c\n", ['<text x="18" y="33" textLength="36" fill="#d5d8de">ab c</text>']],
    [
      "columns that blanks part, and the next line",
      "a  b\n c",
      [
        '<text x="18" y="33" textLength="9" fill="#d5d8de">a</text>',
        '<text x="45" y="33" textLength="9" fill="#d5d8de">b</text>',
        '<text x="27" y="53" textLength="9" fill="#d5d8de">c</text>',
      ],
    ],
    [
      "looks, which go on into the next line",
      "\x1b[1mA\x1b[22m\x1b[32mg\x1b[39m\x1b[2md\nd\x1b[0mn",
      [
        '<text x="18" y="33" textLength="9" fill="#ffffff" font-weight="600">A</text>',
        '<text x="27" y="33" textLength="9" fill="#7fca86">g</text>',
        '<text x="36" y="33" textLength="9" fill="#868c99">d</text>',
        '<text x="18" y="53" textLength="9" fill="#868c99">d</text>',
        '<text x="27" y="53" textLength="9" fill="#d5d8de">n</text>',
      ],
    ],
    [
      // Two and a quarter cells of nine pixels.
      "a bar",
      "a\x1b[2m ██▎",
      [
        '<text x="18" y="33" textLength="9" fill="#d5d8de">a</text>',
        '<rect x="36" y="21" width="20.25" height="14" fill="#868c99"/>',
      ],
    ],
    ["markup is text", "<&>", ['<text x="18" y="33" textLength="27" fill="#d5d8de">&lt;&amp;&gt;</text>']],
  ];
  for (const [name, screen, lines] of rows) await t.step(name, () => deepStrictEqual(drawn(screen), lines));
  await t.step("its size is that of the screen", () => {
    match(screenSvg("a\nb\n\n", { columns: 20, title: "x" }), /^<svg [^>]* width="216" height="76" /);
  });
  await t.step("what is no colour is no picture", () => {
    throws(() => drawn("\x1b[2J"), /no colour/);
    throws(() => drawn("\x1b[35m"), /35/);
  });
});
