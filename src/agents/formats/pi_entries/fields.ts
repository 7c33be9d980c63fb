/** The fields of Pi's entries that are read. */
import type { EpochMs, ModelRef } from "../../../core/model.ts";
import { count, exists, type Field, type Fields, flag, name, number, object, type Row, time } from "../../fields.ts";

/** What was billed, and what answered. An entry has it itself, or its message has it. */
const BILLED = {
  provider: name("provider"),
  model: name("model"),
  responseModel: name("responseModel"),
  durationMs: number("durationMs"),
  usage: object("usage"),
  hasUsage: exists("usage"),
  input: count("usage", "input"),
  hasInput: exists("usage", "input"),
  output: count("usage", "output"),
  hasOutput: exists("usage", "output"),
  cacheRead: count("usage", "cacheRead"),
  cacheWrite: count("usage", "cacheWrite"),
  hasCacheWrite: exists("usage", "cacheWrite"),
  cacheWrite1h: count("usage", "cacheWrite1h"),
  totalTokens: count("usage", "totalTokens"),
  cost: object("usage", "cost"),
  hasCost: exists("usage", "cost"),
  costTotal: number("usage", "cost", "total"),
  isBill: flag("usage", "cost", "totalFromProvider"),
  costInput: number("usage", "cost", "input"),
  costCacheRead: number("usage", "cost", "cacheRead"),
  costCacheWrite: number("usage", "cost", "cacheWrite"),
  costOutput: number("usage", "cost", "output"),
} satisfies Fields;

type InMessage<Name extends string> = `message${Capitalize<Name>}`;
type BilledName = keyof typeof BILLED;

/** Of an entry, whatever it is: the header, a message, a change. */
export const PI_FIELDS = {
  type: name("type"),
  at: time("timestamp"),
  /** Part of what identifies a response. */
  atText: name("timestamp"),
  id: name("id"),
  kind: name("kind"),
  title: name("name"),
  modelId: name("modelId"),
  cwd: name("cwd"),
  parentSession: name("parentSession"),
  branchedFrom: name("branchedFrom"),
  message: object("message"),
  role: name("message", "role"),
  /** When its request began. */
  askedAt: time("message", "timestamp"),
  ...BILLED,
  ...fieldsInMessage(BILLED),
} satisfies Fields;

export type PiRow = Row<typeof PI_FIELDS>;

/** Where a row has what was billed: `row[billed.input]`. */
export type Billed = { readonly [Name in BilledName]: Name | InMessage<Name> };

/** In the entry itself. */
export const IN_ENTRY = namesOf((name) => name) as Billed;
/** In its message. */
export const IN_MESSAGE = namesOf(nameInMessage) as Billed;

function namesOf(rename: (name: string) => string): object {
  return Object.fromEntries(Object.keys(BILLED).map((name) => [name, rename(name)]));
}

function fieldsInMessage<F extends Fields>(
  fields: F,
): { readonly [Name in keyof F & string as InMessage<Name>]: F[Name] } {
  const moved = Object.entries(fields).map(([name, { kind, path }]): [string, Field] => {
    return [nameInMessage(name), { kind, path: ["message", ...path] }];
  });
  return Object.fromEntries(moved) as ReturnType<typeof fieldsInMessage<F>>;
}

function nameInMessage(name: string): string {
  return `message${name[0]!.toUpperCase()}${name.slice(1)}`;
}

/** A millisecond clock has shown more than this since September 2001. */
export const EARLIEST_TIME: EpochMs = 1e12;

/**
 * The model that an entry names, the provider in lower case; undefined unless it names both.
 *
 * @param known Most entries name the one before: it is then returned itself
 */
export function modelOf(
  provider: string | undefined,
  model: string | undefined,
  known: ModelRef | undefined,
): ModelRef | undefined {
  if (provider === undefined || model === undefined) return undefined;
  const named = provider.toLowerCase();
  if (known !== undefined && known.provider === named && known.model === model) return known;
  return { provider: named, model };
}
