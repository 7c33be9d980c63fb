import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { PromptPart } from "../../core/prompt/prompt_parts.ts";
import type { SessionReport } from "../../core/session_report.ts";
import type { LastPrompt } from "../../scan/logs/read_prompts.ts";
import { readContext } from "./session_context.ts";
import { viewContext } from "./context_view.ts";

const CLOCK = { now: Date.parse("2026-11-20T12:00:00Z"), isPast: false, timezone: "UTC" };
const AT = Date.parse("2026-11-20T11:00:00Z");

const session = (more: Partial<SessionReport> = {}) =>
  ({ source: "claude", sessionId: "s", file: "/l", files: ["/l"], turns: 1, ...more }) as SessionReport;
const part = (kind: PromptPart["kind"], tokens: number, more: Partial<PromptPart> = {}): PromptPart => ({
  kind,
  tokens,
  splitTokens: 0,
  count: 1,
  ...more,
});
const prompt = (parts: readonly PromptPart[], more: Partial<LastPrompt> = {}): LastPrompt => ({
  promptTokens: parts.reduce((sum, { tokens }) => sum + tokens, 0),
  model: { provider: "anthropic", model: "claude-opus-4-6" },
  at: AT,
  parts,
  ...more,
});

const read = (found: LastPrompt | undefined, of = session()) =>
  readContext({ lastPrompt: () => Promise.resolve(found) }, of, [], CLOCK);

Deno.test("what is said of a prompt", async (t) => {
  await t.step("shares, and what was split", async () => {
    const parts = [part("start", 750), part("tool_result", 250, { tool: "Bash", splitTokens: 50, count: 3 })];
    deepStrictEqual(await read(prompt(parts, { window: 2000, since: { at: AT, why: "compacted" } })), {
      ...{ promptTokens: 1000, provider: "anthropic", model: "claude-opus-4-6", at: "2026-11-20T11:00:00.000Z" },
      window: 2000,
      parts: [
        { kind: "start", name: undefined, tokens: 750, share: 0.75, measured: true, splitTokens: undefined, count: 1 },
        { kind: "tool_result", name: "Bash", tokens: 250, share: 0.25, measured: false, splitTokens: 50, count: 3 },
      ],
      since: { at: "2026-11-20T11:00:00.000Z", why: "compacted" },
    });
  });
  await t.step("names of tools are cleaned and cut", async () => {
    const names = ["\u001b[31mred\u001b[0m\ntool", "\u202eevil", "x".repeat(500), "\u0000"];
    const { parts } = await read(prompt(names.map((tool) => part("tool_result", 1, { tool }))));
    deepStrictEqual(parts.map(({ name }) => name), ["red tool", "evil", "x".repeat(78), undefined]);
  });
  await t.step("the smallest of many tools are one", async () => {
    const parts = Array.from({ length: 30 }, (_, index) => part("tool_result", 100 - index, { tool: `t${index}` }));
    const found = await read(prompt([...parts, part("user", 5)]));
    // 80 to 71: ten times 75.5.
    deepStrictEqual(found.parts.find(({ kind }) => kind === "other_tools")?.tokens, 755);
    strictEqual(found.parts.length, 22);
    strictEqual(found.parts.reduce((sum, { tokens }) => sum + tokens, 0), found.promptTokens);
  });
  const REASONS: readonly [name: string, of: SessionReport, reason: string][] = [
    ["deleted", session({ isDeleted: true }), "It was deleted from its database, and its prompts with it."],
    ["an agent that cannot say", session({ source: "droid" }), "Droid records sums and no single prompts."],
    ["sums alone", session({ turns: 0, totals: { count: 1 } }), "Its agent recorded sums and no single responses."],
    ["no response", session(), "No response of its main conversation is known."],
  ];
  for (const [name, of, reason] of REASONS) {
    await t.step(name, async () => deepStrictEqual(await read(undefined, of), { parts: [], reason }));
  }
});

Deno.test("how a prompt is shown", async (t) => {
  const textOf = async (found: LastPrompt | undefined) =>
    viewContext(await read(found), CLOCK).map((block) =>
      block.kind !== "table" ? (block.kind === "text" ? block.text : "") : [
        block.title,
        ...block.rows.map((row) => row.slice(0, 5).map(({ text }) => text).join(" | ")),
        ...block.rows.length === 0 ? [block.empty] : [],
      ].join("\n")
    );
  await t.step("parts, and how they are known", async () => {
    const parts = [
      part("compacted", 6000),
      part("tool_result", 3000, { tool: "Bash", count: 12 }),
      part("tool_result", 600),
      part("user", 300, { splitTokens: 20 }),
      part("unexplained", 100, { count: 0 }),
    ];
    deepStrictEqual(await textOf(prompt(parts, { window: 200_000, since: { at: AT, why: "compacted" } })), [
      [
        "Last prompt: 10.0k tokens, 5.0% of the 200k that the model takes",
        "system, tools and summary | 1 | 6,000 | 60.0% | measured",
        "results of Bash | 12 | 3,000 | 30.0% | measured",
        "results of ? | 1 | 600 | 6.0% | measured",
        "user | 1 | 300 | 3.0% | about",
        "unexplained |  | 100 | 1.0% | measured",
      ].join("\n"),
      "Measured by how much longer each prompt was than the one before.",
      '"about": several parts came at once; they were measured together, and split by their length in the log.',
      "Measured from 11:00:00 on: the conversation was compacted.",
    ]);
  });
  await t.step("nothing is known", async () => {
    deepStrictEqual(await textOf(undefined), ["Last prompt\nNo response of its main conversation is known."]);
  });
});
