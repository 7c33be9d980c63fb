/** `enrich`: asks OpenRouter, with leave, what its turns cost and who served them, and keeps the answers for all commands. */
import type { ErrorCode } from "../../core/errors.ts";
import { AgentError } from "../../core/errors.ts";
import { setJsonKey } from "../../core/json/json_edit.ts";
import { isoTime } from "../../core/iso_time.ts";
import type { EpochMs } from "../../core/model.ts";
import { openEvidence } from "../../evidence/open_evidence.ts";
import type { OpenRouterClient } from "../../gateways/openrouter/client.ts";
import { ACCOUNT_ON_COMMAND_LINE, accountInput } from "../account/open_account.ts";
import type { OperationContext } from "../contract/context.ts";
import { defineInput, integer, LIMIT_RANGE, text, toggle } from "../contract/input.ts";
import { defineOperation } from "../contract/operation.ts";
import { shortenPath } from "../report/cells.ts";
import { findSession } from "../report/find_session.ts";
import { formatCount } from "../report/format.ts";
import { countOf } from "../report/notes.ts";
import { parseTime } from "../report/parse_time.ts";
import { readClock } from "../report/clock_input.ts";
import { ANSWER_VERSION } from "../report/report_json.ts";
import type { EnrichAnswer } from "./enrich_output.ts";
import { viewEnrich } from "./enrich_view.ts";
import { forgetEvidence, runEnrich } from "./run_enrich.ts";
import { type AskableTurn, listAskableTurns } from "./list_askable_turns.ts";
import { openOpenRouter, openOpenRouterManagement } from "./open_openrouter.ts";

const DAY_MS = 24 * 3_600_000;
/** Older records are likely gone there. */
const USUAL_DAYS = 30;

const input = defineInput({
  session: text("Only turns of this session: an id, the start of one, a log file, latest, or current"),
  since: text(`Only turns at or after this time; default: the last ${USUAL_DAYS} days`),
  limit: integer("How many to ask about at most, newest first; 0 asks about all", { ...LIMIT_RANGE, default: 0 }),
  dryRun: toggle("Show what would be asked about, and with which key; nothing is sent"),
  yes: toggle("Send without asking you first"),
  retryMissing: toggle("Ask again about what OpenRouter did not know"),
  details: toggle("With a management key: ask about each response alone, for the attempts before it as well"),
  opper: toggle("Ask Opper for the traces that launches opened, instead of OpenRouter for turns"),
  ...accountInput,
  forget: toggle("Delete all that was answered so far"),
}, ({ forget, ...others }) => {
  const given = Object.entries(others).find(([, value]) => value !== undefined && value !== false && value !== 0);
  if (forget && given !== undefined) return "--forget deletes everything, and takes nothing else.";
  const { opper, session, retryMissing, details, keyName, baseUrl } = others;
  if (opper && (session !== undefined || retryMissing || details)) {
    return "--opper asks for traces: of the others it takes --since, --limit, --dry-run, --key and --base-url.";
  }
  return !opper && (keyName !== undefined || baseUrl !== undefined)
    ? "--key and --base-url are Opper's: give --opper as well."
    : undefined;
});

export const enrich = defineOperation({
  name: "enrich",
  summary: "Ask OpenRouter what its turns cost, and who served them",
  description: "Asks OpenRouter about turns of your logs that it served: what each cost, which provider served it, " +
    "and which attempts failed before. It sends your key, and ids that OpenRouter itself gave out: " +
    "no text, no path, no name. You are asked first, unless --yes or config.json (enrich.openrouter) says " +
    "so. The answers are kept in evidence.db and used by all commands from then on, offline. The key is " +
    "that of OPENROUTER_API_KEY, else of an agent that uses OpenRouter; it is not kept. With " +
    "OPENROUTER_MANAGEMENT_KEY one question is asked for 10,000 turns. Ctrl-C keeps all answers, and the " +
    "next run goes on. With --opper, Opper is asked for the traces that launches opened there. " +
    "It gets the key and their ids.",
  needs: ["network", "user_files"],
  input,
  output: async () => (await import("./enrich_output.ts")).enrichOutput,
  commandLine: {
    session: { positional: true },
    since: { placeholder: "TIME" },
    limit: { short: "n", placeholder: "COUNT" },
    ...ACCOUNT_ON_COMMAND_LINE,
  },
  examples: [
    { command: "enrich --dry-run", explains: "how many turns, and which key" },
    { command: "enrich", explains: "turns of the last 30 days that were not asked about yet" },
    { command: "enrich latest --yes", explains: "one session, without a question" },
    { command: "enrich --opper", explains: "what Opper billed for the traces of launches" },
    { command: "enrich --forget", explains: "delete what was answered" },
  ],

  async run(input, context): Promise<EnrichAnswer> {
    const { now } = context;
    const since = input.since === undefined
      ? now - USUAL_DAYS * DAY_MS
      : parseTime(input.since, readClock({}, context));
    const notes: string[] = [];
    const answer: EnrichAnswer = {
      schemaVersion: ANSWER_VERSION,
      asOf: isoTime(now)!,
      gateway: "openrouter",
      dryRun: input.dryRun,
      since: isoTime(since)!,
      turns: 0,
      known: 0,
      toAsk: 0,
      found: 0,
      missing: 0,
      unread: 0,
      left: 0,
      end: "nothing",
      notes,
    };
    if (input.forget) return { ...answer, ...await forgetEvidence(context, notes), end: "forgotten" };

    if (input.opper) return await (await import("./enrich_opper.ts")).enrichOpper(answer, since, input, context, notes);
    const turns = await listTurns(input.session, since, context, notes);
    const found = await chooseKey(context, input.dryRun || turns.length === 0, notes);
    const toAsk = await leaveOutKnown(turns, found, input, context, notes);
    const planned = {
      ...answer,
      host: found?.client.host,
      key: found?.client.origin,
      turns: turns.length,
      known: toAsk.known,
      toAsk: toAsk.turns.length,
      oldest: isoTime(toAsk.turns.at(-1)?.at),
      newest: isoTime(toAsk.turns[0]?.at),
      left: toAsk.turns.length,
    };
    if (toAsk.turns.length === 0) return planned;
    if (input.dryRun || found === undefined) return { ...planned, end: "planned" };
    await askForLeave(toAsk.turns.length, found.client, input.yes, context, notes);
    const run = await runEnrich(
      { ...found, turns: toAsk.turns, skipsMissing: !input.retryMissing },
      input,
      context,
      notes,
    );
    return { ...planned, ...run };
  },

  isFailure({ end, found, missing }): boolean | ErrorCode {
    switch (end) {
      case "interrupted":
        return "interrupted";
      case "limited":
        return found + missing === 0;
      default:
        return end === "refused" || end === "no_credit" || end === "unreachable";
    }
  },

  view: viewEnrich,
});

