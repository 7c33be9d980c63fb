import { deepStrictEqual, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import { OTHER, partClass, rankParts } from "./colours.ts";

Deno.test("a part keeps its colour whatever is filtered, and no two that are shown together share one", () => {
  const all = ["a", "b", "c", "d", "e", "f", "g"];
  rankParts("model", all);
  const before = all.map((key) => partClass("model", key));
  strictEqual(new Set(before).size, 7);
  rankParts("model", ["g", "c"]);
  deepStrictEqual(all.map((key) => partClass("model", key)), before);
  strictEqual(partClass("model", OTHER), "part part-other");
  // A newcomer beside two of them takes a colour that neither has.
  rankParts("model", ["a", "b", "new"]);
  for (const key of ["a", "b"]) notStrictEqual(partClass("model", "new"), partClass("model", key));
});

const style = await Deno.readTextFile(new URL("../style.css", import.meta.url));

/** The two values of a custom property: light, dark. */
function coloursOf(name: string): readonly [light: string, dark: string] {
  const [, light, dark] = new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(style) ?? [];
  return [light!, dark!];
}

/** WCAG 2.2, relative luminance. */
function luminanceOf(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrastOf(a: string, b: string): number {
  const [light, dark] = [luminanceOf(a), luminanceOf(b)].sort((x, y) => y - x);
  return (light! + 0.05) / (dark! + 0.05);
}

Deno.test("colours are seen in both themes: parts at 3:1 and text at 4.5:1, on paper and on what is raised", () => {
  const parts = [0, 1, 2, 3, 4, 5, 6, "other", "miss"].map((name) => [`part-${name}`, 3] as const);
  const texts = ["ink", "dim", "link", "good", "soon", "bad"].map((name) => [name, 4.5] as const);
  for (const [name, least] of [...parts, ...texts]) {
    for (const theme of [0, 1] as const) {
      for (const ground of ["paper", "raised"]) {
        const contrast = contrastOf(coloursOf(name)[theme], coloursOf(ground)[theme]);
        ok(contrast >= least, `${name} on ${ground}, ${theme === 0 ? "light" : "dark"}: ${contrast.toFixed(2)}`);
      }
    }
  }
});
