/**
 * Reads the sessions of OpenClaw: Pi's entries, version 4, in an SQLite database since 2026.8, in a file of lines before and
 * in archives. All of them may show the same responses.
 *
 * Databases of OpenClaw 2026.9.6; its program and documents, read 2026-11-26.
 */
import { type DurationMs, type EpochMs, MAIN_CHAIN } from "../../core/model.ts";
import { foldPiEntry, type PiDialect, piEntries } from "../formats/pi_entries/fold.ts";
import { hasTokens } from "../formats/pi_entries/usage.ts";
import { noteTime } from "../formats/pi_entries/state.ts";
import type { RecordResult, Source, TurnDraft } from "../source.ts";
import { OPENCLAW_FIELDS, type OpenClawRow } from "./fields.ts";
import { noteWindow, type OpenClawState, sessionOf, startSession } from "./state.ts";

/** From entries to turns. */
export const openclawSource: Source<OpenClawState, typeof OPENCLAW_FIELDS> = {
  needles: [...piEntries.needles, '"reset"'],
  fields: OPENCLAW_FIELDS,
  start: startSession,
  fold,
  uncounted: (row, isFaulty) => isOfOthers(row) ? undefined : piEntries.uncounted(row, isFaulty),
  text: (record) => piEntries.text(record),
  session: sessionOf,
};

function fold(state: OpenClawState, row: OpenClawRow): RecordResult<OpenClawState> {
  const { pi, part } = state;
  if (part !== undefined) {
    noteWindow(state, row);
    // One that is broken.
    if (row.type === undefined) return { state };
    // The database knows whose entries these are.
    if (pi.header === undefined && row.type !== "session") pi.header = { id: part };
  }
  if (isOfOthers(row)) {
    noteTime(pi, row.at);
    return { state };
  }
  const { turns, problem } = foldPiEntry(pi, row, state.rootId === undefined ? OWN : subagent(part));
  return { state, turns, problem };
}

/** Programs that OpenClaw runs, which keep logs of their own with each of their requests. */
const PROGRAMS: ReadonlySet<string | undefined> = new Set(["claude-cli", "codex-cli", "google-gemini-cli"]);

/**
 * Whether a message is not OpenClaw's own: what it copies from another program that it ran, one message a run, and what it
 * writes down without asking a model.
 */
function isOfOthers(row: OpenClawRow): boolean {
  const { type, role, mirrorOrigin, idempotencyKey, api, provider } = row;
  if (type !== "message" || role !== "assistant") return false;
  return mirrorOrigin === "codex-app-server" || idempotencyKey?.startsWith("codex-app-server:") === true ||
    provider === "openclaw" && !hasTokens(row) || api === "cli" && PROGRAMS.has(provider);
}

const OWN: PiDialect = { complete };

/** A sub-agent's conversation is a chain of its own. */
function subagent(chain = MAIN_CHAIN): PiDialect {
  return {
    complete(turn, row: OpenClawRow) {
      complete(turn, row);
      if (turn.chain === MAIN_CHAIN) turn.chain = chain;
    },
  };
}

/** An entry that was written so long after the request is one that was written again. */
const LONGEST_REQUEST: DurationMs = 3_600_000;

/** What OpenClaw says in its own way. Its sub-agents' work is in no sum. */
function complete(turn: TurnDraft, row: OpenClawRow): void {
  turn.delegation = undefined;
  // Of an entry that is no message nothing else is known than its id and time.
  if (row.role === undefined) return;
  turn.key = keyOf(turn, row.responseId, row.askedAt);
  if (turn.endedAt !== undefined && turn.endedAt > turn.at + LONGEST_REQUEST) turn.endedAt = undefined;
  if (row.costOrigin === "provider-billed" && turn.reported !== undefined) {
    turn.reported = { usd: turn.reported.usd, isBill: true };
  }
}

/**
 * A fork has its parent's messages as they were. A transcript that is written anew has its own once more, as entries with
 * other ids and times. The provider's id alone does not do: some gateways give one to all of their
 * responses. When the request was sent does not change in a copy either.
 */
function keyOf({ key, model, usage }: TurnDraft, responseId: string | undefined, askedAt: EpochMs | undefined): string {
  if (askedAt === undefined) return responseId === undefined ? key : `${responseId}@${key}`;
  if (responseId !== undefined) return `${responseId}@${askedAt}`;
  return `@${askedAt}/${model.provider}/${model.model}/${Object.values(usage).join(",")}`;
}