async function listTurns(
  session: string | undefined,
  since: EpochMs,
  context: OperationContext,
  notes: string[],
): Promise<readonly AskableTurn[]> {
  const scan = await context.openIndex();
  const all = await scan.sessions({ now: context.now, isPast: false });
  const wanted = session === undefined ? all : [findSession(all, session, context)];
  const { turns, unreadable } = await listAskableTurns(scan, wanted, since);
  if (unreadable > 0) notes.push(`The logs of ${countOf(unreadable, "session")} could not be read just now.`);
  return turns;
}

/** Whom single responses are asked of, and whom many are. */
interface FoundKeys {
  readonly client: OpenRouterClient;
  readonly management?: OpenRouterClient;
}

/**
 * @param isOptional Whether it is no error that there is no key
 * @throws {AgentError} failed
 */
async function chooseKey(
  { account }: OperationContext,
  isOptional: boolean,
  notes: string[],
): Promise<FoundKeys | undefined> {
  try {
    const management = openOpenRouterManagement(account);
    const client = await openOpenRouter(account).catch((error) => {
      // A management key may ask all that an ordinary one may.
      if (management !== undefined && error instanceof AgentError) return management;
      throw error;
    });
    return { client, management };
  } catch (error) {
    if (!isOptional || !(error instanceof AgentError)) throw error;
    notes.push(`${error.message} ${error.hint ?? ""}`.trim());
    return undefined;
  }
}

async function leaveOutKnown(
  turns: readonly AskableTurn[],
  found: FoundKeys | undefined,
  { retryMissing, details, limit }: { retryMissing: boolean; details: boolean; limit: number },
  { stateDirectory }: OperationContext,
  notes: string[],
): Promise<{ readonly turns: readonly AskableTurn[]; readonly known: number }> {
  const evidence = await openEvidence({ stateDirectory, onWarning: (text) => notes.push(text) });
  const key = found?.client.keyFingerprint;
  const unknown = evidence === undefined ? turns : turns.filter(({ id }) => {
    const state = evidence.stateOf(id, key);
    if (state === "found") return details && !evidence.hasDetails(id);
    return state === "unasked" || retryMissing;
  });
  evidence?.close();
  const asked = limit === 0 ? unknown : unknown.slice(0, limit);
  const more = unknown.length - asked.length;
  if (more > 0) notes.push(`${formatCount(more)} more are not asked about, because of --limit.`);
  return { turns: asked, known: turns.length - unknown.length };
}

/** @throws {AgentError} failed, without leave: nothing was sent */
async function askForLeave(
  count: number,
  { host, origin }: OpenRouterClient,
  isGiven: boolean,
  context: OperationContext,
  notes: string[],
): Promise<void> {
  const { consents, person, config } = context;
  if (isGiven || consents?.["openrouter"] === true) return;
  const ids = count === 1 ? "1 id of a response" : `${formatCount(count)} ids of responses`;
  const question = `Send ${ids} to ${new URL(host).host}, with the key of ${origin}? Nothing else is sent. [y/N] `;
  const said = consents?.["openrouter"] === false ? undefined : await person?.confirm(question);
  if (said === undefined) {
    throw new AgentError("failed", `Nothing was sent: ${ids} would go to ${new URL(host).host}, with your key.`, {
      hint:
        "Say --yes, or for always `opper-agent config set enrich.openrouter true`. --dry-run shows what would be sent.",
    });
  }
  if (!said) throw new AgentError("failed", "Nothing was sent.");
  if (config === undefined) return;
  await config.file.edit((text) => setJsonKey(text ?? "", ["enrich", "openrouter"], true));
  notes.push(
    `You will not be asked again: ${shortenPath(config.file.path, context.home)} has it now, until ` +
      "`opper-agent config unset enrich.openrouter`.",
  );
}
