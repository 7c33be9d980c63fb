/** The reference in docs/reference, made from what the program checks its input and output by. */
import { ENVIRONMENT } from "../../src/cli/help/man_page.ts";
import { wrapText } from "../../src/core/wrap_text.ts";
import { getPrompt, PROMPTS } from "../../src/mcp/resources/prompts.ts";
import { SESSION_TEMPLATE } from "../../src/mcp/resources/session_resources.ts";
import { TRUNCATION_SCHEMA } from "../../src/mcp/tools/fit_result.ts";
import { launchTools } from "../../src/mcp/tools/launch_tools.ts";
import { readingTools } from "../../src/mcp/tools/reading_tools.ts";
import { describeResult } from "../../src/mcp/tools/tool_arguments.ts";
import { annotationsOf, type JsonObject, type ToolDefinition } from "../../src/mcp/tools/tool_definition.ts";
import { OPERATIONS } from "../../src/operations/registry.ts";
import {
  cacheSchema,
  costSchema,
  evidenceSchema,
  sessionCostSchema,
  sessionSchema,
  totalsSchema,
  usageSchema,
} from "../../src/operations/report/schemas.ts";
import { fieldsOf, type JsonField, shapeKey } from "./json_fields.ts";
import { code, table } from "./markdown_table.ts";
import { toolExamples } from "./tool_examples.ts";

/** Objects that many answers have, each described once, from the largest to those within it. */
const SHAPES = ([
  ["session", sessionSchema],
  ["cost of a session", sessionCostSchema],
  ["cost", costSchema],
  ["totals", totalsSchema],
  ["usage", usageSchema],
  ["cache", cacheSchema],
  ["evidence", evidenceSchema],
] as const).map(([name, schema]) => ({ heading: `Shape: ${name}`, name, schema: describeResult(schema) }));

/** @param page Where the shapes are described, empty on that page itself */
function linkedShapes(page: string): ReadonlyMap<string, string> {
  return new Map(
    SHAPES.map(({ name, schema }) => [shapeKey(schema), `[${name}](${page}#shape-${name.replaceAll(" ", "-")})`]),
  );
}

/** Every tool of the MCP server, with what it takes. */
export async function toolReference(): Promise<string> {
  const launching = launchTools({ program: { command: "", args: [] }, cwd: "/", env: {}, depth: () => 0 });
  const tools = [...await readingTools(), ...launching];
  // Where an answer is described: with a command, or with the first tool that has it.
  const answers = new Map(
    await Promise.all(OPERATIONS.map(async ({ name, load }): Promise<[string, string]> => {
      const output = await (await load()).output();
      const answer = describeResult(output.extend(TRUNCATION_SCHEMA));
      return [shapeKey(answer), `It answers with the document of [${name}](json.md#${name}).`];
    })),
  );
  const examples = await toolExamples();
  return tools.flatMap((tool) => {
    const key = shapeKey(tool.outputSchema);
    const answer = answers.get(key);
    answers.set(key, answer ?? `It answers as [${tool.name}](#${tool.name}) does.`);
    return [
      `## ${tool.name}`,
      `**${tool.title}.** ${hints(tool)}`,
      tool.description,
      inputTable(tool),
      ...answer === undefined
        ? ["It answers with:", answerTable(fieldsOf(tool.outputSchema, linkedShapes("json.md")).map(described))]
        : [answer],
      ...examples.get(tool.name)!,
    ];
  }).map(wrapped).join("\n\n");
}

/** What a client can read without a tool. */
export function resourceReference(): string {
  return table(
    ["address", "type", "what it is"],
    [SESSION_TEMPLATE].map(({ uriTemplate, mimeType, title, description }) => [
      code(uriTemplate),
      mimeType,
      `${title}. ${description}`,
    ]),
  );
}

/** What people choose in their client, with the text that the model is then given. */
export function promptReference(): string {
  return PROMPTS.flatMap((prompt) => [
    `### ${prompt.name}`,
    `**${prompt.title}** ${prompt.description}.`,
    ...prompt.arguments.length === 0 ? ["It takes nothing."] : [table(
      ["takes", "description"],
      prompt.arguments.map(({ name, description, required }) => [
        code(name),
        `${description}${required ? "; needed" : ""}`,
      ]),
    )],
    ...textsOf(getPrompt(prompt.name, {})).map((text) => `> ${text}`),
  ]).map(wrapped).join("\n\n");
}

function textsOf(answer: JsonObject): readonly string[] {
  return (answer["messages"] as readonly { readonly content: { readonly text: string } }[])
    .map(({ content }) => content.text);
}

