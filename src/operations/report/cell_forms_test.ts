/** Names of models and paths, shortened as far as they stay apart. */
import { deepStrictEqual } from "node:assert/strict";
import type { Cell } from "../contract/view.ts";
import { cellForms } from "./cell_forms.ts";

type Named = Pick<Cell, "text" | "forms">;

const OPUS: Named = { text: "anthropic/claude-opus-4-5", forms: ["claude-opus-4-5", "opus-4-5"] };
const OPUS_ELSEWHERE: Named = { text: "opper/claude-opus-4-5", forms: ["claude-opus-4-5", "opus-4-5"] };
const HAIKU: Named = { text: "anthropic/claude-haiku-4-5", forms: ["claude-haiku-4-5", "haiku-4-5"] };
const GPT: Named = { text: "openai/gpt-5.6", forms: ["gpt-5.6"] };

Deno.test("cellForms", async (t) => {
  const rows: [name: string, cells: Named[], expected: string[][]][] = [
    ["none", [], [[]]],
    ["without forms", [{ text: "a" }, { text: "b" }], [["a", "b"]]],
    [
      "each takes the same step, and its last one when it has fewer",
      [OPUS, HAIKU, GPT],
      [
        ["anthropic/claude-opus-4-5", "anthropic/claude-haiku-4-5", "openai/gpt-5.6"],
        ["claude-opus-4-5", "claude-haiku-4-5", "gpt-5.6"],
        ["opus-4-5", "haiku-4-5", "gpt-5.6"],
      ],
    ],
    [
      "the same name twice is no clash",
      [GPT, GPT],
      [["openai/gpt-5.6", "openai/gpt-5.6"], ["gpt-5.6", "gpt-5.6"]],
    ],
    [
      "two that would look the same keep what tells them apart",
      [OPUS, OPUS_ELSEWHERE, HAIKU],
      [
        ["anthropic/claude-opus-4-5", "opper/claude-opus-4-5", "anthropic/claude-haiku-4-5"],
        ["anthropic/claude-opus-4-5", "opper/claude-opus-4-5", "claude-haiku-4-5"],
        ["anthropic/claude-opus-4-5", "opper/claude-opus-4-5", "haiku-4-5"],
      ],
    ],
    [
      // At the second step the first two would both be `x`, and their step before is what the third is called.
      "what is taken back may clash again",
      [{ text: "1/x", forms: ["x"] }, { text: "2/x", forms: ["x"] }, { text: "3/x", forms: ["2/x"] }],
      [["1/x", "2/x", "3/x"], ["1/x", "2/x", "3/x"]],
    ],
  ];
  for (const [name, cells, expected] of rows) {
    await t.step(name, () => deepStrictEqual(cellForms(cells), expected));
  }
});
