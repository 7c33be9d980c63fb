/** JSON as people write it into agents' settings: with comments behind `//` and commas before a closing bracket. */

/** @returns undefined for a text that is none, not even with those */
export function parseLenientJson(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // Below.
  }
  try {
    return JSON.parse(withoutComments(text));
  } catch {
    return undefined;
  }
}

function withoutComments(text: string): string {
  const parts: string[] = [];
  let taken = 0;
  /** Where in `parts` a comma is that may be one too many. */
  let comma: number | undefined;
  const takeTo = (at: number) => {
    if (at > taken) parts.push(text.slice(taken, at));
    taken = at;
  };
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]!;
    if (sign === "/" && text[at + 1] === "/") {
      takeTo(at);
      const end = text.indexOf("\n", at);
      at = taken = end < 0 ? text.length : end;
    } else if (sign === ",") {
      takeTo(at);
      comma = parts.push(",") - 1;
      taken = at + 1;
    } else if (sign === "}" || sign === "]") {
      if (comma !== undefined) parts[comma] = "";
      comma = undefined;
    } else if (sign.trim() !== "") {
      comma = undefined;
      if (sign === '"') at = endOfString(text, at);
    }
  }
  takeTo(text.length);
  return parts.join("");
}

/** @returns Where the closing quote is, or the end of the text */
export function endOfString(text: string, quote: number): number {
  let at = quote + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}
