/**
 * What people call the values of our flags who know them from other tools. For words that no spelling leads from to
 * ours: `--by tool` means `--by source` here.
 */

/** By word, in lower case: ours that mean it. A flag takes one of them at most. */
const MEANINGS: Readonly<Record<string, readonly string[]>> = {
  ...meaning(["source"], ["agent", "app", "cli", "client", "harness", "tool"]),
  ...meaning(["provider"], ["api", "company", "gateway", "host", "maker", "vendor"]),
  ...meaning(["project"], ["cwd", "dir", "directory", "folder", "path", "repo", "repository", "workspace"]),
  ...meaning(["model"], ["llm"]),
  ...meaning(["session"], ["chat", "conversation", "id", "thread", "trace"]),
  ...meaning(["hour"], ["hourly"]),
  ...meaning(["day", "last"], ["date"]),
  ...meaning(["day"], ["daily"]),
  ...meaning(["week"], ["weekly"]),
  ...meaning(["month"], ["monthly"]),
  ...meaning(["last"], ["active", "activity", "latest", "newest", "recent", "time", "updated"]),
  ...meaning(["cost"], ["amount", "dollars", "expensive", "money", "price", "spend", "usd"]),
  ...meaning(["tokens"], ["size", "usage"]),
};

function meaning(ours: readonly string[], theirs: readonly string[]): Record<string, readonly string[]> {
  return Object.fromEntries(theirs.map((word) => [word, ours]));
}

/** What a flag calls it; undefined where the word means nothing that it takes. */
export function ownWordFor(typed: string, choices: readonly string[]): string | undefined {
  const word = typed.toLowerCase();
  const singular = word.replace(/s$/, "");
  const ours = [word, singular].flatMap((word) => Object.hasOwn(MEANINGS, word) ? MEANINGS[word]! : []);
  return choices.find((choice) => ours.includes(choice));
}
