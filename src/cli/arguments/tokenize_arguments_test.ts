/** Arguments as tokens, beside what parseArgs of node:util makes of them. */
import { deepStrictEqual, ok } from "node:assert/strict";
import { parseArgs } from "node:util";
import { tokenizeArguments } from "./tokenize_arguments.ts";

/** Long names of one letter, a letter that is also a long name's, and letters that are dashes and digits. */
const OPTIONS = {
  limit: { type: "string", short: "n" },
  since: { type: "string" },
  turns: { type: "boolean", short: "t" },
  all: { type: "boolean", short: "a" },
  b: { type: "string" },
  c: { type: "boolean" },
  "no-turns": { type: "boolean" },
} as const;

const SYNTAX = {
  letters: new Map(
    Object.entries(OPTIONS).flatMap(([name, option]) => "short" in option ? [[option.short, name]] : []),
  ),
  takesValue: (name: string) => Object.hasOwn(OPTIONS, name) && OPTIONS[name as keyof typeof OPTIONS].type === "string",
};

function byNode(args: readonly string[]) {
  const { tokens } = parseArgs({
    args: [...args],
    options: OPTIONS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  return tokens.flatMap((token): object[] => {
    if (token.kind === "option-terminator") return [];
    if (token.kind === "positional") return [{ kind: token.kind, value: token.value }];
    const { kind, name, rawName, index, value, inlineValue } = token;
    return [{ kind, name, rawName, index, value, isInline: inlineValue ?? false }];
  });
}

const ROWS: readonly (readonly string[])[] = [
  [],
  [""],
  ["-"],
  ["--"],
  ["--", "--limit", "--", "x"],
  ["---"],
  ["--=", "--=x", "--limit=", "--limit==", "--limit=a=b", "--x=y"],
  ["--limit", "5"],
  ["--limit", "-5"],
  ["--limit", "--turns"],
  ["--limit", "--"],
  ["--limit"],
  ["--turns", "x"],
  ["--turns=yes"],
  ["-n5", "-n", "5", "-n=5", "-n-5", "-n"],
  ["-tn5", "-tn", "5", "-tan5x", "-ta"],
  ["-abc", "-cb", "x", "-b", "x", "-bx"],
  ["-5", "-1.5", "-xyz", "-limit"],
  ["-t-", "x", "-n"],
  ["-t-a", "x"],
  ["-t-an5", "x"],
  ["-t=n", "5"],
  ["--no-turns", "--toString", "--__proto__", "x", "-é", "-😀n"],
];

Deno.test("tokenizeArguments() reads what parseArgs does", async (t) => {
  for (const row of ROWS) {
    await t.step(JSON.stringify(row), () => deepStrictEqual(tokenizeArguments(row, SYNTAX), byNode(row)));
  }
});

Deno.test("tokenizeArguments() reads what parseArgs does, whatever is typed", () => {
  const parts = [
    "-",
    "--",
    "=",
    "n",
    "t",
    "a",
    "b",
    "c",
    "x",
    "5",
    ".",
    "limit",
    "turns",
    "no-",
    "since",
    "",
    " ",
    "é",
  ];
  let state = 20261121;
  const next = (count: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * count);
  };
  let options = 0;
  for (let round = 0; round < 20_000; round++) {
    const args = Array.from(
      { length: next(6) },
      () => "-".repeat(next(4)) + Array.from({ length: next(4) }, () => parts[next(parts.length)]!).join(""),
    );
    const tokens = tokenizeArguments(args, SYNTAX);
    deepStrictEqual(tokens, byNode(args), JSON.stringify(args));
    options += tokens.filter(({ kind }) => kind === "option").length;
  }
  ok(options > 10_000, `only ${options} options were tried`);
});
