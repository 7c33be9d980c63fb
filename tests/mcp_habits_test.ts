/**
 * Models and clients have habits: numbers as text, null for what is left out, names in another spelling, sessions between
 * backquotes. Every habit is tried on every argument of every tool that it fits, on the real server over four small
 * sessions: it answers what it answers to arguments as they are published, or refuses, and never another question.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { type Json, type McpClient, startMcp, type ToolResult } from "./support/mcp_client.ts";
import { withTemporaryDirectory } from "./support/run_agent.ts";
import { makeSmallHome, PI, SMALL_NOW } from "./support/small_home.ts";

interface Tool {
  readonly name: string;
  readonly inputSchema: {
    readonly properties: Readonly<Record<string, Json>>;
    readonly required?: readonly string[];
    readonly additionalProperties: unknown;
  };
}

const NOW = Date.parse(SMALL_NOW);
const SPAN = { since: "2026-11-01..2026-11-20" };
const FILTERS = { source: ["pi", "claude"], project: "srv", model: "claude", provider: "anthropic" };
const CLOCK = { as_of: SMALL_NOW, timezone: "Europe/Stockholm" };

/** Questions that give every argument a value. */
const QUESTIONS: Readonly<Record<string, readonly Json[]>> = {
  list_sessions: [
    { ...CLOCK, ...FILTERS, since: "2026-11-01", until: "2026-11-21", cache: ["warm"], search: "claude", limit: 3 },
    { ...CLOCK, sort: "missUsd", limit: 2, brief: true },
  ],
  session_cost: [{ ...CLOCK, session: PI, turns: true, context: true, misses: true, include_text: true, limit: 1 }],
  cache_status: [
    { ...CLOCK, session: PI },
    { ...CLOCK, source: ["pi", "codex"], all: true, curve: true, limit: 1 },
  ],
  usage_report: [
    { ...CLOCK, ...SPAN, ...FILTERS, by: "hourOfDay", split: "model", fill: true, limit: 3 },
    { ...CLOCK, since: "2026-11-20", until: "2026-11-21", compare: true, by: "day", limit: 5 },
    { ...CLOCK, session: PI, by: "model" },
  ],
  cache_misses: [
    { ...CLOCK, ...FILTERS, ...SPAN, by: "project", limit: 2 },
    { ...CLOCK, session: PI, until: "2026-11-21", limit: 1 },
  ],
  plan_limits: [{ ...CLOCK, source: ["codex"] }],
  advise: [
    { ...CLOCK, project: "/srv", role: "main", what: ["cache", "context"] },
    { ...CLOCK, since: "2026-11-20" },
  ],
  list_traces: [{ session: PI, remote: false, limit: 2 }],
  // What is asked is refused behind the check of the arguments: nothing is started.
  launch_traced: [{ agent: "pi", prompt: "go", cwd: "/", model: "m", timeout_seconds: 5, wait_seconds: 1 }],
  launch_pi_traced: [{ prompt: "go", cwd: "/", model: "m", timeout_seconds: 5, wait_seconds: 1 }],
  run_status: [{ run_id: "none", wait_seconds: 1 }],
  cancel_run: [{ run_id: "none" }],
};

/** Other ways to write the name of an argument. */
function spellings(name: string): readonly string[] {
  const words = name.split("_");
  const upper = words.map((word) => word[0]!.toUpperCase() + word.slice(1));
  const camel = [words[0], ...upper.slice(1)].join("");
  return [camel, upper.join(""), name.toUpperCase(), words.join("-"), upper.join(" "), `_${name}`]
    .filter((spelling) => spelling !== name);
}

