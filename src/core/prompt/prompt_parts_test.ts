import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { NO_USAGE, type TokenUsage, type Turn } from "../model.ts";
import type { PromptItem, PromptItemKind } from "./prompt_entry.ts";
import { partsOf, type PromptFacts } from "./prompt_parts.ts";
import type { PromptStep } from "./prompt_steps.ts";

const CLAUDE = { provider: "anthropic", model: "claude-opus-4-6" };
const GEMINI = { provider: "google", model: "gemini-3.1-pro-preview" };

const item = (kind: PromptItemKind, length: number, more: Partial<PromptItem> = {}): PromptItem => ({
  kind,
  length,
  ...more,
});
const result = (tool: string | undefined, length: number) => item("tool_result", length, { tool });
const words = item("assistant", 40);
const thought = item("thinking", 200);

let count = 0;

/** A response to a prompt of so many tokens. */
function step(
  prompt: number,
  output: number,
  added: readonly PromptItem[] = [],
  { said = [words], isCompacted = false, ...turn }: Partial<PromptStep> & Partial<Turn> = {},
): PromptStep {
  const at = 1000 * ++count;
  const usage: TokenUsage = { ...NO_USAGE, input: 10, cacheRead: prompt - 10, output };
  return { turn: { key: `k${count}`, at, model: CLAUDE, usage, chain: "main", ...turn }, added, said, isCompacted };
}

const request = (prompt: number, output: number): TokenUsage => ({ ...NO_USAGE, input: prompt, output });

interface Row {
  readonly steps: readonly PromptStep[];
  readonly facts?: PromptFacts;
  /** `~` marks what was split. */
  readonly parts: readonly string[];
  readonly why?: string;
}

