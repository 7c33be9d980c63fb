import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { readZoom, showTurn, writeZoom, zoomBy, zoomTo } from "./zoom_turns.ts";

const ALL = { from: 0, to: 300 };

Deno.test("readZoom() and writeZoom()", async (t) => {
  const rows: [text: string | undefined, from: number, to: number, written: string][] = [
    [undefined, 0, 300, ""],
    ["", 0, 300, ""],
    ["1-300", 0, 300, ""],
    ["120-200", 119, 200, "120-200"],
    // As wide as is worth drawing, and within the session.
    ["120-120", 119, 127, "120-127"],
    ["298-299", 292, 300, "293-300"],
    ["290-999", 0, 300, ""],
    ["301-310", 0, 300, ""],
    ["0-5", 0, 300, ""],
    ["20-10", 0, 300, ""],
    ["a-b", 0, 300, ""],
  ];
  for (const [text, from, to, written] of rows) {
    await t.step(String(text), () => {
      const zoom = readZoom(text, 300);
      deepStrictEqual(zoom, { from, to });
      strictEqual(writeZoom(zoom, 300), written);
    });
  }
  await t.step("a session of three turns, and of none", () => {
    deepStrictEqual(readZoom("2-3", 3), { from: 0, to: 3 });
    deepStrictEqual(readZoom("1-1", 0), { from: 0, to: 0 });
  });
});

Deno.test("zoomBy() keeps what it is around where it was", () => {
  deepStrictEqual(zoomBy(ALL, "in", 150, 300), { from: 75, to: 225 });
  deepStrictEqual(zoomBy(ALL, "in", 0, 300), { from: 0, to: 150 });
  deepStrictEqual(zoomBy({ from: 75, to: 225 }, "out", 150, 300), ALL);
  deepStrictEqual(zoomBy({ from: 0, to: 10 }, "in", 5, 300), { from: 1, to: 9 });
  deepStrictEqual(zoomBy({ from: 0, to: 0 }, "in", 0, 0), { from: 0, to: 0 });
});

Deno.test("zoomTo() what was dragged over, in either direction", () => {
  deepStrictEqual(zoomTo(10, 40, 300), { from: 10, to: 41 });
  deepStrictEqual(zoomTo(40, 10, 300), { from: 10, to: 41 });
});

Deno.test("showTurn() moves as little as is needed", () => {
  const zoom = { from: 100, to: 200 };
  strictEqual(showTurn(zoom, 150, 300), zoom);
  deepStrictEqual(showTurn(zoom, 200, 300), { from: 101, to: 201 });
  deepStrictEqual(showTurn(zoom, 99, 300), { from: 99, to: 199 });
});
