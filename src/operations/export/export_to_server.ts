/** Rows to a server: into files of our own first, and from there to whoever is named. */
import { isoTime } from "../../core/iso_time.ts";
import { nameSink } from "../../export/export_cursor.ts";
import type { OperationContext } from "../contract/context.ts";
import { ANSWER_VERSION } from "../report/report_json.ts";
import { type ExportResult, exportRows, type RowRequest } from "./export_rows.ts";
import { readReceiver, type SendingWay } from "./read_receiver.ts";
import { sendLedger } from "./send_rows.ts";

/** What `--json` prints. */
export interface SentAnswer extends ExportResult {
  readonly schemaVersion: typeof ANSWER_VERSION;
  readonly asOf: string;
  readonly way: SendingWay;
  readonly host: string;
}

/** @throws {AgentError} failed, when something cannot be written or sent; interrupted */
export async function exportToServer(
  request: RowRequest,
  { way, url, headersFile }: { readonly way: SendingWay; readonly url: string; readonly headersFile?: string },
  context: OperationContext,
): Promise<SentAnswer> {
  const receiver = readReceiver(way, url, headersFile, context);
  const { origin, pathname, href, host } = receiver.url;
  // The signature of an address is another one each time.
  const name = nameSink(way, way === "put" ? origin + pathname : href);
  const directory = context.account.machine.join(context.stateDirectory, `export-${name}`);
  const result = await exportRows({
    ...request,
    name,
    directory,
    isOwn: true,
    send: (ledger, cursor, signal) =>
      sendLedger(ledger, cursor, {
        way,
        receiver,
        since: request.since,
        signal,
        onProgress: (sent) => context.person?.showProgress(`Sending to ${host}: ${sent}`),
      }),
  }, context);
  return { schemaVersion: ANSWER_VERSION, asOf: isoTime(context.now)!, way, host, ...result };
}