interface AnswerSection {
  readonly heading: string;
  readonly summary?: string;
  readonly fields: readonly JsonField[];
}

/**
 * Fields that mean the same wherever they are. Schemas do not say it: each word of theirs is sent to every model that has
 * the tools.
 */
const EVERYWHERE: Readonly<Record<string, string>> = {
  schemaVersion: "Version of the document",
  asOf: "Time that the answer is for",
  timezone: "Time zone that days begin in",
  pricesAsOf: "Date of the price data",
  notes: "Sentences that a reader should know, such as how many turns have no price",
  nextCursor: "What --cursor takes for the next page; absent on the last page",
  turns: "Billed responses; 0 also where nothing but sums is known",
  totals: "Sums in usage and cost beside turns, or in their place, each at its beginning",
  count: "How many sums",
  requests: "Requests that the sums are of, where all say so",
  "{}": "Of each",
  usage: "Tokens of these turns",
  cost: "Cost of these turns",
  cacheHitRatio: "Share of prompt tokens read from the cache, 0 to 1",
  source: "Agent that wrote the log",
  provider: "Who bills",
  model: "Name of the model in the log",
  sessionId: "Id of the session",
  shortId: "Shortest start of the id that names this session alone",
  parentSessionId: "Session that this one was forked from, or started by",
  cwd: "Directory that the session was started in",
  file: "Path of the log",
  startedAt: "When the session began",
  lastActivityAt: "Time of the last record in the log",
};

function described(field: JsonField): JsonField {
  const name = field.path.split(".").at(-1)!;
  return field.description === "" && Object.hasOwn(EVERYWHERE, name)
    ? { ...field, description: EVERYWHERE[name]! }
    : field;
}

async function answerSections(): Promise<readonly AnswerSection[]> {
  const shapes = linkedShapes("");
  const rows = (output: unknown) => fieldsOf(output, shapes).map(described);
  const answers = await Promise.all(OPERATIONS.map(async ({ name, summary, load }) => {
    const output = await (await load()).output();
    return { heading: name, summary, fields: rows(describeResult(output)) };
  }));
  return [...answers, ...SHAPES.map(({ heading, schema }) => ({ heading, fields: rows(schema) }))];
}

/** Every field of every answer in JSON. */
export async function jsonReference(): Promise<string> {
  return (await answerSections()).flatMap(({ heading, summary, fields }) => [
    `## ${heading}`,
    ...summary === undefined ? [] : [`${summary}.`],
    answerTable(fields),
  ]).map(wrapped).join("\n\n");
}

/** Fields of answers that nobody described yet, as `section: path`. */
export async function undescribedFields(): Promise<readonly string[]> {
  return (await answerSections()).flatMap(({ heading, fields }) =>
    fields.filter(({ description }) => description === "").map(({ path }) => `${heading}: ${path}`)
  );
}

/** Every environment variable that is for users. */
export function variableReference(): string {
  return table(
    ["variable", "meaning"],
    ENVIRONMENT.map(([names, meaning]) => [names.split(", ").map(code).join(", "), meaning]),
  );
}

function hints(tool: ToolDefinition): string {
  const { readOnlyHint, destructiveHint, idempotentHint, openWorldHint } = annotationsOf(tool);
  return [
    readOnlyHint ? "Reads only" : destructiveHint ? "May change or end things" : "Changes nothing that is there",
    ...idempotentHint ? ["may be repeated"] : [],
    openWorldHint ? "may use the network" : "uses no network",
  ].join(", ") + ".";
}

function inputTable({ inputSchema }: ToolDefinition): string {
  const fields = fieldsOf(inputSchema);
  if (fields.length === 0) return "It takes nothing.";
  return table(
    ["takes", "type", "default", "description"],
    fields.map((field) => [
      code(field.path),
      field.type,
      field.default === undefined ? field.isAlwaysThere ? "needed" : "" : code(JSON.stringify(field.default)),
      field.description,
    ]),
  );
}

function answerTable(fields: readonly JsonField[]): string {
  return table(
    ["field", "type", "description"],
    fields.map(({ path, type, isAlwaysThere, description }) => [
      code(path),
      isAlwaysThere ? type : `${type}, or absent`,
      description,
    ]),
  );
}

/** As `deno fmt` breaks a paragraph. */
function wrapped(text: string): string {
  if (text.startsWith("> ")) return wrapText(text.slice(2), 118).map((line) => `> ${line}`).join("\n");
  return /^[|#`]/.test(text) ? text : wrapText(text, 120).join("\n");
}
