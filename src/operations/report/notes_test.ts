import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { Cost } from "../../core/model.ts";
import { NO_USAGE } from "../../core/model.ts";
import { countOf, reportNotes, scanNotes, totalsNotes, unknownNames, whereLooked } from "./notes.ts";

const root = (source: string, path: string, files: number) => ({
  source,
  path,
  exists: files > 0,
  files,
  bytes: files,
});

function scanOf(roots: ReturnType<typeof root>[], problems = 0) {
  return {
    roots,
    notes: ["the index is young"],
    priceData: { date: "2026-09-23" },
    problems,
    unreadableRoots: [] as { path: string; message: string }[],
  };
}

const model = (name: string, cost: Partial<Cost>) => ({
  provider: "acme",
  model: name,
  turns: 9,
  usage: NO_USAGE,
  cost: { usd: 0, basis: "none", unpricedTurns: 0, ...cost } as Cost,
});

Deno.test("whereLooked()", async (t) => {
  const empty = [root("pi", "/h/.pi", 0), root("codex", "/h/.codex/sessions", 0), root("codex", "/mnt/old", 0)];
  const rows: [name: string, roots: typeof empty, sources: string[] | undefined, said: string | undefined][] = [
    ["all of them", empty, undefined, "There are no logs in ~/.pi, ~/.codex/sessions or /mnt/old"],
    ["those of a source", empty, ["codex"], "There are no logs in ~/.codex/sessions or /mnt/old"],
    ["one", empty, ["pi"], "There are no logs in ~/.pi"],
    ["nothing, once there is a log", [...empty, root("claude", "/h/.claude", 1)], undefined, undefined],
    [
      "a log of another source helps nobody",
      [...empty, root("claude", "/h/.claude", 1)],
      ["pi"],
      "There are no logs in ~/.pi",
    ],
  ];
  for (const [name, roots, sources, said] of rows) {
    await t.step(name, () => {
      strictEqual(
        whereLooked(scanOf(roots), "/h", sources),
        said === undefined ? undefined : `${said}; --root SOURCE=DIR adds a directory.`,
      );
    });
  }
  await t.step("some for all of many", () => {
    const many = Array.from({ length: 9 }, (_, place) => root(`a${place >> 1}`, `/h/${place}`, 0));
    strictEqual(
      whereLooked(scanOf(many), "/h"),
      "There are no logs in any of 9 directories, such as ~/0, ~/2, ~/4. `opper-agent doctor` lists them; " +
        "--root SOURCE=DIR adds one.",
    );
  });
  await t.step("scanNotes() puts it behind what the scan has to say", () => {
    deepStrictEqual(scanNotes(scanOf([root("pi", "/h/.pi", 0)]), "/h"), [
      "the index is young",
      "There are no logs in ~/.pi; --root SOURCE=DIR adds a directory.",
    ]);
    deepStrictEqual(scanNotes(scanOf([root("pi", "/h/.pi", 1)]), "/h"), ["the index is young"]);
  });
  await t.step("scanNotes() says which directory could not be looked into", () => {
    const unreadableRoots = [{ path: "/h/.pi", message: "Cannot be read: permission denied" }];
    deepStrictEqual(scanNotes({ ...scanOf([root("pi", "/h/.pi", 1)]), unreadableRoots }, "/h"), [
      "the index is young",
      "~/.pi is left out. Cannot be read: permission denied.",
    ]);
  });
});

Deno.test("unknownNames()", async (t) => {
  const models = ["claude-opus-4-6", "claude-sonnet-4-6", "gpt-5.2", "a", "b", "c"]
    .map((model) => ({ provider: model.startsWith("gpt") ? "openai" : "anthropic", model }));
  const rows: [asked: { model?: string; provider?: string }, notes: string[]][] = [
    [{}, []],
    [{ model: "OPUS" }, []],
    [{ provider: "OpenAI" }, []],
    [{ model: "opsu" }, ['No model has "opsu" in its name; did you mean opus?']],
    [{ model: "zebra" }, [
      'No model has "zebra" in its name; there are claude-opus-4-6, claude-sonnet-4-6, gpt-5.2, a, b and 1 more.',
    ]],
    [{ provider: "openia" }, ['No provider is called "openia"; did you mean openai?']],
    [{ provider: "zebra" }, ['No provider is called "zebra"; there are anthropic, openai.']],
  ];
  for (const [asked, notes] of rows) {
    await t.step(JSON.stringify(asked), () => deepStrictEqual(unknownNames(asked, models), notes));
  }
  await t.step(
    "without any",
    () => deepStrictEqual(unknownNames({ model: "x" }, []), ['No model has "x" in its name.']),
  );
});

