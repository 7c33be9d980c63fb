/**
 * What is told of while the page is not looked at: the title of the tab, and notifications, which are off until somebody
 * turns them on. Goes by a timer of its own, because nothing is drawn while the tab is hidden.
 */
import { causeText } from "../operations/report/cause_text.ts";
import { moneyText } from "../operations/report/cells.ts";
import type { CacheOutput } from "../operations/usage/cache_output.ts";
import type { MissesOutput } from "../operations/usage/misses_output.ts";
import type { Client } from "./client.ts";
import { formatClock, readClockNow } from "./clock.ts";
import { shortProject } from "./look.ts";
import { readStored, storedSignal } from "./stored.ts";

/** Dollars from which on something is told; empty: nothing is. Kept. */
export const alertsFrom = storedSignal("alerts", readStored("alerts") ?? "");

/** What the field offers. */
export const USUAL_ALERT_USD = "0.25";

const NAME = "opper-agent";
const SECOND = 1000;
/** So long before a cache goes cold it is told. */
const AHEAD_MS = 60 * SECOND;

/** `2:14 · $0.60 - opper-agent`: what goes cold next, and what that costs. Pure. */
export function titleText(cache: Pick<CacheOutput, "caches" | "currency"> | undefined, now: number): string {
  const [next] = warmOnes(cache, now);
  if (next === undefined) return NAME;
  return `${formatClock(next.end - now)} · ${moneyText(next.entry.lossUsd, cache!)} - ${NAME}`;
}

/** Caches to be told of now: those with less than a minute left, worth as much, once each. Pure but for `told`. */
export function dueAlerts(
  cache: Pick<CacheOutput, "caches" | "currency"> | undefined,
  now: number,
  fromUsd: number,
  told: Set<string>,
): readonly string[] {
  return warmOnes(cache, now).filter(({ entry, end }) => {
    const key = `${entry.source} ${entry.sessionId} ${end}`;
    if (end - now > AHEAD_MS || (entry.lossUsd ?? 0) < fromUsd || told.has(key)) return false;
    told.add(key);
    return true;
  }).map(({ entry, end }) =>
    `${shortProject(entry.cwd)} goes cold in ${Math.ceil((end - now) / SECOND)} s, ` +
    `${moneyText(entry.lossUsd, cache!)} at stake.`
  );
}

function warmOnes(cache: Pick<CacheOutput, "caches"> | undefined, now: number) {
  return (cache?.caches ?? []).map((entry) => ({ entry, end: Date.parse(entry.cache.expiresAt ?? "") }))
    .filter(({ entry, end }) => entry.cache.state === "warm" && end > now).sort((a, b) => a.end - b.end);
}

/** Begins to keep the title, and to tell. Called once, by main.tsx. */
export function followAlerts(client: Client): void {
  const told = new Set<string>();
  const seenMisses = new Set<string>();
  const openedAt = new Date(readClockNow()).toISOString();
  const isOn = () => alertsFrom.value !== "" && "Notification" in globalThis && Notification.permission === "granted";
  setInterval(() => {
    const { board, connection } = client.live.peek();
    document.title = connection === "live" ? titleText(board?.cache, readClockNow()) : NAME;
    if (!isOn() || connection !== "live") return;
    for (const text of dueAlerts(board?.cache, readClockNow(), Number(alertsFrom.peek()), told)) notify(text);
  }, SECOND);
  // Misses are looked for only when something was read, and somebody wants to know.
  let last = 0;
  const look = () => {
    const { edition = 0 } = client.live.peek();
    if (edition === last || !isOn()) return;
    last = edition;
    client.ask("misses", { since: openedAt, limit: 20 }).then((answer) => {
      const { list, currency } = answer as MissesOutput;
      for (const { sessionId, at, cause, missUsd, cwd } of list) {
        const key = `${sessionId} ${at}`;
        if (seenMisses.has(key) || (missUsd ?? 0) < Number(alertsFrom.peek())) continue;
        seenMisses.add(key);
        notify(`A turn of ${shortProject(cwd)} missed: ${causeText(cause)}, ${moneyText(missUsd, { currency })}.`);
      }
    }, () => {
      // That the program is gone is said by the banner.
    });
  };
  client.live.subscribe(look);
  alertsFrom.subscribe(look);
}

function notify(text: string): void {
  new Notification(NAME, { body: text, icon: document.querySelector<HTMLLinkElement>("link[rel=icon]")?.href });
}
