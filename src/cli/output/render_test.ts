/** Views drawn at several widths, with and without colour, and with text that wants to steer the terminal. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import type { Block, Cell, View } from "../../operations/contract/view.ts";
import { displayWidth, loadWidths } from "./display_width.ts";
import { renderView } from "./render.ts";
import { cpuMsOf } from "../../../tests/support/cpu_time.ts";

// Some of what is drawn here has characters that take it.
await loadWidths();

function lines(...text: string[]): string {
  return text.map((line) => `${line}\n`).join("");
}

const SESSIONS: Block = {
  kind: "table",
  columns: [
    { key: "at", title: "Last" },
    { key: "project", title: "Project", shrink: "keep_end", priority: 1 },
    { key: "models", title: "Models", shrink: "keep_start", priority: 2 },
    { key: "turns", title: "Turns", align: "right", priority: 3 },
    { key: "usd", title: "Cost", align: "right" },
  ],
  rows: [
    ["14:03", "~/src/clients/northwind/api", "claude-opus-4-5 +2", "112", "$12.34"],
    ["Nov 19 09:05", "~/日本語", "gpt-5.6", "3", "$0.0012"],
  ].map((row) => row.map((text) => ({ text }))),
};

Deno.test("a table fits its terminal", async (t) => {
  const rows: [width: number | undefined, expected: string][] = [
    [
      undefined,
      lines(
        "Last          Project                      Models              Turns     Cost",
        "14:03         ~/src/clients/northwind/api  claude-opus-4-5 +2    112   $12.34",
        "Nov 19 09:05  ~/日本語                     gpt-5.6                 3  $0.0012",
      ),
    ],
    [
      80,
      lines(
        "Last          Project                      Models              Turns     Cost",
        "14:03         ~/src/clients/northwind/api  claude-opus-4-5 +2    112   $12.34",
        "Nov 19 09:05  ~/日本語                     gpt-5.6                 3  $0.0012",
      ),
    ],
    [
      // 12 + 5 + 7 and four gaps leave 28 for the two that can be cut: 14 each.
      60,
      lines(
        "Last          Project         Models          Turns     Cost",
        "14:03         …northwind/api  claude-opus-4…    112   $12.34",
        "Nov 19 09:05  ~/日本語        gpt-5.6             3  $0.0012",
      ),
    ],
    [
      // Without Models and Turns 12 + 7 and two gaps leave 17.
      40,
      lines(
        "Last          Project               Cost",
        "14:03         …ts/northwind/api   $12.34",
        "Nov 19 09:05  ~/日本語           $0.0012",
        "No room for Models, Turns: widen the",
        "terminal or use --json.",
      ),
    ],
    [
      30,
      lines(
        "Last             Cost",
        "14:03          $12.34",
        "Nov 19 09:05  $0.0012",
        "No room for Project, Models,",
        "Turns: widen the terminal or",
        "use --json.",
      ),
    ],
  ];
  for (const [width, expected] of rows) {
    await t.step(String(width), () => strictEqual(renderView([SESSIONS], { width, color: false }), expected));
  }
  await t.step("at 120 and 200 as at 80", () => {
    const wide = renderView([SESSIONS], { width: 80, color: false });
    strictEqual(renderView([SESSIONS], { width: 120, color: false }), wide);
    strictEqual(renderView([SESSIONS], { width: 200, color: false }), wide);
  });
  await t.step("no line is wider at any width that its fixed columns leave", () => {
    // 12 + 7 and a gap.
    for (let width = 21; width < 100; width++) {
      for (const line of renderView([SESSIONS], { width, color: false }).trimEnd().split("\n")) {
        ok(displayWidth(line) <= width, `${displayWidth(line)} > ${width}: ${line}`);
      }
    }
  });
  await t.step("one hidden column is one", () => {
    const text = renderView([SESSIONS], { width: 54, color: false });
    ok(text.endsWith("\nNo room for Turns: widen the terminal or use --json.\n"), text);
  });
  await t.step("ellipses of ASCII", () => {
    const text = renderView([SESSIONS], { width: 60, color: false, unicode: false });
    ok(text.includes("...rthwind/api  claude-opus..."), text);
  });
});

Deno.test("a table of many rows keeps its columns in line", () => {
  const rows = Array.from(
    { length: 205 },
    (_, index): Cell[] => [{ text: "x".repeat(index % 7) }, { text: `${index}` }],
  );
  const text = renderView([{
    kind: "table",
    columns: [{ key: "a", title: "A" }, { key: "b", title: "B", align: "right" }],
    rows,
    footer: [{ text: "Total" }, { text: "205" }],
  }], { color: false });
  const drawn = text.trimEnd().split("\n");
  strictEqual(drawn.length, 207);
  // The widest cell is six x, the widest number three digits.
  deepStrictEqual([...new Set(drawn.map((line) => line.length))], [11]);
  strictEqual(drawn.at(-2), "x       204");
});

Deno.test("bars", async (t) => {
  const view: View = [{
    kind: "table",
    columns: [{ key: "day", title: "Day" }, { key: "bar", title: "", bar: true }],
    rows: [8, 4, 1, 0.001, 0, null, -3, NaN].map((value, index) => [{ text: `d${index}` }, { text: "", value }]),
    footer: [{ text: "all" }, { text: "" }],
  }];
  await t.step("eighths of a column", () => {
    // Three columns of text and a gap leave ten: 8 is ten blocks, 4 five, 1 is 10/8 = 1 and two eighths.
    strictEqual(
      renderView(view, { width: 15, color: false }),
      lines("Day", "d0   ██████████", "d1   █████", "d2   █▎", "d3   ▏", "d4", "d5", "d6", "d7", "all"),
    );
  });
  await t.step("ASCII", () => {
    strictEqual(
      renderView(view, { width: 15, color: false, unicode: false }),
      lines("Day", "d0   ##########", "d1   #####", "d2   #", "d3   #", "d4", "d5", "d6", "d7", "all"),
    );
  });
  await t.step("no room: gone, and said", () => {
    strictEqual(
      renderView(view, { width: 9, color: false }),
      lines(
        ...["Day", "d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7", "all"],
        ...["No room", "for bars:", "widen the", "terminal", "or use", "--json."],
      ),
    );
  });
  await t.step("dim, unless they mean something", () => {
    const toned: View = [{
      kind: "table",
      columns: [{ key: "a", title: "A" }, { key: "bar", title: "", bar: true }],
      rows: [[{ text: "x" }, { text: "", value: 2 }], [{ text: "y" }, { text: "", value: 1, tone: "bad" }]],
    }];
    strictEqual(
      renderView(toned, { width: 8, color: true }),
      lines("\x1b[1mA\x1b[22m", "x  \x1b[2m█████\x1b[22m", "y  \x1b[31m██▌\x1b[39m"),
    );
  });
  await t.step("nothing but zero", () => {
    const zero: View = [{
      kind: "table",
      columns: [{ key: "a", title: "A" }, { key: "bar", title: "", bar: true }],
      rows: [[{ text: "x" }, { text: "", value: 0 }]],
    }];
    strictEqual(renderView(zero, { color: false }), lines("A", "x"));
  });
});

Deno.test("blocks", async (t) => {
  await t.step("facts, text and titles", () => {
    const view: View = [
      { kind: "facts", title: "Session", facts: [["id", { text: "01a" }], ["  holds", { text: "12.3k tokens" }]] },
      { kind: "text", text: "One note." },
      { kind: "text", text: "Another\nin two lines." },
      { kind: "table", title: "Models", columns: [{ key: "a", title: "A" }], rows: [], empty: "No models." },
      { kind: "table", columns: [{ key: "a", title: "A" }], rows: [] },
    ];
    strictEqual(
      renderView(view, { width: 80, color: false }),
      lines(
        "Session",
        "id       01a",
        "  holds  12.3k tokens",
        "",
        "One note.",
        "Another",
        "in two lines.",
        "",
        "Models",
        "No models.",
        "",
        "Nothing to show.",
      ),
    );
  });
  await t.step("long facts wrap beside their label", () => {
    strictEqual(
      renderView([{ kind: "facts", facts: [["path", { text: "one two three four" }]] }], { width: 16, color: false }),
      lines("path  one two", "      three four"),
    );
  });
  await t.step("no blocks", () => strictEqual(renderView([], { width: 80, color: true }), ""));
});

Deno.test("colours are where they are wanted, and take no room", () => {
  const view: View = [
    {
      kind: "table",
      columns: [{ key: "a", title: "A" }, { key: "b", title: "B", align: "right" }],
      rows: [[{ text: "warm", tone: "good" }, { text: "1", tone: "dim" }], [{ text: "x" }, {
        text: "22",
        tone: "bad",
      }]],
      footer: [{ text: "all" }, { text: "23", tone: "warn" }],
    },
    { kind: "text", text: "note", tone: "dim" },
    { kind: "facts", facts: [["k", { text: "v", tone: "good" }]] },
  ];
  const colored = renderView(view, { width: 80, color: true });
  strictEqual(
    colored,
    lines(
      "\x1b[1mA\x1b[22m      \x1b[1mB\x1b[22m",
      "\x1b[32mwarm\x1b[39m   \x1b[2m1\x1b[22m",
      "x     \x1b[31m22\x1b[39m",
      "\x1b[1mall\x1b[22m   \x1b[33m23\x1b[39m",
      "",
      "\x1b[2mnote\x1b[22m",
      "",
      "\x1b[2mk\x1b[22m  \x1b[32mv\x1b[39m",
    ),
  );
  strictEqual(stripVTControlCharacters(colored), renderView(view, { width: 80, color: false }));
});

Deno.test("text from logs cannot steer the terminal", async (t) => {
  const hostile = "\x1b]0;title\x07\x1b[2J\u009b31m\r\n\tname\u202e\x7f\b";
  const plain = "\ufffd]0;title\ufffd\ufffd[2J\ufffd31m  name\ufffd\ufffd\ufffd";
  const cell = { text: hostile };
  const table = (column: Partial<{ shrink: "keep_end" }>): View => [
    { kind: "table", columns: [{ key: "a", title: hostile, ...column }], rows: [[cell], [cell]], footer: [cell] },
  ];
  const rows: [name: string, view: View, width: number | undefined, expected: string][] = [
    ["cells and titles", table({}), undefined, lines(plain, plain, plain, plain)],
    [
      "facts",
      [{ kind: "facts", title: hostile, facts: [[hostile, cell]] }],
      undefined,
      lines(plain, `${plain}  ${plain}`),
    ],
    ["an empty table", [{ kind: "table", columns: [], rows: [], empty: hostile }], undefined, lines(plain)],
  ];
  for (const [name, view, width, expected] of rows) {
    await t.step(name, () => strictEqual(renderView(view, { width, color: false }), expected));
  }
  await t.step("nothing but our own colours is left at any width", () => {
    const view: View = [...table({ shrink: "keep_end" }), { kind: "text", text: hostile, tone: "bad" }];
    for (const width of [undefined, 5, 12, 40, 80, 120, 200]) {
      let rest = renderView(view, { width, color: true }).replaceAll("\n", "");
      for (const code of [1, 2, 22, 31, 39]) rest = rest.replaceAll(`\x1b[${code}m`, "");
      ok(!/[\p{Cc}\p{Bidi_Control}]/u.test(rest), JSON.stringify(rest));
    }
  });
});

Deno.test("names are shortened and never cut, and what had no room is said", async (t) => {
  const view: View = [{
    kind: "table",
    columns: [
      { key: "model", title: "Model", shrink: "keep_start" },
      { key: "turns", title: "Turns", align: "right", priority: 2 },
      { key: "usd", title: "Cost", align: "right" },
      { key: "bar", title: "", bar: true, priority: 1 },
    ],
    rows: ([
      ["anthropic/claude-opus-4-5", ["claude-opus-4-5", "opus-4-5"], 4],
      ["anthropic/claude-haiku-4-5", ["claude-haiku-4-5", "haiku-4-5"], 2],
      ["opper/claude-haiku-4-5", ["claude-haiku-4-5", "haiku-4-5"], 1],
    ] as const).map(([text, forms, value]) => [
      { text, forms },
      { text: "1,028" },
      { text: `$${value}.00`, value },
      { text: "", value },
    ]),
    footer: [{ text: "Total" }, { text: "3,084" }, { text: "$7.00" }, { text: "" }],
  }];
  const rows: [width: number, expected: string][] = [
    [
      // 26 + 5 + 5 + 5 and three gaps are 47.
      47,
      lines(
        "Model                       Turns   Cost",
        "anthropic/claude-opus-4-5   1,028  $4.00  █████",
        "anthropic/claude-haiku-4-5  1,028  $2.00  ██▌",
        "opper/claude-haiku-4-5      1,028  $1.00  █▎",
        "Total                       3,084  $7.00",
      ),
    ],
    [
      // The two of one name keep their providers, so that the column does not get narrower: Turns goes.
      46,
      lines(
        "Model                        Cost",
        "anthropic/claude-opus-4-5   $4.00  ███████████",
        "anthropic/claude-haiku-4-5  $2.00  █████▌",
        "opper/claude-haiku-4-5      $1.00  ██▊",
        "Total                       $7.00",
        "No room for Turns: widen the terminal or use",
        "--json.",
      ),
    ],
  ];
  for (const [width, expected] of rows) {
    await t.step(String(width), () => strictEqual(renderView(view, { width, color: false }), expected));
  }
  await t.step("without the third, the provider is left away first", () => {
    const block = view[0] as Extract<Block, { kind: "table" }>;
    strictEqual(
      renderView([{ ...block, rows: block.rows.slice(0, 2) }], { width: 46, color: false }),
      lines(
        "Model             Turns   Cost",
        "claude-opus-4-5   1,028  $4.00  ██████████████",
        "claude-haiku-4-5  1,028  $2.00  ███████",
        "Total             3,084  $7.00",
      ),
    );
  });
  await t.step("no name ends in an ellipsis before all else is gone", () => {
    for (let width = 34; width < 60; width++) ok(!renderView(view, { width, color: false }).includes("…"));
  });
});

Deno.test("the largest of a column stands out, where there is one", async (t) => {
  const table = (values: (number | null)[], tone?: "dim"): View => [{
    kind: "table",
    columns: [{ key: "a", title: "A" }, { key: "usd", title: "B", marksLargest: true }],
    rows: values.map((value) => [{ text: "x" }, { text: String(value), value, tone }]),
  }];
  const rows: [name: string, view: View, strong: number][] = [
    ["one of several", table([1, 3, 2, null]), 1],
    ["the only row", table([3]), 0],
    ["two alike", table([3, 3, 1]), 0],
    ["nothing but zero", table([0, 0]), 0],
    ["one that has a tone", table([1, 2], "dim"), 0],
  ];
  for (const [name, view, strong] of rows) {
    await t.step(name, () => {
      const drawn = renderView(view, { color: true }).split("\n").slice(1).join("\n");
      strictEqual(drawn.split("\x1b[1m").length - 1, strong, JSON.stringify(drawn));
    });
  }
});

Deno.test("thousands of rows take less than a twentieth of a millisecond each", async (t) => {
  const ROWS = 20_000;
  const titles = {
    "plain": "fix the build",
    "wide and accented": "ビルドを直す, vite",
    "of several code points": "👩‍👩‍👧 e\u0301",
  };
  for (const [name, title] of Object.entries(titles)) {
    const view: View = [{
      kind: "table",
      columns: [
        { key: "session", title: "Session", shrink: "keep_start" },
        { key: "project", title: "Project", shrink: "keep_end", priority: 3 },
        { key: "title", title: "Title", shrink: "keep_start", priority: 4 },
        { key: "turns", title: "Turns", align: "right", priority: 2 },
        { key: "usd", title: "Cost", align: "right" },
        { key: "bar", title: "", bar: true },
      ],
      rows: Array.from({ length: ROWS }, (_, index) => [
        { text: `01a1fb64-0000-7000-8000-${String(index).padStart(12, "0")}` },
        {
          text: `~/src/project-${index % 97}/packages/thing-${index % 13}`,
          forms: [`packages/thing-${index % 13}`, `thing-${index % 13}`],
        },
        { text: `${title} ${index}` },
        { text: String(index % 400) },
        { text: `$${(index * 0.017).toFixed(3)}`, tone: "dim" },
        { text: "", value: index },
      ]),
    }];
    for (const width of [undefined, 70, 200]) {
      await t.step(`${name}, ${width ?? "no"} columns`, () => {
        const ms = cpuMsOf(() => {
          ok(renderView(view, { width, color: true }).split("\n").length >= ROWS);
        });
        ok(ms / ROWS < 0.05, `${ms / ROWS} ms`);
      });
    }
  }
});
