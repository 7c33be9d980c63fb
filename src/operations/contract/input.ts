/**
 * The input of an operation, as plain data. The flags follow from it (cli/arguments/flags.ts), the check of what was typed
 * (check_input.ts), and the schema that tools offer (input_schema.ts).
 *
 * Loads nothing: a schema library takes as long to load as the program does to start. What no command line can express,
 * such as an object within the input, has no word here.
 */

/** Where a number must lie; both ends are allowed unless it says otherwise. */
export interface NumberRange {
  readonly minimum?: number;
  readonly maximum?: number;
  /** The number must be above `minimum`, and not equal to it. */
  readonly aboveMinimum?: boolean;
  /** The number must be below `maximum`, and not equal to it. */
  readonly belowMaximum?: boolean;
}

/**
 * One field of an input.
 *
 * @template T its value
 * @template P true when an input that was checked always has it
 */
export interface Field<T = unknown, P extends boolean = boolean> {
  /** What the value is, or each one of a list. Numbers are finite, integers exact. */
  readonly kind: "text" | "number" | "integer" | "switch";
  /** Starts with a capital letter, without a full stop. */
  readonly description: string;
  /** What turning it off does, in the same form; of a switch that is on by default, which is typed as `--no-x`. */
  readonly off?: string;
  readonly list: boolean;
  /** Whether an input that was checked always has it: it must be given, or has a default. */
  readonly present: P;
  readonly default?: T;
  /** All that a text may be. */
  readonly choices?: readonly string[];
  /** What a text may be, among others: a shell offers it. */
  readonly offers?: readonly string[];
  readonly range?: NumberRange;
  /** A rule beyond these, about the whole value: what is wrong with it, to follow a colon; undefined: nothing. */
  check?(value: T): string | undefined;
}

export type InputFields = Readonly<Record<string, Field>>;

/** The fields in the order that help shows them. */
export interface Input<F extends InputFields = InputFields> {
  readonly fields: F;
  /** A rule about several fields: a sentence that says what is wrong; undefined: nothing. */
  check?(input: InputOf<F>): string | undefined;
}

type ValueOf<F> = F extends Field<infer T> ? T : never;
type PresentIn<F extends InputFields> = { [K in keyof F]: F[K] extends Field<unknown, true> ? K : never }[keyof F];

/** An input that was checked, with its defaults filled in. */
export type InputOf<F extends InputFields> =
  & { readonly [K in PresentIn<F>]: ValueOf<F[K]> }
  & { readonly [K in Exclude<keyof F, PresentIn<F>>]?: ValueOf<F[K]> };

/** How a field says whether it must be there. @default it may be left out */
interface Options<T> {
  /** Stands for a value that was not given. */
  readonly default?: T;
  readonly required?: true;
  readonly check?: (value: T) => string | undefined;
  readonly offers?: readonly string[];
}

type NumberOptions = Options<number> & NumberRange;

/** What {@linkcode Field} calls `P`, by the options. */
type Presence<O> = O extends { readonly default: unknown } | { readonly required: true } ? true : false;

/** Says nothing: the field may be left out. */
type None = Record<never, never>;

/** Keeps the types of the fields; an input has no other fields than these. */
export function defineInput<F extends InputFields>(fields: F, check?: Input<F>["check"]): Input<F> {
  return { fields, check };
}

/** Of the field that says how many to list. */
export const LIMIT_RANGE: NumberRange = { minimum: 0, maximum: 100_000 };

/** Any text, also an empty one. */
export function text<O extends Options<string> = None>(
  description: string,
  options?: O & Options<string>,
): Field<string, Presence<O>> {
  return makeField({ kind: "text", description, list: false }, options);
}

/** Several texts: a flag that may be repeated. */
export function texts<O extends Options<readonly string[]> = None>(
  description: string,
  options?: O & Options<readonly string[]>,
): Field<readonly string[], Presence<O>> {
  return makeField({ kind: "text", description, list: true }, options);
}

/** One of several texts. */
export function choice<const C extends string, O extends Options<NoInfer<C>> = None>(
  choices: readonly C[],
  description: string,
  options?: O & Options<NoInfer<C>>,
): Field<C, Presence<O>> {
  return makeField({ kind: "text", description, list: false, choices }, options);
}

/** Any number of several texts. */
export function someOf<const C extends string, O extends Options<readonly NoInfer<C>[]> = None>(
  choices: readonly C[],
  description: string,
  options?: O & Options<readonly NoInfer<C>[]>,
): Field<readonly C[], Presence<O>> {
  return makeField({ kind: "text", description, list: true, choices }, options);
}

/** A whole number. */
export function integer<O extends NumberOptions = None>(
  description: string,
  options?: O & NumberOptions,
): Field<number, Presence<O>> {
  return makeField({ kind: "integer", description, list: false, range: rangeOf(options) }, options);
}

/** Any finite number. */
export function number<O extends NumberOptions = None>(
  description: string,
  options?: O & NumberOptions,
): Field<number, Presence<O>> {
  return makeField({ kind: "number", description, list: false, range: rangeOf(options) }, options);
}

/** True or false; by default false. One that is on by default is turned off with `--no-x`, which `off` explains. */
export function toggle(
  description: string,
  options: { readonly default: false } | { readonly default: true; readonly off: string } = { default: false },
) {
  const off = options.default ? options.off : undefined;
  return makeField<boolean, typeof options>({ kind: "switch", description, off, list: false }, options);
}

function makeField<T, O extends Options<T>>(
  data: Pick<Field, "kind" | "description" | "off" | "list" | "choices" | "range">,
  options: Options<T> = {},
): Field<T, Presence<O>> {
  const present = options.required === true || options.default !== undefined;
  const { check, offers } = options;
  return { ...data, present: present as Presence<O>, default: options.default, check, offers };
}

function rangeOf(options: NumberRange = {}): NumberRange | undefined {
  const { minimum, maximum, aboveMinimum = false, belowMaximum = false } = options;
  if (minimum === undefined && maximum === undefined) return undefined;
  return { minimum, maximum, aboveMinimum, belowMaximum };
}
