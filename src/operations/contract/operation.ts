/**
 * One definition of everything the program can do: it yields the subcommand, its flags and help, `--json`, and the MCP
 * tool, so that the faces cannot drift apart.
 *
 * A definition holds no SDK types and prints nothing.
 */
import type * as z from "zod";
import type { ErrorCode } from "../../core/errors.ts";
import type { OperationContext } from "./context.ts";
import type { Input, InputFields, InputOf } from "./input.ts";
import type { Need } from "./need.ts";
import type { View } from "./view.ts";

/** A command that help shows, and what it does. */
export interface Example {
  /** Arguments after the program's name. */
  readonly command: string;
  readonly explains: string;
}

/** How a field of the input appears on the command line, where the name alone does not say it. */
export interface FieldOnCommandLine {
  /** Taken from the arguments that are not flags, in the order of the input. */
  readonly positional?: boolean;
  /** Without dashes. @default the field's name in kebab-case */
  readonly name?: string;
  /** Names that it had before: still accepted, and shown nowhere. */
  readonly formerNames?: readonly string[];
  readonly short?: string;
  /** Takes the name of a flag of every command, which is then called `--print-x` here. @default such a name is refused */
  readonly replacesGlobal?: boolean;
  /** Shown in help: `--since TIME`. @default the field's name in capitals */
  readonly placeholder?: string;
}

/** One question, or one thing to be done, with all that the faces have to know of it. */
export interface Operation<F extends InputFields = InputFields, O extends z.ZodObject = z.ZodObject> {
  /** Subcommand: lower case. */
  readonly name: string;
  /** One line, no full stop. */
  readonly summary: string;
  /** Paragraphs for `help`, and for the MCP tool. */
  readonly description: string;
  /** Permissions, and hints of the MCP server, follow from this. */
  readonly needs: readonly Need[];
  /**
   * Whether a person has to type it: it sends a key, or reads a file that it is told, and no page and no tool may have that
   * done. @default it follows from `needs`
   */
  readonly isTypedOnly?: boolean;
  /** camelCase fields become `--kebab-case` flags. */
  readonly input: Input<F>;
  readonly commandLine?: Partial<Record<keyof F & string, FieldOnCommandLine>>;
  readonly examples: readonly Example[];
  /** Loads the schema of the answer. A command does not: schemas take longer to load than most answers to compute. */
  output(): Promise<O>;
  /** @throws {AgentError} for a failure that the caller can mend */
  run(input: InputOf<F>, context: OperationContext): Promise<z.infer<O>>;
  /**
   * The same answer as JSON in one line, in parts: for an operation that has it faster than what `run` returns. Steers no
   * terminal, as `toSafeJson` says. @default it is made of what `run` returns
   */
  runJson?(input: InputOf<F>, context: OperationContext): Promise<readonly string[]>;
  /** Whether an answer that was given ends with status 1 all the same, for scripts, or as an error. @default it does not */
  isFailure?(output: z.infer<O>, input: InputOf<F>): boolean | ErrorCode;
  view(output: z.infer<O>, input: InputOf<F>, context: OperationContext): View;
}

/** Keeps the types of input and output together; returns the definition unchanged. */
export function defineOperation<F extends InputFields, O extends z.ZodObject>(
  operation: Operation<F, O>,
): Operation<F, O> {
  return operation;
}
