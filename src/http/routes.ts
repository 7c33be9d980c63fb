/**
 * What can be asked: every operation that only reads, by its name, with its input as a query and the document of `--json` as
 * the answer. Computes nothing.
 */
import { AgentError } from "../core/errors.ts";
import { suggest } from "../core/suggest.ts";
import { toSafeJson } from "../core/json/safe_json.ts";
import type { OperationContext } from "../operations/contract/context.ts";
import type { Input, InputOf } from "../operations/contract/input.ts";
import { onlyReads } from "../operations/contract/need.ts";
import type { Operation } from "../operations/contract/operation.ts";
import { OPERATIONS } from "../operations/registry.ts";
import { ANSWER_VERSION } from "../operations/report/report_json.ts";
import { readQuery } from "./read_query.ts";

/** Fields that no page is to set: whoever chose the address would choose who gets the key. */
const NOT_FOR_PAGES = ["keyName", "baseUrl"];
/** The field that asks for text of conversations. */
const TEXT_FIELD = "includeText";

/** What a page may ask for. */
export interface RouteChoices {
  /** False with `--no-text`. */
  readonly text: boolean;
}

/** An operation that can be asked for over HTTP. */
export interface ApiRoute {
  readonly operation: Operation;
  /** Without what a page may not set. */
  readonly input: Input;
}

export type Routes = ReadonlyMap<string, ApiRoute>;

/** Derived from what operations need: there is no list of them here. */
export async function loadRoutes({ text }: RouteChoices): Promise<Routes> {
  const operations = await Promise.all(OPERATIONS.map(({ load }) => load()));
  const omitted = [...NOT_FOR_PAGES, ...(text ? [] : [TEXT_FIELD])];
  return new Map(
    operations.filter(({ needs, isTypedOnly }) => onlyReads(needs) && !isTypedOnly).map((operation) => {
      const { fields, check } = operation.input;
      const kept = Object.fromEntries(Object.entries(fields).filter(([name]) => !omitted.includes(name)));
      return [operation.name, { operation, input: { fields: kept, check } }];
    }),
  );
}

/** @throws {AgentError} that it is missing */
export function findRoute(routes: Routes, name: string): ApiRoute {
  const route = routes.get(name);
  if (route !== undefined) return route;
  const meant = suggest(name, [...routes.keys()]);
  throw new AgentError("usage", `There is no operation "${name}" here.`, {
    isMissing: true,
    hint: meant === undefined ? `There are ${[...routes.keys()].join(", ")}.` : `Did you mean ${meant}?`,
  });
}

/** Reads the query now, and answers when called. @throws {AgentError} usage, when the query is no input of it */
export function readQuestion(
  { operation, input }: ApiRoute,
  query: URLSearchParams,
): (context: OperationContext) => Promise<readonly string[]> {
  const read: InputOf<Input["fields"]> = readQuery(input, query, operation.name);
  return (context) => writeDocument(operation, read, context);
}

/** The document as `--json` prints it into a pipe, in parts. */
async function writeDocument(
  operation: Operation,
  input: InputOf<Input["fields"]>,
  context: OperationContext,
): Promise<readonly string[]> {
  const texts = await operation.runJson?.(input, context) ?? [toSafeJson(await operation.run(input, context))];
  return [...texts, "\n"];
}

/** What `GET /api/v1` says: the operations with the schemas of their fields and answers. */
export async function describeRoutes(routes: Routes): Promise<string> {
  const [z, { inputSchema }] = await Promise.all([
    import("zod"),
    import("../operations/contract/input_schema.ts"),
  ]);
  const operations = await Promise.all([...routes.values()].map(async ({ operation, input }) => ({
    name: operation.name,
    summary: operation.summary,
    path: `/api/v1/${operation.name}`,
    input: z.toJSONSchema(inputSchema(input), { io: "input" }),
    output: z.toJSONSchema(await operation.output(), { io: "output" }),
  })));
  return `${toSafeJson({ schemaVersion: ANSWER_VERSION, operations })}\n`;
}
