/** The fields of Pi's entries that are read. */
import type { EpochMs, ModelRef } from "../../../core/model.ts";
import {
  count,
  exists,
  type Fields,
  flag,
  name,
  numeric,
  object,
  type RecordField,
  type Row,
  time,
} from "../../fields.ts";

/** What was billed, and what answered. A message has it, or the entry itself. */
const BILLED = {
  provider: name("provider"),
  model: name("model"),
  responseModel: name("responseModel"),
  responseId: name("responseId"),
  durationMs: numeric("durationMs"),
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
  costTotal: numeric("usage", "cost", "total"),
  isBill: flag("usage", "cost", "totalFromProvider"),
  costInput: numeric("usage", "cost", "input"),
  costCacheRead: numeric("usage", "cost", "cacheRead"),
  costCacheWrite: numeric("usage", "cost", "cacheWrite"),
  costOutput: numeric("usage", "cost", "output"),
} satisfies Fields;

type InEntry<Name extends string> = `entry${Capitalize<Name>}`;

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
  ...changeFields(BILLED, (name, field) => [name, { ...field, path: ["message", ...field.path] }]) as typeof BILLED,
  ...changeFields(BILLED, (name, field) => [nameInEntry(name), field]) as {
    readonly [Name in keyof typeof BILLED as InEntry<Name>]: typeof BILLED[Name];
  },
} satisfies Fields;

export type PiRow = Row<typeof PI_FIELDS>;

/** What was billed: of a message the row itself, which nearly all are, or {@linkcode billedInEntry}. */
export type Billed = Row<typeof BILLED>;

/** What an entry itself has of what messages have. Valid as long as the row is. */
export function billedInEntry(row: PiRow): Billed {
  return new EntryItself(row) as unknown as Billed;
}

class EntryItself {
  constructor(readonly row: PiRow) {}
}
for (const name of Object.keys(BILLED)) {
  const own = nameInEntry(name) as keyof PiRow;
  Object.defineProperty(EntryItself.prototype, name, {
    get(this: EntryItself) {
      return this.row[own];
    },
  });
}

function changeFields(fields: Fields, change: (name: string, field: RecordField) => [string, RecordField]): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => change(name, field)));
}

function nameInEntry(name: string): string {
  return `entry${name[0]!.toUpperCase()}${name.slice(1)}`;
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
