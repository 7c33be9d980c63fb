/**
 * Reads the sentences of a Markdown text, and says what is hard to read in them: too many words, words of which a plainer
 * one is agreed, a clause as the subject. Code, tables, transcripts and what is generated are left out.
 */

/** A sentence has this many words at most. An inline code or a link counts as the words that a reader sees. */
export const MOST_WORDS = 25;

/** What is not written, and what is written in its place. */
const BANNED: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\banew\b/i, "again"],
  [/\bmend(s|ed|ing)?\b/i, "fix"],
  [/\bby itself\b/i, "by default"],
  [/\b(take|takes|taken|took|taking)( \S+)? away\b/i, "remove"],
  [/\b(tell|tells|told|telling)\b/i, "list, show or say"],
  [/\bhit of the cache\b/i, "cache hit"],
];

/** Questions may begin so. */
const CLAUSE_AS_SUBJECT = /^(Of|What|Where|Whether) [^?]*$/;

/** Sentences in their order, each on one line, without marks. Headings are none. */
export function sentencesOf(markdown: string): readonly string[] {
  const prose = markdown
    .replace(/^---\n[^]*?^---\n/, "")
    .replace(/<!-- generated:\w+ -->[^]*?<!-- \/generated -->/g, "\n\n")
    .replace(/^ *```[^]*?^ *```$/gm, "\n\n")
    .replace(/<!--[^]*?-->/g, "\n\n")
    .replace(/^(#|\|).*$/gm, "\n")
    // Each item of a list is a paragraph.
    .replace(/^ *([-*]|\d+\.) +/gm, "\n");
  return prose.split(/\n\s*\n/)
    .map((paragraph) => plainText(paragraph.replace(/\s+/g, " ").trim()))
    .flatMap((paragraph) => paragraph.split(/(?<=[.!?]["')]?) (?=\S)/))
    .filter((sentence) => /\p{L}/u.test(sentence));
}

/** What is wrong with a sentence; empty when nothing is. */
export function faultsOf(sentence: string): readonly string[] {
  const words = sentence.split(" ").filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
  return [
    ...words > MOST_WORDS ? [`${words} words, ${MOST_WORDS} at most`] : [],
    ...BANNED.filter(([pattern]) => pattern.test(sentence)).map(([pattern, instead]) =>
      `"${pattern.exec(sentence)![0]}": write ${instead}`
    ),
    ...CLAUSE_AS_SUBJECT.test(sentence) ? ["begins with a clause as its subject: say who does it"] : [],
  ];
}

/** Links become their text, code one word: a command is seen as a whole. */
function plainText(markdown: string): string {
  return markdown
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/`([^`]*)`/g, (_, code: string) => code.replaceAll(" ", "\u00a0"))
    .replaceAll("**", "");
}
