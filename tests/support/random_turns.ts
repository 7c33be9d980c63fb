/** Turns as records of a log may show them, in all their oddities: what adds them up without objects is compared over them. */
import { MAIN_CHAIN, type ModelRef, type ReportedCost } from "../../src/core/model.ts";
import type { RecordedTurn, TurnDraft } from "../../src/agents/source.ts";

interface RandomRecords {
  /** Turns at most. */
  readonly keys: number;
  /** With what few turns have, and numbers that no tool writes. */
  readonly odd: boolean;
  /** Whether one is shown several times. @default true */
  readonly repeats?: boolean;
}

const MODELS: readonly ModelRef[] = [
  { provider: "anthropic", model: "claude-sonnet-4-5" },
  { provider: "openai", model: "gpt-5" },
  { provider: "openrouter", model: "anthropic/claude-sonnet-4.5" },
  { provider: "openrouter", model: "deepseek/deepseek-chat" },
  { provider: "opper", model: "gpt-5" },
  { provider: "unknown", model: "free" },
];
const CHAINS = [MAIN_CHAIN, "agent-a", "agent-b", "compaction", "tool"];
const START = Date.UTC(2026, 10, 20);
const ODD_COUNTS = [-0, 0.5, 2 ** 51, 1e300, -3, 1e-7];

/** @param random In [0, 1) */
export function randomRecords(random: () => number, { keys, odd, repeats = true }: RandomRecords): RecordedTurn[] {
  const below = (count: number) => Math.floor(random() * count);
  const oneOf = <T>(list: readonly T[]): T => list[below(list.length)]!;
  const isRare = () => odd && random() < 0.04;
  const count = (most: number) => isRare() ? oneOf(ODD_COUNTS) : random() < 0.4 ? 0 : below(most);
  const models = MODELS.slice(below(3), 3 + below(4));
  const chains = CHAINS.slice(0, 1 + below(5));
  const isHiding = random() < 0.3;
  const isPaid = random() < 0.6;
  const usd = () => isRare() ? oneOf([NaN, Infinity, -1, 0, 1e9, 0.1 + 0.2]) : Math.round(random() * 1e9) / 1e10;
  const maybe = <T>(value: T): T | undefined => random() < 0.5 ? value : undefined;
  const reported = (): ReportedCost => {
    const cost: { -readonly [Part in keyof ReportedCost]: ReportedCost[Part] } = { usd: random() < 0.1 ? 0 : usd() };
    for (const part of ["input", "cacheRead", "cacheWrite", "output"] as const) {
      if (random() < 0.7) cost[part] = random() < 0.1 ? 0 : usd();
    }
    if (random() < 0.2) cost.isBill = true;
    if (isRare()) cost.credits = below(9);
    return cost;
  };
  const records: TurnDraft[] = [];
  let at = START + below(86_400_000);
  for (let key = 0; key < keys; key++) {
    at += random() < 0.2 ? 0 : below(random() < 0.3 ? 4_000_000 : 90_000);
    if (isRare()) at -= 600_000;
    for (let times = repeats && random() < 0.4 ? 1 + below(4) : 1; times > 0; times--) {
      const turn: TurnDraft = {
        key: isRare() ? `kéy ${key}` : `key-${key}`,
        at: isRare() ? oneOf([0, -1, at + 0.5, 2 ** 52]) : at + (random() < 0.1 ? below(1000) : 0),
        endedAt: maybe(at + below(60_000)),
        model: { ...oneOf(models) },
        usage: {
          input: count(3000),
          cacheRead: random() < 0.2 ? 0 : count(90_000),
          cacheWrite: isHiding ? 0 : count(5000),
          cacheWrite1h: isHiding || random() < 0.7 ? 0 : count(9000),
          output: count(900),
        },
        chain: random() < 0.7 ? chains[0]! : oneOf(chains),
        reported: isPaid && random() < 0.8 ? reported() : undefined,
        requestedTtlMs: random() < 0.3 ? oneOf([300_000, 3_600_000]) : undefined,
        afterCompaction: random() < 0.05 ? true : undefined,
        copied: random() < 0.2 ? true : undefined,
        replayKey: random() < 0.3 ? `message-${key}` : undefined,
        replay: random() < 0.1 ? true : undefined,
      };
      if (random() < 0.05) turn.background = true;
      if (random() < 0.05) turn.unrequested = true;
      if (random() < 0.05) turn.originalKey = `original-${key}`;
      if (isRare()) {
        turn.terms = oneOf([{ tier: "priority" }, { region: "us" }, { webSearches: 2 }, { hidesWrites: true }]);
      }
      if (isRare()) turn.missReason = "tools_changed";
      if (isRare()) turn.delegation = { key: `work-${below(3)}`, isSum: false, within: maybe("outer") };
      if (isRare()) turn.requests = [turn.usage, turn.usage];
      if (isRare()) turn.cacheExpiresAt = at + 300_000;
      if (isRare()) turn.sessionId = "guest";
      records.push(turn);
    }
  }
  return records;
}
