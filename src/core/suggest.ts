/** The word that somebody probably meant. Suggests nothing rather than something far-fetched. */
import leven, { closestMatch } from "leven";

/**
 * The nearest candidate: one that `typed` is the start of, or that differs in few letters (one in words of up to three,
 * two up to eight, three in longer ones) or in the order of two neighbours. Case and leading dashes do not count.
 */
export function suggest(typed: string, candidates: readonly string[]): string | undefined {
  const word = bare(typed);
  if (word === "" || candidates.length === 0) return undefined;
  if (word.length >= 2) {
    const continued = candidates.filter((candidate) => bare(candidate).startsWith(word));
    if (continued.length === 1) return continued[0];
  }
  const words = candidates.map(bare);
  // The commonest typing error counts as two changes by the letter.
  const swapped = words.findIndex((candidate) => isSwapped(word, candidate));
  if (swapped !== -1) return candidates[swapped];
  const allowed = word.length <= 3 ? 1 : word.length <= 8 ? 2 : 3;
  const nearest = closestMatch(word, words)!;
  // A word that shares no letter with what was typed is no typing error, however short both are.
  if (leven(word, nearest) > Math.min(allowed, nearest.length - 1)) return undefined;
  return candidates[words.indexOf(nearest)];
}

/** Whether two words differ in the order of two neighbouring letters alone. */
function isSwapped(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  const at = [...a].findIndex((letter, index) => letter !== b[index]);
  return at !== -1 && a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2);
}

function bare(text: string): string {
  return text.replace(/^-+/, "").toLowerCase();
}
