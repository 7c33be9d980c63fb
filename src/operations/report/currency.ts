/**
 * Amounts in another currency than US dollars, at a rate that the user gave (config.json, `currency`). No rate is ever
 * fetched or guessed. Answers keep US dollars; only what people read is converted.
 */
import { AgentError } from "../../core/errors.ts";
import { text } from "../contract/input.ts";
import type { Block } from "../contract/view.ts";

/** A currency, and what it was worth on a day. As JSON has it. */
export interface Currency {
  /** ISO 4217: three capital letters. Never USD. */
  readonly code: string;
  /** How much of it one US dollar is. */
  readonly perUsd: number;
  /** The rate's day: `2026-11-20`. */
  readonly asOf: string;
}

/** The input of every operation that shows amounts in another currency. */
export const currencyInput = {
  currency: text("Show amounts in this currency, at the rate of config.json; JSON keeps US dollars"),
};

export const CURRENCY_ON_COMMAND_LINE = { currency: { placeholder: "CODE" } } as const;

/**
 * The currency that was asked for.
 *
 * @param code as typed, in any case; undefined, and USD, are US dollars, which need no rate
 * @returns undefined for US dollars
 * @throws {AgentError} usage, when it is no code, or there is no rate for it
 */
export function readCurrency(
  code: string | undefined,
  { exchangeRate }: { readonly exchangeRate?: Currency },
): Currency | undefined {
  const wanted = code?.trim().toUpperCase();
  if (wanted === undefined || wanted === "USD") return undefined;
  if (wanted === exchangeRate?.code) return exchangeRate;
  if (!/^[A-Z]{3}$/.test(wanted)) {
    throw new AgentError("usage", `"${code}" is no currency: expected a code of three letters.`, {
      hint: "For example: --currency EUR.",
    });
  }
  const other = exchangeRate === undefined ? "" : `; config.json has one for ${exchangeRate.code}`;
  throw new AgentError("usage", `There is no rate for ${wanted}${other}.`, {
    hint: `opper-agent config set currency ${wanted} RATE DATE sets one: RATE is what a US dollar is worth in ` +
      `${wanted}, DATE its day.`,
  });
}

/** Says which currency an answer is shown in, and how old its rate is; nothing for US dollars. */
export function currencyBlocks(currency: Currency | undefined): readonly Block[] {
  return currency === undefined ? [] : [{ kind: "text", text: currencyNote(currency), tone: "dim" }];
}

function currencyNote({ code, perUsd, asOf }: Currency): string {
  return `Amounts are in ${code}. Your rate is of ${asOf}: ${perUsd} for a US dollar.`;
}

const symbols = new Map<string, string>();

/** What stands before an amount: `€`, `CA$`, and where no sign is known everywhere, `SEK `. */
export function symbolOf(code: string): string {
  let symbol = symbols.get(code);
  if (symbol === undefined) {
    const format = new Intl.NumberFormat("en", { style: "currency", currency: code, currencyDisplay: "symbol" });
    const sign = format.formatToParts(0).find(({ type }) => type === "currency")?.value ?? code;
    symbols.set(code, symbol = /[A-Za-z]$/.test(sign) ? `${sign} ` : sign);
  }
  return symbol;
}
