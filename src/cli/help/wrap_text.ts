/** Breaks text between words. A word longer than the width stays whole: a path must remain one that can be copied. */

/**
 * Line feeds in the text break, too. Runs of spaces become one, except at the start of a line.
 *
 * @param width columns; undefined breaks at line feeds alone
 * @param measure columns of a piece of text. @default its length, right for ASCII
 */
export function wrapText(
  text: string,
  width: number | undefined,
  measure: (text: string) => number = (text) => text.length,
): readonly string[] {
  return text.split("\n").flatMap((line) => width === undefined ? [line.trimEnd()] : wrapLine(line, width, measure));
}

function wrapLine(line: string, width: number, measure: (text: string) => number): string[] {
  const lines: string[] = [];
  let current = /^ */.exec(line)![0];
  let empty = true;
  for (const word of line.split(" ").filter((word) => word !== "")) {
    if (!empty && measure(current) + 1 + measure(word) > width) {
      lines.push(current);
      current = word;
    } else {
      current += empty ? word : ` ${word}`;
    }
    empty = false;
  }
  return [...lines, current.trimEnd()];
}
