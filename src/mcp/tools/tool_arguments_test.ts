import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import * as z from "zod";
import { AgentError } from "../../core/errors.ts";
import { describeArguments, describeResult, readToolArguments, toSnakeCase } from "./tool_arguments.ts";
import type { JsonObject } from "./tool_definition.ts";

const input = z.strictObject({
  prompt: z.string().min(1).max(10).describe("What to do"),
  asOf: z.string().optional().describe("When"),
  timeoutSeconds: z.int().min(1).max(60).default(30).describe("How long"),
  kinds: z.array(z.enum(["a", "b"])).optional().describe("Which"),
});

Deno.test("toSnakeCase()", async (t) => {
  for (const [name, expected] of [["asOf", "as_of"], ["by", "by"], ["aLongName", "a_long_name"]] as const) {
    await t.step(name, () => strictEqual(toSnakeCase(name), expected));
  }
});

Deno.test("describeArguments() is strict, in snake_case, and requires what has no default", () => {
  deepStrictEqual(describeArguments(input), {
    type: "object",
    properties: {
      prompt: { type: "string", minLength: 1, maxLength: 10, description: "What to do" },
      as_of: { type: "string", description: "When" },
      timeout_seconds: { type: "integer", minimum: 1, maximum: 60, default: 30, description: "How long" },
      kinds: { type: "array", items: { type: "string", enum: ["a", "b"] }, description: "Which" },
    },
    required: ["prompt"],
    additionalProperties: false,
  });
});

Deno.test("describeResult() keeps names, and names no draft", () => {
  deepStrictEqual(describeResult(z.object({ asOf: z.string(), usd: z.number().optional() })), {
    type: "object",
    properties: { asOf: { type: "string" }, usd: { type: "number" } },
    required: ["asOf"],
    additionalProperties: false,
  });
});

Deno.test("readArguments() gives the schema's names, and defaults", () => {
  deepStrictEqual(readToolArguments(input, { prompt: "go", as_of: "now", kinds: ["b"] }, "tool"), {
    prompt: "go",
    asOf: "now",
    timeoutSeconds: 30,
    kinds: ["b"],
  });
});

Deno.test("readArguments() takes names in another spelling, and lets pass what is about the call", async (t) => {
  const rows: readonly JsonObject[] = [
    { prompt: "go", asOf: "now" },
    { Prompt: "go", "as-of": "now" },
    { PROMPT: "go", AS_OF: "now" },
    { prompt: "go", AsOf: "now", Kinds: null },
    { prompt: "go", as_of: "now", asOf: null },
    { prompt: "go", as_of: "now", asOf: "" },
    { prompt: "go", as_of: "now", branch: null },
    { prompt: "go", as_of: "now", branch: " " },
    { prompt: "go", as_of: "now", _meta: { progressToken: 1 } },
    { prompt: "go", as_of: "now", wait_for_previous: true, waitForPreviousTools: false },
    { prompt: "go", as_of: "now", explanation: "To know", _reason: "cost", random_string: "x" },
    { arguments: { prompt: "go", as_of: "now" } },
    { params: { prompt: "go", asOf: "now" } },
  ];
  for (const args of rows) {
    await t.step(JSON.stringify(args), () => {
      deepStrictEqual(readToolArguments(input, args, "tool"), { prompt: "go", asOf: "now", timeoutSeconds: 30 });
    });
  }
});

Deno.test("readArguments() takes what answers call it, where an argument of that name is missing", () => {
  const found = z.strictObject({ session: z.string().optional(), cursor: z.string().optional() });
  deepStrictEqual(readToolArguments(found, { sessionId: "a", nextCursor: "b" }, "tool"), { session: "a", cursor: "b" });
  deepStrictEqual(readToolArguments(found, { short_id: "a" }, "tool"), { session: "a" });
  throws(() => readToolArguments(found, { sessionId: "a", shortId: "a" }, "tool"), /no argument "shortId"/);
  throws(() => readToolArguments(input, { prompt: "go", sessionId: "a" }, "tool"), /no argument "sessionId"/);
});

Deno.test("readArguments() says what was expected", async (t) => {
  const rows: [args: JsonObject, message: string, hint: string][] = [
    [{}, "tool needs prompt: text of 1 to 10 characters.", "Call tool again with prompt as described."],
    [
      { prompt: 5 },
      "Expected prompt to be text of 1 to 10 characters, not 5.",
      "Call tool again with prompt as described.",
    ],
    [
      { prompt: "go", timeout_seconds: 1.5 },
      "Expected timeout_seconds to be a whole number from 1 to 60, not 1.5.",
      "Call tool again with timeout_seconds as described.",
    ],
    [
      { prompt: "go", kinds: ["c"] },
      'Expected kinds to be a list, each item one of a, b, not ["c"].',
      "Call tool again with kinds as described.",
    ],
    [
      { prompt: "go", as_of: "now", asOf: "now" },
      'tool has no argument "asOf": expected prompt, as_of, timeout_seconds, kinds.',
      "as_of is given as well: call tool again with one of them.",
    ],
    [
      { prompt: "go", asOf: "now", "as-of": "now" },
      'tool has no argument "as-of": expected prompt, as_of, timeout_seconds, kinds.',
      "as_of is given as well: call tool again with one of them.",
    ],
    [
      { prompt: "go", promt: "now" },
      'tool has no argument "promt": expected prompt, as_of, timeout_seconds, kinds.',
      "Did you mean prompt?",
    ],
    [
      { prompt: "go", branch: "main" },
      'tool has no argument "branch": expected prompt, as_of, timeout_seconds, kinds.',
      "Call tool again without it.",
    ],
    [
      { prompt: "go", TimeoutSeconds: "1.5" },
      'Expected timeout_seconds to be a whole number from 1 to 60, not "1.5".',
      "Call tool again with timeout_seconds as described.",
    ],
    [
      { arguments: { prompt: "go" }, branch: "main" },
      'tool has no argument "arguments": expected prompt, as_of, timeout_seconds, kinds.',
      "Call tool again without it.",
    ],
    [
      { arguments: { arguments: { prompt: "go" } } },
      'tool has no argument "arguments": expected prompt, as_of, timeout_seconds, kinds.',
      "Call tool again without it.",
    ],
    [
      { prompt: "go", "\u001b[31m": 1 },
      'tool has no argument "\\u001b[31m": expected prompt, as_of, timeout_seconds, kinds.',
      "Call tool again without it.",
    ],
    [
      JSON.parse('{"prompt":"go","__proto__":{}}'),
      'tool has no argument "__proto__": expected prompt, as_of, timeout_seconds, kinds.',
      "Call tool again without it.",
    ],
  ];
  for (const [args, message, hint] of rows) {
    await t.step(message, () => {
      throws(
        () => readToolArguments(input, args, "tool"),
        (error) => {
          deepStrictEqual(error instanceof AgentError && [error.code, error.message, error.hint], [
            "usage",
            message,
            hint,
          ]);
          return true;
        },
      );
    });
  }
});
