/**
 * Elements of the card. All that is shown goes through here and becomes text, in which nothing hides or reorders: titles
 * and paths are somebody else's.
 */
import { toPlainText } from "../../core/plain_lines.ts";

/** What is left out is written as false or undefined. */
export type Child = Node | string | false | undefined;

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** @param attributes as HTML names them; those that are undefined are left out */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  return fill(document.createElement(tag), attributes, children);
}

/** Of a drawing. */
export function shape<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Tag] {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

/** Text of a log, whose direction is its own. */
export function foreign(text: string): HTMLElement {
  return element("bdi", {}, text);
}

/** A line that is less than the rest. */
export function soft(...children: readonly Child[]): HTMLElement {
  return element("p", { class: "soft" }, ...children);
}

/** `2026-11-20 12:00 UTC`. @param time ISO 8601, as answers have it: in UTC */
export function minuteText(time: string): string {
  return `${time.slice(0, 16).replace("T", " ")} UTC`;
}

/** Puts attributes and children into an element. */
export function fill<Made extends Element>(made: Made, attributes: Attributes, children: readonly Child[]): Made {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) made.setAttribute(name, toPlainText(String(value)));
  }
  for (const child of children) {
    if (child !== undefined && child !== false) made.append(typeof child === "string" ? toPlainText(child) : child);
  }
  return made;
}