const ROWS: Readonly<Record<string, Row>> = {
  "the first prompt is not divided": {
    steps: [step(1000, 100, [item("user", 20)])],
    parts: ["start 1000 x1"],
  },
  // 1600 - 1000 = 600, of which 100 is the output.
  "one result is what is left": {
    steps: [step(1000, 100), step(1600, 10, [result("bash", 900)])],
    parts: ["start 1000 x1", "tool_result bash 500 x1", "assistant 100 x1"],
  },
  // Twice 500.
  "several results of one tool are one part, and measured": {
    steps: [
      step(1000, 100),
      step(1600, 100, [result("bash", 900), result("bash", 1)]),
      step(2200, 10, [result("bash", 5)]),
    ],
    parts: ["start 1000 x1", "tool_result bash 1000 x3", "assistant 200 x2"],
  },
  // 700 - 100 = 600, split 1 : 2.
  "two tools at once are split by their length": {
    steps: [step(1000, 100), step(1700, 10, [result("read", 100), result("bash", 200)])],
    parts: ["start 1000 x1", "tool_result bash 400~400 x1", "tool_result read 200~200 x1", "assistant 100 x1"],
  },
  // 500 alone, and 1 : 1 of 200.
  "a part that was split in part says how much": {
    steps: [
      step(1000, 100),
      step(1600, 100, [result("bash", 900)]),
      step(1900, 10, [result("bash", 50), item("attachment", 50)]),
    ],
    parts: ["start 1000 x1", "tool_result bash 600~100 x2", "assistant 200 x2", "attachment 100~100 x1"],
  },
  "a result whose call is nowhere has no name": {
    steps: [step(1000, 100), step(1600, 10, [result(undefined, 900)])],
    parts: ["start 1000 x1", "tool_result 500 x1", "assistant 100 x1"],
  },
  "what the log has nothing of is unexplained": {
    steps: [step(1000, 100), step(1130, 10)],
    parts: ["start 1000 x1", "assistant 100 x1", "unexplained 30 x0"],
  },
  "output that was not kept whole": {
    steps: [step(1000, 100), step(1060, 10)],
    parts: ["start 1000 x1", "assistant 60 x1"],
  },
  // 60 between words of 40 and a question of 20: 40 and 20.
  "less than the output, and nothing measured alone: by length": {
    steps: [step(1000, 100), step(1060, 10, [item("user", 20)])],
    parts: ["start 1000 x1", "assistant 40~40 x1", "user 20~20 x1"],
  },
  // The result was 1000 characters and 500 tokens: 40 characters are 20. 1800 - 300 + 50 + 20 = 1570, so that of 350 said 50
  // are left.
  "thoughts that were forgotten are taken from what was said": {
    steps: [
      step(1000, 300, [], { said: [thought, words] }),
      step(1800, 50, [result("bash", 1000)]),
      step(1570, 10, [item("user", 40)]),
    ],
    parts: ["start 1000 x1", "tool_result bash 500 x1", "assistant 50~50 x2", "user 20~20 x1"],
  },
  // More than the 300 of thoughts is gone.
  "more was taken out than was thought": {
    steps: [
      step(1000, 300, [], { said: [thought, words] }),
      step(1800, 50, [result("bash", 1000)]),
      step(1200, 10, [item("user", 40)]),
    ],
    parts: ["earlier 1200 x1"],
    why: "shrunk",
  },
  "a prompt that shrank without thoughts": {
    steps: [step(1000, 100), step(900, 10, [item("user", 40)]), step(960, 10, [result("bash", 7)])],
    parts: ["earlier 900 x1", "tool_result bash 50 x1", "assistant 10 x1"],
    why: "shrunk",
  },
  // 40 characters are 20 tokens. 1800 + 60 + 20 = 1880: nothing was forgotten, and that cannot be seen.
  "thoughts that were kept": {
    steps: [
      step(1000, 300, [], { said: [thought, words] }),
      step(1800, 60, [result("bash", 1000)]),
      step(1880, 10, [item("user", 40)]),
    ],
    parts: ["start 1000 x1", "tool_result bash 500 x1", "assistant 360~60 x2", "user 20~20 x1"],
  },
  // Gemini CLI 0.61.0: 11620 - 11509 = 111. Of 28 were 7 thoughts: 21 said, 90 answered.
  "thoughts of a model that may forget them at once": {
    steps: [
      step(11509, 28, [], { model: GEMINI, said: [words, item("thinking", 0, { tokens: 7 })] }),
      step(11620, 28, [result("run_shell_command", 77)], { model: GEMINI }),
    ],
    parts: ["start 11509 x1", "tool_result run_shell_command 90~90 x1", "assistant 21~21 x1"],
  },
  "and of one whose agent keeps them": {
    steps: [
      step(1000, 28, [], { model: GEMINI, said: [words, item("thinking", 0, { tokens: 7 })] }),
      step(1128, 28, [result("bash", 77)], { model: GEMINI }),
    ],
    facts: { keepsThoughts: true },
    parts: ["start 1000 x1", "tool_result bash 100 x1", "assistant 28 x1"],
  },
  // Half a token a character: 200 characters are 100, and the image is the rest of 1600.
  "an image gets what texts leave": {
    steps: [
      step(1000, 100),
      step(1600, 100, [result("bash", 1000)]),
      step(3300, 10, [item("user", 200), item("image", 50_000)]),
    ],
    parts: ["image 1500~1500 x1", "start 1000 x1", "tool_result bash 500 x1", "assistant 200 x2", "user 100~100 x1"],
  },
  "an image alone is measured": {
    steps: [step(1000, 100), step(2600, 10, [item("image", 50_000)])],
    parts: ["image 1500 x1", "start 1000 x1", "assistant 100 x1"],
  },
  "a compaction begins anew": {
    steps: [
      step(1000, 100),
      step(9000, 100, [result("bash", 9)]),
      step(3000, 20, [item("user", 9)], { isCompacted: true }),
      step(3070, 1, [item("user", 9)]),
    ],
    parts: ["compacted 3000 x1", "user 50 x1", "assistant 20 x1"],
    why: "compacted",
  },
  "another model begins anew": {
    steps: [step(1000, 100), step(1200, 100, [result("bash", 9)], { model: GEMINI })],
    parts: ["earlier 1200 x1"],
    why: "model_changed",
  },
  "a fork whose history is elsewhere": {
    steps: [step(1000, 100)],
    facts: { isForked: true },
    parts: ["earlier 1000 x1"],
    why: "forked",
  },
  // The first request of two had 1000 and said 30; the second had 1500: 470 are the provider's own tools'.
  "requests within a response": {
    steps: [
      step(1000, 50, [], { usage: request(2500, 50), requests: [request(1000, 30), request(1500, 20)] }),
      step(1620, 10, [item("user", 9)]),
    ],
    parts: ["start 1000 x1", "tool_result server tools 470 x1", "user 100 x1", "assistant 50 x1"],
  },
  "words that were broken off have no usage of their own": {
    steps: [step(1000, 100), step(1200, 10, [item("assistant", 30), item("user", 70)])],
    parts: ["start 1000 x1", "assistant 130~30 x2", "user 70~70 x1"],
  },
};

Deno.test("partsOf()", async (t) => {
  for (const [name, { steps, facts, parts, why }] of Object.entries(ROWS)) {
    await t.step(name, () => {
      const found = partsOf(steps, facts)!;
      deepStrictEqual(
        found.parts.map(({ kind, tool, tokens, splitTokens, count }) =>
          [
            kind,
            ...tool === undefined ? [] : [tool],
            splitTokens > 0 ? `${tokens}~${splitTokens}` : tokens,
            `x${count}`,
          ]
            .join(" ")
        ),
        parts,
      );
      strictEqual(found.since?.why, why);
      strictEqual(found.parts.reduce((sum, { tokens }) => sum + tokens, 0), found.promptTokens);
    });
  }
  await t.step("nothing is made of nothing", () => strictEqual(partsOf([]), undefined));
});