/** Other ways to write a value of an argument, by its schema and its name. */
function ways(name: string, schema: Json, value: unknown): readonly unknown[] {
  if (name === "session") {
    const id = String(value);
    const quoted = ["`", '"', "'"].map((quote) => `${quote}${id}${quote}`);
    const uri = `opper-agent://session/${encodeURIComponent(id)}`;
    return [...quoted, ` ${id}\n`, uri, `\`${uri}\``, `pi/${id}`, id.toUpperCase(), id.slice(0, -1) + "…"];
  }
  if (name === "run_id") return ["`none`", '"none"', " none "];
  if (name === "as_of") {
    return [NOW, String(NOW / 1000), NOW / 1000, SMALL_NOW.replace("T", " ").replace("Z", " UTC")];
  }
  if (name === "since" || name === "until") {
    const text = String(value);
    return [text.replaceAll("-", "/"), `\`${text}\``, ...text.includes("..") ? [text.replace("..", " to ")] : []];
  }
  switch (schema["type"]) {
    case "integer":
    case "number":
      return [String(value), ` ${value}.0 `, `+${value}`];
    case "boolean":
      return [String(value), String(value).toUpperCase(), value ? 1 : 0, value ? "1" : "0"];
    case "array": {
      const items = value as readonly string[];
      return [
        JSON.stringify(items),
        items.join(", "),
        items.map((item) => item.toUpperCase()),
        [...items, null],
        ...items.length === 1 ? [items[0]] : [],
      ];
    }
    default: {
      if (schema["enum"] === undefined) return [];
      const apart = String(value).replace(/[A-Z]/g, (letter) => `_${letter}`);
      return [String(value).toUpperCase(), apart, apart.replaceAll("_", "-"), apart.replaceAll("_", " "), ` ${value} `];
    }
  }
}

/** What clients put beside the arguments, and what says nothing. */
const BESIDE: readonly Json[] = [
  { _meta: { progressToken: 1 } },
  { wait_for_previous: true },
  { waitForPreviousTools: false },
  { task_progress: "- [ ] ask" },
  { explanation: "To see what it cost" },
  { _reason: "cost", reasoning: "It may be cold." },
  { random_string: "x" },
  { branch: null, user: "", tags: " " },
];

/** What could be a filter of somebody's: an answer without it would be of another question. */
const NO_ARGUMENT: readonly Json[] = [
  { branch: "main" },
  { user: "ann" },
  { days: 7 },
  { where: { model: "gpt" } },
  { _filter: "x" },
  { description: "the dear ones" },
  { query: "x" },
];

async function withServer(body: (client: McpClient, tools: readonly Tool[]) => Promise<void>) {
  await withTemporaryDirectory(async (home) => {
    await makeSmallHome(home);
    await using client = await startMcp({ home });
    const tools = ((await client.request("tools/list")).result as { tools: readonly Tool[] }).tools;
    await body(client, tools);
  });
}

/** What is said, without the time of answers that have it from the clock. */
async function answer(client: McpClient, tool: string, args: unknown): Promise<unknown> {
  const { structuredContent, isError, content } = (await client.request("tools/call", { name: tool, arguments: args }))
    .result as ToolResult;
  const { asOf, ...said } = structuredContent ?? {};
  return { isError, text: isError ? content[0]!.text : undefined, said, asOf: tool === "list_traces" ? "" : asOf };
}

Deno.test("whatever the habit, the answer is that to arguments as they are published", async (t) => {
  await withServer(async (client, tools) => {
    deepStrictEqual(Object.keys(QUESTIONS), tools.map(({ name }) => name), "every tool is asked");
    for (const { name: tool, inputSchema: { properties, required = [] } } of tools) {
      const used = new Set(QUESTIONS[tool]!.flatMap((args) => Object.keys(args)));
      deepStrictEqual(
        Object.keys(properties).filter((name) => !used.has(name)),
        "cursor" in properties ? ["cursor"] : [],
      );
      for (const plain of QUESTIONS[tool]!) {
        const expected = await answer(client, tool, plain);
        const isRefused = (expected as { isError?: boolean }).isError === true;
        strictEqual(isRefused, required.length > 0, `${tool} ${JSON.stringify(expected)}`);
        const same = async (args: unknown) => {
          await t.step(`${tool} ${JSON.stringify(args)}`, async () => {
            deepStrictEqual(await answer(client, tool, args), expected);
          });
        };
        await same(JSON.stringify(plain));
        await same({ arguments: plain });
        for (const beside of BESIDE) await same({ ...plain, ...beside });
        for (const name of Object.keys(properties)) {
          const { [name]: value, ...others } = plain;
          if (value === undefined) {
            await same({ ...plain, [name]: null });
            continue;
          }
          for (const spelling of spellings(name)) await same({ ...others, [spelling]: value });
          for (const way of ways(name, properties[name]!, value)) await same({ ...plain, [name]: way });
        }
      }
    }
  });
});

