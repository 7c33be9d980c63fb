/**
 * Opper's usage as a bill: of each launch of a month by model, and of the organization in all. Days of a launch that goes on
 * past the end of the month are the month's in which it began.
 */
import type { BillLine, GoneTurn, LocalFigure } from "../../core/bill/bill.ts";
import { compareLines } from "../../core/bill/compare_bill.ts";
import { tabulateBill } from "../../core/bill/tabulate_bill.ts";
import { addAmounts } from "../../core/cost/add_amounts.ts";
import type { ModelRef, Usd } from "../../core/model.ts";
import { countedSpans } from "../../core/trace_evidence.ts";
import { KEY_VARIABLE } from "../../gateways/opper/api_key.ts";
import type { OpperClient, OrganizationUsage, SessionUsage } from "../../gateways/opper/client.ts";
import { GatewayError } from "../../gateways/request_json.ts";
import { type LaunchLedger, listLaunches, tracesOf } from "../../launch/ledger/ledger.ts";
import { sessionName } from "../../launch/routing.ts";
import { type AccountChoice, openAccount } from "../account/open_account.ts";
import type { OperationContext } from "../contract/context.ts";
import { TraceJoin } from "../launches/session_traces.ts";
import { countOf } from "../report/notes.ts";
import { type BillSources, type ReadBill, rowJson, spanJson } from "./bill_sources.ts";
import { figureOf, readOwnTurns } from "./local_figures.ts";
import type { ReconcileAnswer } from "./reconcile_output.ts";
import type { UtcMonth } from "./utc_spans.ts";

/** Who bills the turns. */
const OPPER = "opper";
/** How many launches are asked for at once. */
const ASKED_AT_ONCE = 4;

/** @throws {AgentError} failed, when there is no key, it is refused, or nobody answers */
export async function readOpperBill(
  choice: AccountChoice,
  month: UtcMonth,
  context: OperationContext,
  notes: string[],
): Promise<ReadBill> {
  const { credentials, host, client } = openAccount(context.account, choice);
  const ofMonth = listLaunches(context.stateDirectory)
    .filter(({ launch }) => launch.at >= month.since && launch.at < month.until);
  const launches = ofMonth.filter(({ launch }) => launch.host === host);
  const elsewhere = ofMonth.length - launches.length;
  if (elsewhere > 0) {
    notes.push(`${countOf(elsewhere, "launch").replace("launchs", "launches")} went to another gateway than ${host}.`);
  }
  // The key is tried before the first launch is asked for: all of them would be refused.
  const organization = await readOrganization(client, month, context, notes);
  const usages = await askForLaunches(client, launches);
  const unpriced = usages.reduce((sum, { rowsWithoutCost }) => sum + rowsWithoutCost, 0);
  if (unpriced > 0) notes.push(`Opper gave no cost for ${countOf(unpriced, "line")} of its usage: it billed more.`);
  const lines = usages.flatMap((usage, index) => linesOf(launches[index]!, usage));
  return {
    head: {
      gateway: "opper",
      level: "opper",
      month: month.key,
      host,
      key: { origin: credentials.slot === undefined ? KEY_VARIABLE : `the stored key "${credentials.slot}"` },
    },
    async compare(sources) {
      const side = await readLaunchSide(launches, sources);
      const requests = lines.length > 0 && lines.every(({ requests }) => requests !== undefined)
        ? lines.reduce((sum, { requests = 0 }) => sum + requests, 0)
        : undefined;
      const compared = compareLines(lines, side);
      return {
        spans: [spanJson("month", month, context.now, compared, { requests })],
        rows: tabulateBill(lines, side.turns).map((row) => rowJson(row, "launchId")),
        launches: launches.length,
        ...(organization === undefined ? {} : { organization: organizationJson(organization, compared.billedUsd) }),
      };
    },
  };
}

