/** Breaks text between words. A word longer than the width stays whole: a path must remain one that can be copied. */

/**
 * Line feeds in the text break, too. What is too long goes on below, as far in as it began; there runs of spaces become
 * one.
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

function wrapLine(line: string, width: number, measure: (text: string) => number): readonly string[] {
  const whole = line.trimEnd();
  if (measure(whole) <= width) return [whole];
  const indent = /^ */.exec(line)![0];
  const lines: string[] = [];
  let current = "";
  for (const word of whole.split(" ").filter((word) => word !== "")) {
    if (current !== "" && measure(indent) + measure(current) + 1 + measure(word) > width) {
      lines.push(indent + current);
      current = word;
    } else {
      current += current === "" ? word : ` ${word}`;
    }
  }
  return [...lines, indent + current];
}
