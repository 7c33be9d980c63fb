/** What a value may be, in words, and how a number is typed: the same sentence on the command line and over HTTP. */
import type { Field, NumberRange } from "./input.ts";

/** `warm, maybe or cold`, `a whole number from 0 to 100`. */
export function expectationOf(value: Pick<Field, "kind" | "choices" | "range">): string {
  if (value.choices !== undefined) {
    const last = value.choices.at(-1);
    return value.choices.length < 2 ? `"${last}"` : `${value.choices.slice(0, -1).join(", ")} or ${last}`;
  }
  if (value.kind === "text") return "another text";
  return `${value.kind === "integer" ? "a whole number" : "a number"}${rangeText(value.range)}`;
}

function rangeText(range: NumberRange | undefined): string {
  if (range === undefined) return "";
  const { minimum, maximum, aboveMinimum, belowMaximum } = range;
  if (minimum !== undefined && maximum !== undefined && !aboveMinimum && !belowMaximum) {
    return ` from ${minimum} to ${maximum}`;
  }
  const parts = [
    minimum === undefined ? undefined : aboveMinimum ? `above ${minimum}` : `of at least ${minimum}`,
    maximum === undefined ? undefined : belowMaximum ? `below ${maximum}` : `of at most ${maximum}`,
  ];
  return ` ${parts.filter((part) => part !== undefined).join(" and ")}`;
}

/** Number() alone would take "", "0x10" and "1e3 ". @returns undefined when it is none */
export function readNumber(text: string): number | undefined {
  const number = /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : NaN;
  return Number.isFinite(number) ? number : undefined;
}
