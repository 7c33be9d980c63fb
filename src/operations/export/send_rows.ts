/**
 * Sends what the files of a ledger have to a server, from the last row that it confirmed on. The same rows go in the same
 * order whenever they are sent, and a confirmation is noted down before the next ones go.
 */
import { AgentError } from "../../core/errors.ts";
import type { EpochMs } from "../../core/model.ts";
import type { SentMark } from "../../export/export_cursor.ts";
import { otlpRequest } from "../../export/otlp_records.ts";
import type { RowLedger } from "../../export/row_ledger.ts";
import type { TurnRow } from "../../export/turn_row.ts";
import { ROW_GROUP_ROWS, writeTurnFile } from "../../export/write_turn_file.ts";
import { gzip, type Receiver, sendBody, type SentBody } from "../../gateways/receivers/send_body.ts";
import { isRecord } from "../../core/json/is_record.ts";
import { hashShort } from "../../export/export_cursor.ts";
import type { SentCursor } from "./export_rows.ts";
import type { SendingWay } from "./read_receiver.ts";

/** What is sent, where to, and who hears how it goes. */
export interface SendOptions {
  readonly way: SendingWay;
  readonly receiver: Receiver;
  /** Earlier turns are left out. @default none is */
  readonly since?: EpochMs;
  readonly signal?: AbortSignal;
  onProgress?(sent: number): void;
}

/** Records in one request: some 800 KB, and a thirtieth of that compressed. */
const OTLP_ROWS = 500;

/** @returns rows, or files, that were confirmed. @throws {AgentError} failed, when some were not; interrupted */
export async function sendLedger(ledger: RowLedger, cursor: SentCursor, options: SendOptions): Promise<number> {
  return options.way === "put" ? await putFiles(ledger, cursor, options) : await sendRows(ledger, cursor, options);
}

async function sendRows(ledger: RowLedger, cursor: SentCursor, options: SendOptions): Promise<number> {
  const { way, receiver, since = 0, signal, onProgress } = options;
  let sent = 0;
  for (const month of ledger.months()) {
    const { place, rows } = pendingRows(ledger.fileName(month), await allRows(ledger.readMonth(month)), cursor, since);
    const size = way === "otlp" ? OTLP_ROWS : ROW_GROUP_ROWS;
    for (let start = 0; start < rows.length; start += size) {
      stopWhere(signal);
      const some = rows.slice(start, start + size);
      const answer = await sendBody(receiver, await bodyOf(some, way), signal);
      if (way === "otlp") checkAccepted(answer, some.length);
      cursor.note(place, markOf(some.at(-1)!));
      sent += some.length;
      onProgress?.(sent);
    }
  }
  return sent;
}

/**
 * What a server has not confirmed, and where the last that it does is noted down. What `--since` leaves out must not be passed
 * over for good: then it is noted apart, and an export without it sends what was left out.
 */
function pendingRows(
  name: string,
  rows: readonly TurnRow[],
  { sent }: SentCursor,
  since: EpochMs,
): { readonly place: string; readonly rows: readonly TurnRow[] } {
  const after = (place: string) => {
    const mark = sent[place];
    return (row: TurnRow) => typeof mark !== "object" || compareToMark(row, mark) > 0;
  };
  const pending = rows.filter(after(name)).sort((a, b) => compareToMark(a, markOf(b)));
  if (pending.every(({ started_at }) => started_at >= since)) return { place: name, rows: pending };
  const place = `${name} since`;
  return { place, rows: pending.filter(({ started_at }) => started_at >= since).filter(after(place)) };
}

async function bodyOf(rows: readonly TurnRow[], way: SendingWay): Promise<SentBody> {
  if (way === "post") return { method: "POST", bytes: await writeTurnFile(rows), contentType: PARQUET_TYPE };
  const bytes = await gzip(new TextEncoder().encode(JSON.stringify(otlpRequest(rows))));
  return { method: "POST", bytes, contentType: "application/json", encoding: "gzip" };
}

const PARQUET_TYPE = "application/vnd.apache.parquet";

function markOf({ revision, started_at, turn_id }: TurnRow): SentMark {
  return [revision, started_at, String(turn_id)];
}

function compareToMark(row: TurnRow, [revision, startedAt, turnId]: SentMark): number {
  const id = BigInt(turnId);
  return row.revision - revision || row.started_at - startedAt || (row.turn_id < id ? -1 : Number(row.turn_id > id));
}

/** A collector may take a request and refuse records of it. @throws {AgentError} failed */
function checkAccepted(answer: string, count: number): void {
  let value: unknown;
  try {
    value = JSON.parse(answer === "" ? "{}" : answer);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // Half an answer, or that of something else that listens there.
    throw new AgentError("failed", "The collector did not answer in JSON, as OTLP asks for.", {
      hint: "Check the address. What it has not confirmed is sent again by the next export.",
    });
  }
  const partial = isRecord(value) && isRecord(value.partialSuccess) ? value.partialSuccess : {};
  const rejected = Number(partial.rejectedLogRecords ?? 0);
  if (!(rejected > 0)) return;
  const said = typeof partial.errorMessage === "string" ? `: ${partial.errorMessage.slice(0, 200)}` : "";
  throw new AgentError("failed", `The collector refused ${rejected} of ${count} records${said}.`, {
    hint: "If it takes none that are so old, leave them out with --since.",
  });
}

/** Each file whose bytes are others than when it was put. */
async function putFiles(ledger: RowLedger, cursor: SentCursor, options: SendOptions): Promise<number> {
  const { receiver, signal, onProgress } = options;
  const isOne = !/\{file\}|%7Bfile%7D/i.test(receiver.url.href);
  const files = isOne
    ? [{ name: "all", read: () => writeTurnFile(rowsOf(ledger)) }]
    : ledger.months().map((month) => ({ name: ledger.fileName(month), read: () => ledger.readBytes(month) }));
  let sent = 0;
  for (const { name, read } of files) {
    stopWhere(signal);
    const bytes = await read();
    if (bytes === undefined) continue;
    const hash = hashShort(bytes);
    if (cursor.sent[name] === hash) continue;
    const url = new URL(receiver.url.href.replace(/\{file\}|%7Bfile%7D/gi, () => encodeURI(name)));
    await sendBody({ ...receiver, url }, { method: "PUT", bytes, contentType: PARQUET_TYPE }, signal);
    cursor.note(name, hash);
    onProgress?.(++sent);
  }
  return sent;
}

async function* rowsOf(ledger: RowLedger): AsyncGenerator<TurnRow> {
  for (const month of ledger.months()) {
    for await (const rows of ledger.readMonth(month)) yield* rows;
  }
}

/** They are sent in another order than they stand in. */
async function allRows(groups: AsyncIterable<readonly TurnRow[]>): Promise<TurnRow[]> {
  const all: TurnRow[] = [];
  for await (const rows of groups) for (const row of rows) all.push(row);
  return all;
}

function stopWhere(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  throw new AgentError("interrupted", "The export was stopped. What was confirmed is noted down.", {
    hint: "Run it again: it goes on where it was.",
  });
}
