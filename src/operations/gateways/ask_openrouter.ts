/**
 * One run of questions to OpenRouter, each answer kept before the next is asked: many at once with a management key, else
 * one by one.
 */
import { billedUsd, type GenerationEvidence } from "../../core/evidence.ts";
import type { DurationMs, EpochMs } from "../../core/model.ts";
import type { EvidenceStore } from "../../evidence/evidence_store.ts";
import { MOST_QUERIED, type OpenRouterClient } from "../../gateways/openrouter/client.ts";
import { lookUpResponses, type LookUpResult } from "../../gateways/openrouter/look_up.ts";
import type { AskableTurn } from "./list_askable_turns.ts";

/** What a run has come to so far. */
export interface AskedSoFar {
  found: number;
  missing: number;
  unread: number;
  /** Of those found. */
  usd: number;
}

/** Where answers are kept, and who hears of it. */
export interface AskOptions {
  readonly store: Pick<EvidenceStore, "saveFound" | "saveMissing" | "saveUnread">;
  readonly now: () => EpochMs;
  readonly signal?: AbortSignal;
  readonly onProgress: (soFar: AskedSoFar) => void;
}

/** What it came to, and why it ended. */
export interface AskResult extends AskedSoFar, LookUpResult {}

/** Asks for each by itself. */
export async function askOneByOne(
  client: OpenRouterClient,
  turns: readonly AskableTurn[],
  { store, now, signal, onProgress }: AskOptions,
): Promise<AskResult> {
  const soFar: AskedSoFar = { found: 0, missing: 0, unread: 0, usd: 0 };
  const unread = new Set<string>();
  const result = await lookUpResponses(turns, {
    client,
    signal,
    now,
    onOutcome({ id, at }, outcome) {
      const by = { askedAt: now(), key: client.keyFingerprint };
      switch (outcome.kind) {
        case "found":
          store.saveFound([{ evidence: outcome.evidence, at }], by);
          count(soFar, outcome.evidence);
          break;
        case "missing":
          store.saveMissing(id, outcome.status, by);
          soFar.missing++;
          break;
        case "unread":
          store.saveUnread(id, outcome.problem, by.askedAt);
          unread.add(id);
          soFar.unread = unread.size;
      }
      onProgress(soFar);
    },
  });
  return { ...soFar, ...result };
}

const DAY_MS: DurationMs = 24 * 3_600_000;
/** OpenRouter's clock, and the log's, may differ. */
const MARGIN_MS: DurationMs = 3_600_000;
/** A question about single generations reaches back no further, and spans no more. */
const LONGEST_QUERY_MS: DurationMs = 31 * DAY_MS;

/**
 * Asks for ten thousand at a time. What an answer lacks is left: it may be there later, and is no sign that there is none.
 *
 * @param client With a management key
 * @throws {GatewayError} when a question has no answer; what was found before is kept
 */
export async function askAtOnce(
  client: OpenRouterClient,
  turns: readonly AskableTurn[],
  { store, now, signal, onProgress }: AskOptions,
): Promise<AskResult> {
  const soFar: AskedSoFar = { found: 0, missing: 0, unread: 0, usd: 0 };
  for (const part of splitForQueries(turns, now())) {
    if (signal?.aborted) break;
    const at = new Map(part.turns.map(({ id, at }) => [id, at]));
    const found = await client.queryGenerations({ ids: [...at.keys()], since: part.since, until: part.until });
    store.saveFound(found.map((evidence) => ({ evidence, at: at.get(evidence.id) })), {
      askedAt: now(),
      key: client.keyFingerprint,
    });
    for (const evidence of found) count(soFar, evidence);
    onProgress(soFar);
  }
  return { ...soFar, end: signal?.aborted ? "interrupted" : "done", left: turns.length - soFar.found };
}

interface QueryPart {
  readonly turns: readonly AskableTurn[];
  readonly since: EpochMs;
  readonly until: EpochMs;
}

/** @param turns newest first; those that no question reaches are in no part */
function splitForQueries(turns: readonly AskableTurn[], now: EpochMs): readonly QueryPart[] {
  const earliest = now - LONGEST_QUERY_MS + MARGIN_MS;
  const parts: AskableTurn[][] = [];
  for (const turn of turns) {
    if (turn.at < earliest) continue;
    const part = parts.at(-1);
    const fits = part !== undefined && part.length < MOST_QUERIED &&
      part[0]!.at - turn.at <= LONGEST_QUERY_MS - 4 * MARGIN_MS;
    if (fits) part.push(turn);
    else parts.push([turn]);
  }
  return parts.map((part) => ({
    turns: part,
    since: part.at(-1)!.at - MARGIN_MS,
    until: part[0]!.at + MARGIN_MS,
  }));
}

function count(soFar: AskedSoFar, evidence: GenerationEvidence): void {
  soFar.found++;
  soFar.usd += billedUsd(evidence);
}
