/** A cell as the terminal shows it, in the page: the same text, and its tone. */
import type { VNode } from "preact";
import { toPlainText } from "../core/plain_lines.ts";
import type { Cell, Tone } from "../operations/contract/view.ts";

const CLASS_OF: Readonly<Record<Tone, string>> = {
  good: "good",
  warn: "soon",
  bad: "bad",
  dim: "dim",
  strong: "strong",
};

/** @param title Said by a pointer that rests on it. @default what stands there */
export function CellText({ cell: { text, tone }, title }: { readonly cell: Cell; readonly title?: string }): VNode {
  const shown = toPlainText(text);
  return <span class={tone && CLASS_OF[tone]} title={title ?? shown}>{shown}</span>;
}
