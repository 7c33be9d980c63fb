/** CSV as other programs read it. */
import { strictEqual } from "node:assert/strict";
import type { Cell, View } from "../contract/view.ts";
import { renderCsv } from "./render_csv.ts";

Deno.test("renderCsv", async (t) => {
  const rows: [name: string, cell: Cell, field: string][] = [
    ["text", { text: "plain" }, "plain"],
    ["the raw value", { text: "$1.23", value: 1.234567 }, "1.234567"],
    ["zero", { text: "$0.00", value: 0 }, "0"],
    ["not known", { text: "?", value: null }, ""],
    ["not a number", { text: "?", value: NaN }, ""],
    ["a comma", { text: "a,b" }, '"a,b"'],
    ["a quote", { text: 'a "b"' }, '"a ""b"""'],
    ["a line break", { text: "a\nb" }, '"a\nb"'],
    ["an escape sequence", { text: "\x1b[31ma" }, "\ufffd[31ma"],
    ["a formula", { text: "=cmd|' /C calc'!A0" }, "'=cmd|' /C calc'!A0"],
    ["an at sign", { text: "@SUM(A1)" }, "'@SUM(A1)"],
    ["a dash", { text: "-2+3" }, "'-2+3"],
    ["a plus", { text: "+1+2" }, "'+1+2"],
    ["a formula as value", { text: "x", value: "=1+1" }, "'=1+1"],
    ["a negative number", { text: "-$1.50", value: -1.5 }, "-1.5"],
    ["a negative number as text", { text: "-12.5" }, "-12.5"],
  ];
  for (const [name, cell, field] of rows) {
    await t.step(name, () => {
      const view: View = [{
        kind: "table",
        columns: [{ key: "a", title: "A" }, { key: "b", title: "B" }],
        rows: [[cell, { text: "." }]],
      }];
      strictEqual(renderCsv(view), `a,b\r\n${field},.\r\n`);
    });
  }

  await t.step("the first table alone, without bars and totals", () => {
    const view: View = [
      { kind: "text", text: "note" },
      {
        kind: "table",
        columns: [{ key: "day", title: "Day" }, { key: "bar", title: "", bar: true }, { key: "usd", title: "Cost" }],
        rows: [[{ text: "Mon" }, { text: "", value: 2 }, { text: "$2.00", value: 2 }], [{ text: "Tue" }]],
        footer: [{ text: "Total" }, { text: "" }, { text: "$2.00", value: 2 }],
      },
      { kind: "table", columns: [{ key: "other", title: "Other" }], rows: [[{ text: "x" }]] },
    ];
    strictEqual(renderCsv(view), "day,usd\r\nMon,2\r\nTue,\r\n");
  });

  await t.step("a table without rows is its header", () => {
    strictEqual(renderCsv([{ kind: "table", columns: [{ key: "a", title: "A" }], rows: [], empty: "None." }]), "a\r\n");
  });

  await t.step("no table", () => strictEqual(renderCsv([{ kind: "text", text: "x" }]), undefined));
});
