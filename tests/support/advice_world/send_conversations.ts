/** Sends the conversations of a project to a provider that begins empty, one request after the other, under a setting. */
import { billOf, type Counted, SimulatedProvider } from "./simulated_provider.ts";
import type { Ask, Boundary, Chain, Kept, Pings, Project } from "./world.ts";

export interface Setting {
  /** For how long everything is kept. @default what the marks really asked for */
  readonly kept?: Kept;
  /** Whose marks that is about; those of the others are as they were. @default all */
  readonly role?: Chain["role"];
  /** Of main conversations. @default none */
  readonly pings?: Pings;
  /** More tokens at the front of every prompt. @default 0 */
  readonly longerFront?: number;
}

/** What came of one request. */
export interface Sent {
  readonly chain: Chain;
  readonly ask: Ask;
  /** The time of a ping is its own. */
  readonly at: number;
  readonly isPing: boolean;
  readonly counted: Counted;
  readonly usd: number;
}

interface Event {
  readonly at: number;
  readonly chain: Chain;
  readonly ask: Ask;
  readonly what: "ask" | "ping" | "drop";
}

/** @param until No ping is sent after it */
export function sendConversations(project: Project, setting: Setting, until: number): readonly Sent[] {
  const provider = new SimulatedProvider();
  const sent: Sent[] = [];
  for (const { at, chain, ask, what } of eventsOf(project, setting, until)) {
    if (what === "drop") {
      provider.drop(ask.model, lengthen(ask.prompt, setting));
      continue;
    }
    const isMeant = setting.kept !== undefined && (setting.role === undefined || setting.role === chain.role);
    const counted = provider.answer({
      ...ask,
      prompt: lengthen(ask.prompt, setting),
      at,
      output: what === "ping" ? 1 : ask.output,
      ...(isMeant ? { front: setting.kept, rest: setting.kept } : {}),
    });
    sent.push({ chain, ask, at, isPing: what === "ping", counted, usd: billOf(counted, ask.model) });
  }
  return sent;
}

function eventsOf({ conversations }: Project, { pings }: Setting, until: number): readonly Event[] {
  const events: Event[] = [];
  for (const chain of conversations.flatMap(({ chains }) => chains)) {
    chain.asks.forEach((ask, place) => {
      events.push({ at: ask.at, chain, ask, what: "ask" });
      if (pings === undefined || chain.role !== "main") return;
      const next = chain.asks[place + 1]?.at ?? Infinity;
      // One timer: it is set anew by each request, and goes off so often.
      let at = ask.at;
      for (let left = pings.count; left > 0; left--) {
        at += pings.everyMs;
        if (at >= next || at > until) break;
        events.push({ at, chain, ask, what: "ping" });
      }
    });
    for (const at of chain.droppedAt) {
      for (const ask of chain.asks) if (ask.at < at) events.push({ at, chain, ask, what: "drop" });
    }
  }
  // Of one time: as they were made.
  return events.sort((a, b) => a.at - b.at);
}

function lengthen(prompt: readonly Boundary[], { longerFront = 0 }: Setting): readonly Boundary[] {
  return longerFront === 0 ? prompt : prompt.map(({ key, tokens }) => ({ key, tokens: tokens + longerFront }));
}
