/**
 * One definition of everything the program can do: it yields the subcommand, its flags and help, `--json`, and the MCP
 * tool, so that the faces cannot drift apart.
 *
 * A definition holds no SDK types and prints nothing.
 */
import type * as z from "zod";
import type { OperationContext } from "./context.ts";
import type { View } from "./view.ts";

/**
 * What running it changes. `read`: nothing but our own index. `write`: files of the user. `launch`: starts a program.
 */
export type Effect = "read" | "write" | "launch";

export interface Example {
  /** Arguments after the program's name. */
  readonly command: string;
  readonly explains: string;
}

/** How a field of the input appears on the command line, where the name alone does not say it. */
export interface FieldOnCommandLine {
  /** Taken from the arguments that are not flags, in the order of the schema. */
  readonly positional?: boolean;
  readonly short?: string;
  /** Shown in help: `--since TIME`. @default the field's name in capitals */
  readonly placeholder?: string;
}

export interface Operation<I extends z.ZodObject = z.ZodObject, O extends z.ZodObject = z.ZodObject> {
  /** Subcommand: lower case. */
  readonly name: string;
  /** One line, no full stop. */
  readonly summary: string;
  /** Paragraphs for `help`, and for the MCP tool. */
  readonly description: string;
  readonly effect: Effect;
  /** Strict object; every field described. camelCase fields become `--kebab-case` flags. */
  readonly input: I;
  readonly output: O;
  readonly commandLine?: Partial<Record<keyof z.infer<I> & string, FieldOnCommandLine>>;
  readonly examples: readonly Example[];
  /** @throws {AgentError} for a failure that the caller can mend */
  run(input: z.infer<I>, context: OperationContext): Promise<z.infer<O>>;
  view(output: z.infer<O>, input: z.infer<I>, context: OperationContext): View;
}

/** Keeps the types of input and output together; returns the definition unchanged. */
export function defineOperation<I extends z.ZodObject, O extends z.ZodObject>(
  operation: Operation<I, O>,
): Operation<I, O> {
  return operation;
}