/** Undefined for a key that may not ask for it, which is the usual one. */
async function readOrganization(
  client: OpperClient,
  { since, until }: UtcMonth,
  { now }: OperationContext,
  notes: string[],
): Promise<OrganizationUsage | undefined> {
  try {
    const usage = await client.organizationUsage({ since, until: Math.min(until, now) });
    if (usage.currency === undefined || usage.currency === "USD") return usage;
    notes.push(`Opper says what the organization used in ${usage.currency}, which is not compared.`);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const isDenied = error.status === 403 || error.failure === "not_found";
    if (!isDenied) throw error;
    notes.push("What the whole organization used is not known: a key needs the scope usage:read for that.");
  }
  return undefined;
}

function organizationJson(
  { models }: OrganizationUsage,
  launchesUsd: Usd,
): NonNullable<ReconcileAnswer["organization"]> {
  const costs = models.map(({ totalUsd, usd }) => totalUsd ?? usd);
  const counts = models.map(({ requests }) => requests);
  const usd = costs.includes(undefined) ? undefined : costs.reduce<number>((sum, one) => addAmounts(sum, one!), 0);
  return {
    ...(usd === undefined ? {} : { usd, outsideUsd: addAmounts(usd, -launchesUsd) }),
    ...(counts.includes(undefined) ? {} : { requests: counts.reduce<number>((sum, one) => sum + one!, 0) }),
  };
}

async function askForLaunches(
  client: OpperClient,
  launches: readonly LaunchLedger[],
): Promise<readonly SessionUsage[]> {
  const usages: SessionUsage[] = [];
  const queue = launches.entries();
  const askOn = async () => {
    for (const [index, { launch }] of queue) usages[index] = await client.sessionUsage(sessionName(launch.launchId));
  };
  await Promise.all(Array.from({ length: ASKED_AT_ONCE }, askOn));
  return usages;
}

/** Requests without a cost are counted, too: then the count says nothing of what the others cost. */
function linesOf({ launch }: LaunchLedger, { models, rowsWithoutCost }: SessionUsage): readonly BillLine[] {
  return models.filter(({ usd }) => usd !== undefined).map(({ model, usd, requests }) => ({
    at: launch.at,
    group: launch.launchId,
    models: model === undefined ? [] : [model],
    usd: usd!,
    ...(requests === undefined || rowsWithoutCost > 0 ? {} : { requests }),
  }));
}

interface LaunchSide {
  readonly turns: LocalFigure[];
  readonly gone: GoneTurn[];
}

/** What logs have of these launches, and what evidence has of such as are kept in no log any more. */
async function readLaunchSide(
  launches: readonly LaunchLedger[],
  { scan, evidence, context, onUnreadable }: BillSources,
): Promise<LaunchSide> {
  const { now, resolvePath } = context;
  const asOf = { now, isPast: false };
  const all = await scan.sessions(asOf);
  const join = new TraceJoin(all, launches.flatMap((ledger) => tracesOf(ledger)), resolvePath);
  const side: LaunchSide = { turns: [], gone: [] };
  let unreadable = 0;
  for (const { launch: { at, launchId }, exit, ...ledger } of launches) {
    const isWithin = (time: number) => time >= at && time <= (exit?.at ?? now);
    for (const record of tracesOf(ledger)) {
      const traced = join.find(record);
      if (traced === undefined) {
        side.gone.push(
          ...countedSpans(evidence?.traces.find(record.traceId)?.trace.spans ?? [], "usd")
            .filter(({ startedAt }) => startedAt !== undefined && isWithin(startedAt))
            .map(({ id, model, usd, startedAt }) => ({
              id,
              at: startedAt,
              group: launchId,
              models: model === undefined ? [] : [model],
              usd: usd!,
            })),
        );
        continue;
      }
      const turns = await readOwnTurns(scan, traced.session.id);
      // Where the relay saw the session all of its calls came this way, whoever its log says that it asked.
      const isOpper = (turn: { readonly model: ModelRef; readonly chain: string }) =>
        record.source === undefined ? turn.model.provider === OPPER : traced.holds(turn.chain);
      if (turns === "unreadable") unreadable++;
      else {
        side.turns.push(
          ...(turns ?? []).filter((turn) => isOpper(turn) && isWithin(turn.at))
            .map((turn) => ({ ...figureOf(turn), group: launchId })),
        );
      }
    }
  }
  if (unreadable > 0) onUnreadable(unreadable);
  return side;
}
