/** How single values are shown to people, in every table alike. */
import { restBelow } from "../../core/folder.ts";
import type { Cost, EpochMs, Usd } from "../../core/model.ts";
import { shorterModelNames } from "../../core/model_name.ts";
import { isKnownAsTotals } from "../../core/known_as_totals.ts";
import { type Currency, symbolOf } from "./currency.ts";
import {
  formatAmount,
  formatCount,
  formatCountdown,
  formatCredits,
  formatPercent,
  formatTime,
  formatTokens,
} from "./format.ts";
import { pathForms } from "./path_forms.ts";
import type { SessionJson } from "./schemas.ts";
import type { Cell, Column, Tone } from "../contract/view.ts";

/** How amounts are shown: a context says it, and an answer in which currency. */
export interface Money {
  /** Decimals. @default as many as an amount needs */
  readonly digits?: number;
  /** @default US dollars */
  readonly currency?: Currency;
}

/** An amount as people read it: `$12.34`, `€11.35`; `?` where it is not known. */
export function moneyText(usd: Usd | undefined, { digits, currency }: Money = {}): string {
  if (currency === undefined) return formatAmount(usd, "$", digits);
  return formatAmount(usd === undefined ? undefined : usd * currency.perUsd, symbolOf(currency.code), digits);
}

/**
 * A cost with unpriced turns is a lower bound and says so; one without any price is unknown. In any currency `value` is
 * in US dollars, as the keys of columns say.
 */
export function costCell(cost: Cost, money: Money = {}): Cell {
  if (cost.basis === "none" && cost.unpricedTurns > 0) return { text: "?", value: null, tone: "dim" };
  return { text: moneyText(cost.usd, money) + (cost.unpricedTurns > 0 ? "+" : ""), value: cost.usd };
}

/** Whether all of it is what sellers themselves charged. */
export function isAllBilled({ usd, billed, unpricedTurns }: Pick<Cost, "usd" | "billed" | "unpricedTurns">): boolean {
  return billed !== undefined && unpricedTurns === 0 && Math.abs(billed.usd - usd) < 1e-9;
}

/** `, $9.10 of it billed`, to stand behind a cost; nothing where no bill is known. */
export function billedText(cost: Pick<Cost, "usd" | "billed" | "unpricedTurns">, money: Money = {}): string {
  if (cost.billed === undefined) return "";
  return isAllBilled(cost) ? ", all of it billed" : `, ${moneyText(cost.billed.usd, money)} of it billed`;
}

/** `5.19 credits of github-copilot`; undefined where nothing was billed in any. */
export function creditsText({ credits }: Pick<Cost, "credits">): string | undefined {
  if (credits === undefined) return undefined;
  return Object.entries(credits).map(([provider, amount]) => {
    const text = formatCredits(amount);
    return `${text} ${text === "1" ? "credit" : "credits"} of ${provider}`;
  }).join(", ");
}

/** Columns for what was billed in credits: one for each seller, since those of one are not those of another. */
export function creditsColumns(costs: readonly Pick<Cost, "credits">[]) {
  const providers = [...new Set(costs.flatMap(({ credits }) => Object.keys(credits ?? {})))].sort();
  return {
    columns: providers.map((provider): Column => ({
      key: providers.length === 1 ? "credits" : `credits_${provider}`,
      title: providers.length === 1 ? "Credits" : `Credits of ${provider}`,
      align: "right",
      priority: 1,
    })),
    cells: ({ credits }: Pick<Cost, "credits">): Cell[] =>
      providers.map((provider) => {
        const amount = credits !== undefined && Object.hasOwn(credits, provider) ? credits[provider] : undefined;
        return amount === undefined ? { text: "", value: null } : { text: formatCredits(amount), value: amount };
      }),
  };
}

/** A price that may be unknown: `?`, and never zero. */
export function usdCell(usd: Usd | undefined, money: Money = {}): Cell {
  return usd === undefined ? { text: "?", value: null, tone: "dim" } : { text: moneyText(usd, money), value: usd };
}

/** A whole number, all of it. */
export function countCell(count: number): Cell {
  return { text: formatCount(count), value: count };
}

/** A count of tokens, shortened. */
export function tokensCell(tokens: number): Cell {
  return { text: formatTokens(tokens), value: tokens };
}

/** How many turns there were; `-` where that is not known, since nothing but sums is. */
export function turnsCell(known: { readonly turns: number; readonly totals?: unknown }): Cell {
  if (isKnownAsTotals(known)) return { text: "-", value: null, tone: "dim" };
  return countCell(known.turns);
}

/** A share between 0 and 1; `-` where there is nothing to have a share of. */
export function percentCell(ratio: number | undefined): Cell {
  return ratio === undefined ? { text: "-", value: null, tone: "dim" } : { text: formatPercent(ratio), value: ratio };
}

/** Home is written `~`. */
export function shortenPath(path: string, home: string): string {
  const rest = restBelow(path, home);
  // Everything lies below a home that is the root.
  return rest === undefined || (home === "/" && rest !== "") ? path : `~${rest}`;
}

/** A directory, short; `?` where the log names none. */
export function projectCell(cwd: string | undefined, home: string): Cell {
  if (cwd === undefined) return { text: "?", value: null, tone: "dim" };
  const text = shortenPath(cwd, home);
  return { text, value: cwd, forms: pathForms(text) };
}

/** A model; `?` where none is known. */
export function modelCell(model: string | undefined): Cell {
  return model === undefined
    ? { text: "?", value: null }
    : { text: model, value: model, forms: shorterModelNames(model) };
}

/** The most expensive model, and how many more. */
export function modelsCell(models: readonly { readonly model: string }[]): Cell {
  const value = models.map(({ model }) => model).join(" ");
  const [first, ...more] = [...new Set(models.map(({ model }) => model))];
  if (first === undefined) return { text: "-", value };
  const suffix = more.length === 0 ? "" : ` +${more.length}`;
  return { text: first + suffix, value, forms: shorterModelNames(first).map((name) => name + suffix) };
}

/** When a session was last active, or began; `?` where its log says neither. */
export function activeCell(
  { lastActivityAt, startedAt }: Pick<SessionJson, "lastActivityAt" | "startedAt">,
  { timezone, now }: { readonly timezone: string; readonly now: EpochMs },
): Cell {
  const last = lastActivityAt ?? startedAt;
  return { text: last === undefined ? "?" : formatTime(Date.parse(last), timezone, now), value: last ?? null };
}

/** A session by the start of its id, in lists whose rows are about something else. */
export function sessionCell({ shortId, sessionId }: Pick<SessionJson, "shortId" | "sessionId">): Cell {
  return { text: shortId, value: sessionId, tone: "dim" };
}

const STATE_TONE: Record<SessionJson["cache"]["state"], Tone> = {
  warm: "good",
  maybe: "warn",
  cold: "dim",
  unknown: "dim",
};

/** `warm 4m 12s`: how long it still is. */
export function cacheCell(cache: SessionJson["cache"], now: EpochMs): Cell {
  const left = cache.expiresAt === undefined ? 0 : Date.parse(cache.expiresAt) - now;
  const countdown = (cache.state === "warm" || cache.state === "maybe") && left > 0 ? ` ${formatCountdown(left)}` : "";
  return { text: cache.state + countdown, value: cache.state, tone: STATE_TONE[cache.state] };
}
