/** Breaks what is longer than its place, such as a path, so that it goes on below where it began. */
import { cutText, displayWidth } from "./display_width.ts";

/** Behind these a path can be broken and stay easy to read. */
const SEPARATOR = /^.*[/\\]/s;

/**
 * Behind the last separator that has room, or else between two characters. Put together again, the pieces are the line.
 *
 * @param width columns; undefined breaks nothing
 */
export function breakLine(line: string, width: number | undefined): readonly string[] {
  const pieces: string[] = [];
  let rest = line;
  while (width !== undefined && displayWidth(rest) > width) {
    const room = cutText(rest, width, "start", "");
    const piece = SEPARATOR.exec(room)?.[0] ?? room;
    // A character that is wider than all the room there is.
    if (piece === "") break;
    pieces.push(piece);
    rest = rest.slice(piece.length);
  }
  return [...pieces, rest];
}
