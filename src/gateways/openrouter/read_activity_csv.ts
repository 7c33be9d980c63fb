/**
 * Reads a CSV of OpenRouter's Activity page as a bill: one line a response, or one a day and model where the page was asked to
 * add up. Nobody is asked for it, and it needs no key.
 *
 * No document lists the columns. A file of responses has `generation_id`, `created_at` (UTC, without saying so), `cost_total`,
 * `byok_usage_inference`, `model_permaslug`, `provider_name` and others, as seen in public in 2026-06 and 2026-09. Those of
 * sums are named in several ways (`Model,Spend`), and so are the members of `GET /activity`: all of these are understood.
 */
import { type CsvError, parse } from "csv-parse/sync";
import type { BillLine } from "../../core/bill/bill.ts";
import { AgentError } from "../../core/errors.ts";
import { GENERATION_PREFIX, generationTime } from "../../core/evidence.ts";
import type { EpochMs, Usd } from "../../core/model.ts";
import { numberOf, timeField } from "../json_fields.ts";

/** A file as it was understood. */
export interface ActivityFile {
  readonly lines: readonly BillLine[];
  /** Whether its lines are days: such a line is of a whole day. */
  readonly isByDay: boolean;
  /** Responses that stood in it more than once, and count once. */
  readonly repeated: number;
}

/** What a column holds, by the names that it may have: in lower case, everything but letters and digits as `_`. */
const COLUMNS = {
  id: ["generation_id", "generation", "id"],
  at: ["created_at", "created", "timestamp", "time", "date", "day", "time_bucket", "bucket"],
  usd: [
    ...["cost_total", "total_cost", "cost", "cost_usd", "total_cost_usd", "usage", "usage_usd", "total_usage"],
    ...["spend", "spend_usd", "total_spend", "total_spend_usd", "credits_usage", "amount", "amount_usd"],
  ],
  byokUsd: ["byok_usage_inference", "byok_usage", "byok_cost", "upstream_inference_cost"],
  model: ["model_permaslug", "model", "model_slug", "model_name", "model_id"],
  otherModel: ["model", "model_slug", "model_name", "model_id"],
  upstream: ["provider_name", "provider", "upstream"],
  requests: ["requests", "request_count", "total_requests", "count"],
} as const;

type Places = { readonly [column in keyof typeof COLUMNS]: number };

/**
 * @param name Of the file, for errors
 * @throws {AgentError} usage, when it is no such file
 */
export function readActivityCsv(text: string, name: string): ActivityFile {
  const [header, ...records] = readRecords(text, name);
  if (header === undefined) throw new AgentError("usage", `"${name}" is empty.`, { hint: EXPORT_HINT });
  const places = findColumns(header.values, name);
  const lines: BillLine[] = [];
  const seen = new Set<string>();
  let [repeated, isByDay] = [0, false];
  for (const record of records) {
    const line = readLine(record, places, name);
    if (line.id !== undefined && seen.has(line.id)) {
      repeated++;
      continue;
    }
    if (line.id !== undefined) seen.add(line.id);
    isByDay ||= isDay(cell(record, places.at));
    lines.push(line);
  }
  return { lines, isByDay, repeated };
}

const EXPORT_HINT = "Export it on https://openrouter.ai/activity.";

interface CsvRecord {
  readonly values: readonly string[];
  /** One-based, of the line that it ends on. */
  readonly line: number;
}

function readRecords(text: string, name: string): readonly CsvRecord[] {
  const firstLine = /^[^\r\n]*/.exec(text)![0];
  const delimiter = [",", ";", "\t"].find((mark) => firstLine.includes(mark)) ?? ",";
  const options = { bom: true, delimiter, info: true, skip_empty_lines: true, relax_column_count_less: true } as const;
  try {
    const found = parse(text, options) as unknown as readonly {
      readonly record: readonly string[];
      readonly info: { readonly lines: number };
    }[];
    return found.map(({ record, info }) => ({ values: record, line: info.lines }));
  } catch (error) {
    if (!isCsvError(error)) throw error;
    const place = typeof error["lines"] === "number" ? ` in line ${error["lines"]}` : "";
    throw new AgentError("usage", `"${name}" is no CSV: ${reasonOf(error)}${place}.`, { hint: EXPORT_HINT });
  }
}

