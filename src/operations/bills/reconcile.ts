/** `reconcile`: what a gateway billed beside what logs have of the same span, and as much of the difference as turns show. */
import { openEvidence } from "../../evidence/open_evidence.ts";
import { isoTime } from "../../core/iso_time.ts";
import { ACCOUNT_ON_COMMAND_LINE, accountInput } from "../account/open_account.ts";
import type { OperationContext } from "../contract/context.ts";
import { defineInput, text, toggle } from "../contract/input.ts";
import { defineOperation } from "../contract/operation.ts";
import { countOf } from "../report/notes.ts";
import { ANSWER_VERSION } from "../report/report_json.ts";
import type { BillSources, ComparedBill } from "./bill_sources.ts";
import type { ReconcileAnswer } from "./reconcile_output.ts";
import { viewReconcile } from "./reconcile_view.ts";
import { readBillMonth } from "./utc_spans.ts";

const input = defineInput({
  month: text("Only this month of UTC, such as 2026-11; default: the month that runs, or all of a file"),
  csvFile: text("A CSV of OpenRouter's Activity page: nobody is asked, and no key is needed"),
  opper: toggle("Hold launches against Opper's usage, instead of OpenRouter's bill"),
  ...accountInput,
}, ({ csvFile, opper, keyName, baseUrl }) => {
  if (csvFile !== undefined && opper) return "--csv and --opper are two bills: give one of them.";
  return !opper && (keyName !== undefined || baseUrl !== undefined)
    ? "--key and --base-url are Opper's: give --opper as well."
    : undefined;
});

export const reconcile = defineOperation({
  name: "reconcile",
  summary: "Hold what your logs add up to against a gateway's bill",
  description:
    "Shows what OpenRouter billed beside what your logs have of the same time. It says what the difference is " +
    "made of, as far as turns show it; the rest is unexplained. An ordinary key gives the sums of the day, week and " +
    "month that run. OPENROUTER_MANAGEMENT_KEY gives each of the last 30 days, by model and provider. A CSV of the " +
    "Activity page needs no key. With --opper, launches are held against Opper's usage. The key is sent, to the gateway " +
    "that it is for, and with --opper ids of launches; nothing else is. All days, weeks and months are those of UTC.",
  needs: ["network"],
  isTypedOnly: true,
  input,
  output: async () => (await import("./reconcile_output.ts")).reconcileOutput,
  commandLine: {
    month: { placeholder: "YYYY-MM" },
    csvFile: { name: "csv", placeholder: "FILE", replacesGlobal: true },
    ...ACCOUNT_ON_COMMAND_LINE,
  },
  examples: [
    { command: "reconcile", explains: "this day, week and month beside your logs" },
    { command: "reconcile --csv activity.csv", explains: "a file of the Activity page, without a key" },
    { command: "reconcile --opper --month 2026-11", explains: "the launches of November beside their usage" },
  ],

  async run({ month: typed, csvFile, opper, ...choice }, context): Promise<ReconcileAnswer> {
    const month = readBillMonth(typed, context.now);
    const notes: string[] = [];
    // The bill before the scan, which may take a while: what is wrong with a key or a file is said at once.
    const bill = opper
      ? await (await import("./opper_bill.ts")).readOpperBill(choice, month, context, notes)
      : csvFile !== undefined
      ? (await import("./csv_bill.ts")).readCsvBill(csvFile, typed === undefined ? undefined : month, context, notes)
      : await (await import("./openrouter_bill.ts")).readOpenRouterBill(month, context, notes);
    const compared = await withSources(context, notes, (sources) => bill.compare(sources));
    return {
      schemaVersion: ANSWER_VERSION,
      asOf: isoTime(context.now)!,
      ...bill.head,
      ...compared,
      notes,
    };
  },

  view: viewReconcile,
});

/** Opens what bills are compared with. */
async function withSources(
  context: OperationContext,
  notes: string[],
  body: (sources: BillSources) => Promise<ComparedBill>,
): Promise<ComparedBill> {
  const scan = await context.openIndex();
  const { stateDirectory } = context;
  const evidence = await openEvidence({ stateDirectory, onWarning: (text) => void notes.push(text) });
  try {
    const onUnreadable = (sessions: number) =>
      void notes.push(`Of ${countOf(sessions, "session")} only sums are known: the logs could not be read just now.`);
    const onFault = () => {
      const text = "What is kept of OpenRouter's answers could not be read: turns whose logs are gone are not known.";
      if (!notes.includes(text)) notes.push(text);
    };
    return await body({ scan, evidence, context, onUnreadable, onFault });
  } finally {
    evidence?.close();
  }
}
