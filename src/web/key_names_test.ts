import { deepStrictEqual } from "node:assert/strict";
import { keyNames } from "./key_names.ts";

const TIMES = { asOf: "2026-11-26T04:27:00.000Z", timezone: "Europe/Stockholm" };

Deno.test("keyNames", async (t) => {
  const rows: [by: Parameters<typeof keyNames>[0], keys: string[], texts: string[]][] = [
    ["model", ["anthropic/claude-opus-4-5-20251101", "openai/gpt-5.4"], ["claude-opus-4-5", "gpt-5.4"]],
    // Without its provider one would look like the other.
    ["model", ["openai/gpt-5.4", "azure/gpt-5.4"], ["openai/gpt-5.4", "azure/gpt-5.4"]],
    ["project", ["/home/kim/src/clients/api", "/home/kim/src/notes"], ["clients/api", "src/notes"]],
    ["project", ["(hidden)", "(unknown)"], ["(hidden)", "(unknown)"]],
    ["cause", ["prefix_changed"], ["prefix changed"]],
    ["weekday", ["monday"], ["Monday"]],
    ["hour", ["2026-11-25T14:00+01:00"], ["Nov 25 14:00"]],
    ["source", ["claude", "other"], ["claude", "other"]],
  ];
  for (const [by, keys, texts] of rows) {
    await t.step(`${by}: ${keys.join(", ")}`, () => {
      deepStrictEqual([...keyNames(by, keys, TIMES).values()].map(({ text }) => text), texts);
    });
  }

  await t.step("what is shortened is there in full", () => {
    deepStrictEqual(keyNames("model", ["openai/gpt-5.4"], TIMES).get("openai/gpt-5.4"), {
      text: "gpt-5.4",
      full: "openai/gpt-5.4",
    });
  });
});