Deno.test("null and nothing are what is left out", async (t) => {
  await withServer(async (client, tools) => {
    for (const { name: tool, inputSchema: { properties, required = [] } } of tools) {
      if (required.length > 0) continue;
      await t.step(tool, async () => {
        const clock: Json = "as_of" in properties ? { as_of: SMALL_NOW } : {};
        const session: Json = "session" in properties && tool === "session_cost" ? { session: "latest" } : {};
        const plain = { ...clock, ...session };
        const nulls = Object.fromEntries(Object.keys(properties).map((name) => [name, null]));
        deepStrictEqual(await answer(client, tool, { ...nulls, ...plain }), await answer(client, tool, plain));
        const empty = Object.fromEntries(Object.keys(properties).map((name) => [name, ""]));
        deepStrictEqual(await answer(client, tool, { ...empty, ...plain }), await answer(client, tool, plain));
      });
    }
  });
});

Deno.test("a session is found by its log, and a page by what answers call its cursor", async () => {
  await withServer(async (client) => {
    const first = await client.structured("session_cost", { session: PI, turns: true, limit: 1, as_of: SMALL_NOW });
    const { file } = first["session"] as Json;
    for (const named of [file, pathToFileURL(String(file)).href, `\`${file}\``]) {
      const args = { session: named, turns: true, limit: 1, as_of: SMALL_NOW };
      deepStrictEqual(await client.structured("session_cost", args), first);
    }
    const byAnswer = { sessionId: PI, turns: true, limit: 1, asOf: SMALL_NOW };
    deepStrictEqual(await client.structured("session_cost", byAnswer), first);
    const page = { limit: 1, as_of: SMALL_NOW };
    const { nextCursor } = await client.structured("list_sessions", page);
    ok(typeof nextCursor === "string");
    const second = await client.structured("list_sessions", { ...page, cursor: nextCursor });
    deepStrictEqual(await client.structured("list_sessions", { ...page, nextCursor }), second);
    deepStrictEqual(await client.structured("list_sessions", { ...page, next_cursor: nextCursor }), second);
  });
});

Deno.test("what could be a filter is refused, and nothing is answered without it", async (t) => {
  await withServer(async (client, tools) => {
    for (const { name: tool, inputSchema: { properties } } of tools) {
      const [plain] = QUESTIONS[tool]!;
      for (const other of NO_ARGUMENT) {
        await t.step(`${tool} ${JSON.stringify(other)}`, async () => {
          const { isError, content } = await client.call(tool, { ...plain, ...other });
          strictEqual(isError, true);
          const [name] = Object.keys(other);
          const known = Object.keys(properties).join(", ");
          ok(content[0]!.text.startsWith(`${tool} has no argument "${name}": expected ${known}.\n`), content[0]!.text);
        });
      }
      await t.step(`${tool}: the same twice`, async () => {
        const [name, value] = Object.entries(plain!)[0]!;
        const { isError, content } = await client.call(tool, { ...plain, [name.toUpperCase()]: value });
        strictEqual(isError, true);
        match(content[0]!.text, new RegExp(`\n${name} is given as well: `));
      });
    }
  });
});

Deno.test("what is published stays strict, and means the same in every tool", async (t) => {
  await withServer(async (_client, tools) => {
    for (const { name: tool, inputSchema } of tools) {
      await t.step(tool, () => {
        strictEqual(inputSchema.additionalProperties, false);
        for (const [name, schema] of Object.entries(inputSchema.properties)) {
          // One type, and no union in which a habit would be allowed.
          match(String(schema["type"]), /^(string|integer|number|boolean|array)$/, name);
          for (const word of ["anyOf", "oneOf", "allOf", "pattern", "$ref"]) ok(!(word in schema), `${name}: ${word}`);
          // They are read by their names (lenient_arguments.ts).
          const says: Readonly<Record<string, RegExp>> = {
            session: /\bid, (?:the )?start of an id|an id, the start of one/i,
            as_of: /Unix seconds/,
            since: /Unix seconds/,
            until: /Unix seconds/,
            run_id: /launch_traced/,
          };
          if (!(name in says)) continue;
          strictEqual(schema["type"], "string");
          match(String(schema["description"]), says[name]!);
        }
      });
    }
  });
});
