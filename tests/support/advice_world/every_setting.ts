/** What a project would have cost under every setting, found by trying each: whoever tries all knows the best. */
import { sendConversations, type Sent, type Setting } from "./send_conversations.ts";
import { type Chain, type Kept, KEPT_MS, type Project } from "./world.ts";

/** More pings than this after a request are not tried. */
export const MOST_PINGS = 40;

/** What one setting costs a row. */
export interface Tried {
  readonly usd: number;
  readonly pings: number;
}

export interface EverySetting {
  readonly project: Project;
  readonly role: Chain["role"];
  readonly turns: number;
  readonly recordedUsd: number;
  readonly lifetimes: Readonly<Record<Kept, Tried>>;
  /** By how often, none to {@linkcode MOST_PINGS} times. Of main conversations alone. */
  readonly keepAlive: Readonly<Record<Kept, readonly Tried[]>>;
  /** What a thousand tokens more at the front of every prompt would have cost, as it was. */
  readonly per1000Usd: number;
  /** Whether a prompt may be billed otherwise that is a thousand tokens longer. */
  readonly hasTiers: boolean;
}

/** The count that costs least, the smallest of those that cost the same. */
export function leastOf(counts: readonly Tried[]): number {
  return counts.reduce((best, { usd }, count) => usd < counts[best]!.usd - 1e-9 ? count : best, 0);
}

/** @param until As of when */
export function tryEverySetting(project: Project, role: Chain["role"], until: number): EverySetting {
  const tryOut = (setting: Setting) => addUp(sendConversations(project, { role, ...setting }, until), role);
  const warmed = { pings: project.warmed };
  const recorded = tryOut(warmed);
  const keepAlive = (kept: Kept) =>
    role === "sub" ? [] : Array.from(
      { length: MOST_PINGS + 1 },
      (_, count) => tryOut({ kept, pings: { everyMs: KEPT_MS[kept] * 9 / 10, count } }),
    );
  const asks = project.conversations.flatMap(({ chains }) => chains).filter((chain) => chain.role === role);
  return {
    project,
    role,
    turns: asks.reduce((sum, chain) => sum + chain.asks.length, 0) + recorded.pings,
    recordedUsd: recorded.usd,
    // Pings that were sent stay where a lifetime alone is another one.
    lifetimes: { "5m": tryOut({ ...warmed, kept: "5m" }), "1h": tryOut({ ...warmed, kept: "1h" }) },
    keepAlive: { "5m": keepAlive("5m"), "1h": keepAlive("1h") },
    per1000Usd: tryOut({ ...warmed, longerFront: 1000 }).usd - recorded.usd,
    hasTiers: asks.some((chain) => chain.asks.some(({ model }) => model.long !== undefined)),
  };
}

function addUp(sent: readonly Sent[], role: Chain["role"]): Tried {
  const own = sent.filter(({ chain }) => chain.role === role);
  return {
    usd: own.reduce((sum, { usd }) => sum + usd, 0),
    pings: own.filter(({ isPing }) => isPing).length,
  };
}
