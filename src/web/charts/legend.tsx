/** Which colour or shape is what, above a drawing. */
import type { ComponentChildren, VNode } from "preact";

/** What stands for a part of a drawing, and its name. */
export interface LegendItem {
  /** `part part-0`, see colours.ts. */
  readonly class: string;
  readonly title: string;
  /** In place of a square of its colour. */
  readonly mark?: ComponentChildren;
  readonly onClick?: () => void;
}

export function Legend({ items }: { readonly items: readonly LegendItem[] }): VNode {
  return (
    <ul class="legend">
      {items.map(({ class: name, title, mark, onClick }) => (
        <li key={title} class={name}>
          {mark}
          {onClick === undefined ? title : <button type="button" class="link" onClick={onClick}>{title}</button>}
        </li>
      ))}
    </ul>
  );
}
