/**
 * Tools that read, each made from an operation: its input in snake_case, its output as it is. What a tool says is what the
 * command line says with `--json` (tests/mcp_parity_test.ts), in pages that fit into a model's context.
 *
 * Decides only what an agent may ask for; computes nothing.
 */
import * as z from "zod";
import { AgentError } from "../../core/errors.ts";
import type { Field } from "../../operations/contract/input.ts";
import { fieldSchema } from "../../operations/contract/input_schema.ts";
import type { Operation } from "../../operations/contract/operation.ts";
import { timeKind, TOOL_TIME_SYNTAX } from "../../operations/report/time_syntax.ts";
import { OPERATIONS } from "../../operations/registry.ts";
import { CARD_ADDRESS } from "../resources/card_resource.ts";
import { fitResult, TRUNCATION_SCHEMA } from "./fit_result.ts";
import { longestList, shortenLists } from "./shorten_lists.ts";
import { describeArguments, describeResult, readToolArguments } from "./tool_arguments.ts";
import type { JsonObject, ToolDefinition } from "./tool_definition.ts";

interface ReadingTool {
  readonly name: string;
  readonly title: string;
  /** Name of the operation in the registry. */
  readonly operation: string;
  /** After the operation's own description: when to use it, and what with. */
  readonly advice: string;
  /** Inputs that are not for agents. */
  readonly omit?: readonly string[];
  /** Inputs with another default or range than on the command line. */
  readonly change?: Readonly<Record<string, z.ZodType>>;
  /** Names of the lists of an operation that has no limit, and what to do where they do not fit. @default it has a limit */
  readonly whole?: { readonly lists: readonly string[]; readonly forMore: string };
  /** Whether the card draws its answers. */
  readonly hasCard?: true;
}

const READING_TOOLS: readonly ReadingTool[] = [
  {
    name: "list_sessions",
    title: "List sessions",
    operation: "sessions",
    advice: "Use it to find a session's id, or the most expensive sessions (sort: cost).",
  },
  {
    name: "session_cost",
    title: "Cost of a session",
    operation: "session",
    advice: "Without arguments: the session that you are in. turns shows every billed response.",
    hasCard: true,
    change: {
      session: z.string().min(1).default("current")
        .describe("Id, start of an id, log file, latest, or current: the session that you are in"),
    },
  },
  {
    name: "cache_status",
    title: "State of prompt caches",
    operation: "cache",
    advice: 'With session: "current": whether your own cache is warm, until when, and what pausing longer would cost.',
    hasCard: true,
  },
  {
    name: "usage_report",
    title: "Cost and tokens, added up",
    operation: "cost",
    advice: "The total is of all rows, listed or not.",
    hasCard: true,
  },
  {
    name: "cache_misses",
    title: "Lost caches",
    operation: "misses",
    advice: 'With session: "current": what your own pauses, compactions and changes of the prompt cost.',
  },
  {
    name: "plan_limits",
    title: "Limits of plans",
    operation: "limits",
    advice: "Ask before long work, to stop before you are cut off.",
    // What is to be done above it is for whoever asks.
    omit: ["failAbove"],
    whole: { lists: ["refused"], forMore: "Earlier refusals were left out: opper-agent limits has them." },
  },
  {
    name: "advise",
    title: "What would have been cheaper",
    operation: "advise",
    advice: "The user decides: never change a setting unasked.",
    // A project and a beginning say enough; all of it is in every conversation's context.
    omit: ["source", "until"],
    whole: {
      lists: ["rows", "returns", "context", "models"],
      forMore: "Ends of lists were left out. Ask for one project, or use opper-agent on the command line.",
    },
  },
  {
    name: "list_traces",
    title: "List launches and their traces",
    operation: "traces",
    advice: "With remote it asks Opper, with the key that is stored on this machine.",
    // A caller that chose the address would choose who gets the key.
    omit: ["keyName", "baseUrl"],
  },
];

/** Inputs of the command line alone: what tools answer is in US dollars, whatever a person would like to see. */
const FOR_PEOPLE = ["currency"];

const LIMIT = z.int().min(1).max(100).default(20);

/** In the order that clients show them. */
export async function readingTools(): Promise<readonly ToolDefinition[]> {
  return await Promise.all(READING_TOOLS.map(async (tool) => {
    const entry = OPERATIONS.find(({ name }) => name === tool.operation);
    if (entry === undefined) throw new Error(`no operation ${tool.operation} for the tool ${tool.name}`);
    const operation = await entry.load();
    return makeTool(tool, operation, await operation.output());
  }));
}

function makeTool(tool: ReadingTool, operation: Operation, output: z.ZodObject): ToolDefinition {
  const input = z.strictObject(Object.fromEntries(
    Object.entries(operation.input.fields)
      .filter(([name]) => !FOR_PEOPLE.includes(name) && !tool.omit?.includes(name))
      .map(([name, field]) => [name, tool.change?.[name] ?? forAgents(name, field, operation)]),
  ));
  return {
    name: tool.name,
    title: tool.title,
    description: `${operation.description} ${tool.advice}`,
    inputSchema: describeArguments(input),
    outputSchema: describeResult(output.extend(TRUNCATION_SCHEMA)),
    needs: operation.needs,
    ...(tool.hasCard ? { page: CARD_ADDRESS } : {}),
    async run(args, { context, signal }) {
      const wanted = readToolArguments(input, args, tool.name);
      try {
        const ask = async (limit?: number) => {
          signal.throwIfAborted();
          // Through JSON, as on the command line: what is not known is left out.
          return JSON.parse(JSON.stringify(await operation.run({ ...wanted, limit }, context))) as JsonObject;
        };
        if (tool.whole === undefined) return await fitResult(ask, Number(wanted["limit"]));
        const { lists, forMore } = tool.whole;
        const answer = await ask();
        const shorten = (most: number) => Promise.resolve(shortenLists(answer, lists, most));
        return await fitResult(shorten, longestList(answer, lists), forMore);
      } catch (error) {
        throw error instanceof AgentError ? inTermsOfTools(error) : error;
      }
    },
  };
}

/** An input with what help says elsewhere: its range, and what a time looks like. */
function forAgents(name: string, field: Field, operation: Operation): z.ZodType {
  const { description } = field;
  if (name === "limit") return LIMIT.describe(description.replace(/[;,] 0:? .*$/, ""));
  const kind = timeKind(operation.commandLine?.[name]?.placeholder);
  if (kind === undefined) return fieldSchema(field);
  return fieldSchema({ ...field, description: `${description}: ${TOOL_TIME_SYNTAX[kind]}` });
}

/** Advice of the command line, as it reads to somebody who has tools: `--as-of` is `as_of`. */
function inTermsOfTools(error: AgentError): AgentError {
  const hint = error.hint?.replace(/`opper-agent ([a-z]+)`/g, (command, name) => {
    const tool = READING_TOOLS.find(({ operation }) => operation === name);
    return tool === undefined ? command : tool.name;
  }).replace(/--([a-z]+(?:-[a-z]+)*)/g, (_, flag: string) => flag.replaceAll("-", "_"));
  return new AgentError(error.code, error.message, { hint, cause: error.cause });
}
