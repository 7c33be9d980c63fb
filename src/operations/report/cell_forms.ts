/** The ways to write the cells of one column, from the longest to the shortest. Pure. */
import type { Cell } from "../contract/view.ts";

/**
 * Texts of all cells for each form that the column can take, each as long as `cells`; the first are the texts as they
 * are. A cell that another one would then look like keeps the form before.
 */
export function cellForms(cells: readonly Pick<Cell, "text" | "forms">[]): readonly (readonly string[])[] {
  const levels = cells.reduce((most, { forms = [] }) => Math.max(most, forms.length), 0);
  let last: readonly string[] = cells.map(({ text }) => text);
  const all = [last];
  for (let level = 1; level <= levels; level++) {
    const shorter = cells.map(({ text, forms = [] }) => forms[Math.min(level, forms.length) - 1] ?? text);
    last = keepApart(cells, shorter, last);
    all.push(last);
  }
  return all;
}

/** The shorter texts, but for those that would stand for several cells. */
function keepApart(
  cells: readonly Pick<Cell, "text">[],
  shorter: readonly string[],
  longer: readonly string[],
): readonly string[] {
  const texts = [...shorter];
  // Each round takes some back to what is longer, which may in turn look like another: at last all are.
  while (true) {
    const owners = new Map<string, string>();
    const clashes = new Set<string>();
    for (const [index, text] of texts.entries()) {
      const owner = owners.get(text);
      if (owner === undefined) owners.set(text, cells[index]!.text);
      else if (owner !== cells[index]!.text) clashes.add(text);
    }
    let isChanged = false;
    for (const [index, text] of texts.entries()) {
      if (!clashes.has(text) || text === longer[index]) continue;
      texts[index] = longer[index]!;
      isChanged = true;
    }
    if (!isChanged) return texts;
  }
}
