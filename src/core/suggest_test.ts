/** Typing errors and what they should lead to; far-fetched ones lead to nothing. */
import { strictEqual } from "node:assert/strict";
import { suggest } from "./suggest.ts";

Deno.test("suggest", async (t) => {
  const names = ["sessions", "session", "cost", "cache", "doctor", "by", "until", "since"];
  const rows: [typed: string, meant: string | undefined][] = [
    ["sesions", "sessions"],
    ["sessoin", "session"],
    ["doc", "doctor"],
    ["DOCTOR", "doctor"],
    ["--sicne", "since"],
    ["cots", "cost"],
    ["ses", undefined], // the start of two
    ["bx", "by"],
    ["xy", "by"],
    ["yb", "by"],
    ["csot", "cost"],
    ["xx", undefined],
    ["launch", undefined],
    ["", undefined],
    ["--", undefined],
  ];
  for (const [typed, meant] of rows) await t.step(typed || "nothing", () => strictEqual(suggest(typed, names), meant));
  await t.step("without candidates", () => strictEqual(suggest("x", []), undefined));
});