Deno.test("reportNotes()", async (t) => {
  const scan = scanOf([], 0);
  const rows: [name: string, models: ReturnType<typeof model>[], notes: string[]][] = [
    ["nothing to say", [model("a", { basis: "reported", usd: 1 })], []],
    ["computed", [model("a", { basis: "computed", usd: 1 })], ["Computed costs use prices of 2026-09-23."]],
    ["partly computed", [model("a", { basis: "mixed", usd: 1 })], ["Computed costs use prices of 2026-09-23."]],
    [
      "a model in two sessions is named once, its turns are added",
      [model("a", { unpricedTurns: 1 }), model("a", { unpricedTurns: 2 })],
      ["3 turns have no known price (acme/a). You can set prices in prices.json."],
    ],
    [
      "the first three by name",
      ["a", "b", "c", "d", "e"].map((name) => model(name, { unpricedTurns: 1 })),
      ["5 turns have no known price (acme/a, acme/b, acme/c and 2 more). You can set prices in prices.json."],
    ],
    [
      "some computed, some without a price",
      [model("a", { basis: "computed", usd: 1 }), model("b", { unpricedTurns: 2 })],
      [
        "2 turns have no known price (acme/b). You can set prices in prices.json.",
        "Computed costs use prices of 2026-09-23, which lack 1 model.",
      ],
    ],
    [
      "a tier without a price",
      [model("a", { basis: "reported", usd: 1, standardRateTurns: 1 })],
      ["1 turn of a service tier or region without a known price (acme/a) is priced at the standard rate."],
    ],
    [
      "several",
      [
        model("a", { basis: "reported", usd: 1, standardRateTurns: 2 }),
        model("b", { basis: "reported", usd: 1, standardRateTurns: 1 }),
      ],
      ["3 turns of a service tier or region without a known price (acme/a, acme/b) are priced at the standard rate."],
    ],
  ];
  for (const [name, models, notes] of rows) {
    await t.step(name, () => deepStrictEqual(reportNotes(scan, [{ models }]), ["the index is young", ...notes]));
  }
  await t.step("problems", () => {
    deepStrictEqual(reportNotes(scanOf([], 1), [], []), ["1 problem in the logs: see `opper-agent doctor`."]);
    deepStrictEqual(reportNotes(scanOf([], 1234), [], []), ["1,234 problems in the logs: see `opper-agent doctor`."]);
  });
});

Deno.test("totalsNotes()", async (t) => {
  const sum = (session: number) => ({ session, turns: 0, totals: { count: 1 } });
  const turns = (session: number) => ({ session, turns: 3 });
  const rows: [name: string, buckets: Parameters<typeof totalsNotes>[0], said: string | undefined][] = [
    ["turns", [turns(1), turns(2)], undefined],
    ["one", [sum(1), turns(2)], "1 session is known only as sums: it"],
    ["several, of several sums", [sum(1), sum(1), sum(2)], "2 sessions are known only as sums: each"],
    ["a sum in one quarter of an hour, turns in another", [sum(1), turns(1)], "1 session is known partly as sums: it"],
    ["both in one", [{ ...sum(1), turns: 1 }], "1 session is known partly as sums: it"],
  ];
  for (const [name, buckets, said] of rows) {
    await t.step(name, () => {
      const end = said === undefined ? [] : [" is counted on its first day."];
      deepStrictEqual(totalsNotes(buckets), end.map((end) => said + end));
      deepStrictEqual(totalsNotes(buckets, "hour"), end.map(() => `${said} is counted in its first hour.`));
    });
  }
});

Deno.test("reportNotes() of sums without a price", () => {
  const models = (turns: number, unpricedTurns: number) => [{ ...model("m", { unpricedTurns }), turns }];
  const firstOf = (turns: number, unpricedTurns: number) =>
    reportNotes(scanOf([]), [{ models: models(turns, unpricedTurns) }])[1]!.split(" no known price")[0];
  deepStrictEqual([firstOf(0, 1), firstOf(0, 2), firstOf(1, 2), firstOf(2, 2)], [
    "1 turn or sum has",
    "2 turns or sums have",
    "2 turns or sums have",
    "2 turns have",
  ]);
});

Deno.test("countOf()", () => {
  deepStrictEqual([0, 1, 2, 12_345].map((count) => countOf(count, "turn")), [
    "0 turns",
    "1 turn",
    "2 turns",
    "12,345 turns",
  ]);
});