function isCsvError(error: unknown): error is CsvError {
  return error instanceof Error && "code" in error && String(error.code).startsWith("CSV_");
}

/** The parser's own words quote what it read. */
function reasonOf({ code }: CsvError): string {
  if (code.includes("QUOTE")) return "a quote is not where one may be";
  return code.includes("LENGTH") || code.includes("COLUMN") ? "a line has more fields than the first" : "it ends early";
}

/** @throws {AgentError} usage, when there is no cost, or nothing that tells the time */
function findColumns(header: readonly string[], name: string): Places {
  const names = header.map((title) => title.trim().toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, ""));
  const placeOf = (known: readonly string[]) =>
    known.map((one) => names.indexOf(one)).find((place) => place >= 0) ?? -1;
  const places = Object.fromEntries(
    Object.entries(COLUMNS).map(([column, known]) => [column, placeOf(known)]),
  ) as Places;
  const lacking = places.usd < 0 ? "cost" : places.at < 0 && places.id < 0 ? "day" : undefined;
  if (lacking === undefined) return places;
  const known = COLUMNS[lacking === "cost" ? "usd" : "at"].slice(0, 6).join(", ");
  throw new AgentError(
    "usage",
    `"${name}" has no column of the ${lacking} (${known}, …): its columns are ${
      header.slice(0, 40).map((title) => JSON.stringify(title.trim().slice(0, 40))).join(", ")
    }.`,
    { hint: EXPORT_HINT },
  );
}

function cell({ values }: CsvRecord, place: number): string {
  return place < 0 ? "" : (values[place] ?? "").trim();
}

function readLine(record: CsvRecord, places: Places, name: string): BillLine {
  const refuse = (what: string, text: string) =>
    new AgentError("usage", `Line ${record.line} of "${name}" has ${JSON.stringify(text)} as its ${what}.`, {
      hint: EXPORT_HINT,
    });
  const amount = (place: number): Usd | undefined => {
    const text = cell(record, place);
    if (text === "") return undefined;
    const usd = readAmount(text);
    if (usd === undefined) throw refuse("cost", text);
    return usd;
  };
  const id = cell(record, places.id);
  const isGeneration = id.startsWith(GENERATION_PREFIX);
  const time = cell(record, places.at);
  const at = time === "" ? isGeneration ? generationTime(id) : undefined : readTime(time);
  if (at === undefined) throw refuse("time", time);
  const credits = amount(places.usd);
  if (credits === undefined) throw refuse("cost", "");
  const byokUsd = amount(places.byokUsd) ?? 0;
  const models = [cell(record, places.model), cell(record, places.otherModel)].filter((model) => model !== "");
  const [upstream, requests] = [cell(record, places.upstream), numberOf(cell(record, places.requests))];
  return {
    ...(isGeneration ? { id } : {}),
    at,
    models: [...new Set(models)],
    ...(upstream === "" ? {} : { upstream }),
    usd: credits + byokUsd,
    ...(byokUsd === 0 ? {} : { byokUsd }),
    ...(isGeneration ? { requests: 1 } : requests === undefined ? {} : { requests }),
  };
}

/** `0.25`, `$1,234.50`, `4e-7`. */
function readAmount(text: string): Usd | undefined {
  const plain = text.replace(/^(-?)\s*\$\s*/, "$1");
  return numberOf(/^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(plain) ? plain.replaceAll(",", "") : plain);
}

function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?$/.test(text);
}

/** ISO 8601; without a zone it is UTC, as all of OpenRouter's days are. */
function readTime(text: string): EpochMs | undefined {
  const at = timeField(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text.replace(/ UTC$/, "Z"));
  if (at === undefined) return undefined;
  // A day that no calendar has is taken for one of the next month.
  const isMoved = !/[+-]\d\d:?\d\d$/.test(text.slice(10)) &&
    new Date(at).toISOString().slice(0, 10) !== text.slice(0, 10);
  return isMoved ? undefined : at;
}
