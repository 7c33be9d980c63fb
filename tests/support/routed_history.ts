/**
 * Made-up sessions of Pi at OpenRouter: a log, what OpenRouter would say of each response, and what is true of each turn.
 * Hosts have caches of their own, which live for a time that is known; a request goes where the last one went, until its
 * host fails, ten minutes pass, or for no reason at all.
 */
import type { GenerationEvidence, UpstreamAttempt } from "../../src/core/evidence.ts";
import { EvidenceStore } from "../../src/evidence/evidence_store.ts";
import { piHeader, piLogPath, writeLog } from "./logs.ts";
import { seededRandom } from "./random.ts";

export interface HistoryOptions {
  readonly seed: number;
  readonly id: string;
  readonly turns: number;
  /** How long a host's cache lives, from each use. */
  readonly lifetimeMs: number;
  /** Share of requests that go elsewhere although nothing says why, and of those whose host fails. */
  readonly unknownShare: number;
  readonly failureShare: number;
  /** Share of requests after ten minutes or more that go elsewhere. */
  readonly stickyShare: number;
  readonly model?: string;
  readonly hosts?: readonly string[];
  /** Share of responses that repeat an earlier one. @default none */
  readonly replayShare?: number;
  /** Pauses before requests. @default of half a minute to forty minutes */
  readonly pausesMs?: readonly number[];
  readonly startsAt?: number;
}

/** What is true of a turn, whatever anybody finds out. */
export interface TrueTurn {
  readonly at: number;
  readonly responseId: string;
  readonly host: string;
  readonly usd: number;
  readonly recordedUsd: number;
  readonly isReplay: boolean;
  /** Where another host had the request before. */
  readonly rerouted?: { readonly from: string; readonly to: string; readonly cause: string; readonly status?: number };
  readonly cacheRead: number;
  readonly promptTokens: number;
}

export interface History {
  readonly id: string;
  readonly lines: readonly object[];
  readonly evidence: readonly GenerationEvidence[];
  readonly turns: readonly TrueTurn[];
}

const STICKY_MS = 600_000;
const HOSTS = ["Anthropic", "Google", "Amazon Bedrock"];
const PAUSES_MS = [20, 45, 75, 100, 130, 170, 200, 230, 260, 280, 320, 345, 380, 450, 540, 660, 900, 1500, 2400]
  .map((seconds) => seconds * 1000);

export function makeHistory(options: HistoryOptions): History {
  const { seed, id, turns, lifetimeMs, unknownShare, failureShare, stickyShare, replayShare = 0 } = options;
  const { model = "anthropic/claude-sonnet-4.6", hosts = HOSTS, pausesMs = PAUSES_MS } = options;
  const random = seededRandom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const caches = new Map<string, { at: number; tokens: number }>();
  const isClaude = model.includes("claude");
  const lines: object[] = [piHeader(id)];
  const evidence: GenerationEvidence[] = [];
  const truth: TrueTurn[] = [];
  let at = options.startsAt ?? Date.parse("2026-11-20T10:00:00Z");
  let before: { at: number; host: string } | undefined;
  let prompt = 20_000;
  for (let number = 0; number < turns; number++) {
    const pauseMs = before === undefined ? 0 : pick(pausesMs) + Math.floor(random() * 3000);
    at += pauseMs;
    const responseId = `gen-${Math.floor(at / 1000)}-${String(seed).padStart(4, "0")}${
      String(number).padStart(16, "x")
    }`;
    const isReplay = before !== undefined && random() < replayShare;
    const others = hosts.filter((host) => host !== before?.host);
    let host = before?.host ?? pick(hosts);
    let attempts: UpstreamAttempt[] = [];
    let rerouted: TrueTurn["rerouted"];
    if (!isReplay && before !== undefined && others.length > 0) {
      const from = before.host;
      const isOver = at - before.at >= STICKY_MS;
      if (random() < failureShare) {
        host = pick(others);
        const status = pick([429, 503, 529]);
        attempts = [{ provider: from, status, latencyMs: 210 }];
        rerouted = { from, to: host, cause: "failover", status };
      } else if (isOver && random() < stickyShare) {
        host = pick(others);
        rerouted = { from, to: host, cause: "sticky_expired" };
      } else if (!isOver && random() < unknownShare) {
        host = pick(others);
        rerouted = { from, to: host, cause: "unknown" };
      }
    }
    prompt += 500 + Math.floor(random() * 3000);
    const held = caches.get(host);
    const isHeld = held !== undefined && at - held.at < lifetimeMs;
    // Automatic caches hold whole steps of 128 tokens.
    const cacheRead = isReplay ? 0 : isHeld ? held.tokens : 0;
    const input = isClaude ? 100 : prompt - cacheRead;
    const cacheWrite = isClaude ? prompt - cacheRead - input : 0;
    const output = 100 + Math.floor(random() * 900);
    if (!isReplay) caches.set(host, { at, tokens: isClaude ? prompt - input : prompt - prompt % 128 });
    const usd = isReplay
      ? 0
      : Math.round((input * 3 + cacheRead * 0.3 + cacheWrite * 3.75 + output * 15) * random() * 1000) / 1e9;
    const recordedUsd = Math.round(input * 3 + cacheRead * 0.3 + cacheWrite * 3.75 + output * 15) / 1e6;
    lines.push({
      type: "message",
      id: `m${number}`,
      parentId: null,
      timestamp: new Date(at + 4000).toISOString(),
      message: {
        role: "assistant",
        content: [{ type: "text", text: "done" }],
        provider: "openrouter",
        model,
        responseId,
        timestamp: at,
        usage: {
          ...{ input, output, cacheRead, cacheWrite, cacheWrite1h: 0 },
          totalTokens: input + output + cacheRead + cacheWrite,
          cost: {
            input: input * 3 / 1e6,
            output: output * 15 / 1e6,
            cacheRead: cacheRead * 0.3 / 1e6,
            cacheWrite: cacheWrite * 3.75 / 1e6,
            total: recordedUsd,
          },
        },
        stopReason: "stop",
      },
    });
    evidence.push({
      id: responseId,
      usd,
      model,
      sessionId: id,
      ...(isReplay
        ? { replayOf: truth.at(-1)!.responseId }
        : { upstream: host, attempts: [...attempts, { provider: host, status: 200, latencyMs: 900 }] }),
    });
    const known = rerouted === undefined ? {} : { rerouted };
    truth.push({ at, responseId, host, usd, recordedUsd, isReplay, cacheRead, promptTokens: prompt, ...known });
    if (!isReplay) before = { at, host };
  }
  return { id, lines, evidence, turns: truth };
}

/** Writes its log. */
export async function writeHistory(home: string, { id, lines }: History, count = Infinity): Promise<void> {
  await writeLog(piLogPath(home, id), lines.slice(0, count));
}

/** Keeps what OpenRouter said of some responses, beside what is kept already. */
export function saveEvidence(stateDirectory: string, evidence: readonly GenerationEvidence[]): void {
  const store = EvidenceStore.openToWrite(stateDirectory, () => {});
  try {
    store.saveFound(evidence.map((evidence) => ({ evidence })), {
      askedAt: Date.parse("2026-11-26T10:00:00Z"),
      key: "0a1b2c3d",
    });
  } finally {
    store.close();
  }
}
