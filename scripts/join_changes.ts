/** Puts the entries of changes.d into CHANGELOG.md, and takes them away: `deno task changes`, at a release. */

/** In the order of their sections. */
const KINDS = ["added", "changed", "fixed", "removed", "security"] as const;

const UNRELEASED = "## Unreleased";

/** A file of changes.d. */
export interface ChangeEntry {
  /** `project_of_home.fixed.md` */
  readonly file: string;
  readonly text: string;
}

/**
 * @returns the changelog with the entries at the end of their sections below "Unreleased"
 * @throws {Error} for an entry that has no known kind, or is no list; and when nothing is called "Unreleased"
 */
export function joinChanges(changelog: string, entries: readonly ChangeEntry[]): string {
  const wrong = entries.find(({ file, text }) => kindOf(file) === undefined || !isList(text));
  if (wrong !== undefined) {
    throw new Error(
      `changes.d/${wrong.file}: expected a name such as x.fixed.md, and in it a list with - (see README.md).`,
    );
  }
  const heading = `\n${UNRELEASED}\n`;
  if (!changelog.includes(heading)) throw new Error(`CHANGELOG.md: expected a section "${UNRELEASED}".`);
  const begin = changelog.indexOf(heading) + heading.length;
  const next = changelog.indexOf("\n## ", begin - 1);
  const end = next < 0 ? changelog.length : next;
  const sorted = entries.toSorted((a, b) => a.file < b.file ? -1 : 1);
  const joined = KINDS.reduce((sections, kind) => {
    const added = sorted.filter(({ file }) => kindOf(file) === kind).map(({ text }) => text.trim()).join("\n");
    return added === "" ? sections : addToSection(sections, kind, added);
  }, changelog.slice(begin, end).trim());
  return `${changelog.slice(0, begin)}${joined === "" ? "" : `\n${joined}\n`}${changelog.slice(end)}`;
}

function kindOf(file: string): (typeof KINDS)[number] | undefined {
  return KINDS.find((kind) => file.endsWith(`.${kind}.md`));
}

function isList(text: string): boolean {
  return text.trim().split("\n").every((line, index) => line.startsWith("- ") || (index > 0 && /^( {2}|$)/.test(line)));
}

function addToSection(sections: string, kind: (typeof KINDS)[number], added: string): string {
  const title = `### ${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
  const parts = sections.split(/\n+(?=### )/).filter((part) => part !== "");
  const at = parts.findIndex((part) => part.split("\n")[0] === title);
  const changed = at < 0
    ? [...parts, `${title}\n\n${added}`]
    : parts.map((part, index) => index === at ? `${part.trimEnd()}\n${added}` : part);
  return changed.join("\n\n");
}

if (import.meta.main) {
  const directory = new URL("../changes.d/", import.meta.url);
  const changelog = new URL("../CHANGELOG.md", import.meta.url);
  const files = [...Deno.readDirSync(directory)].map(({ name }) => name).filter((name) => name !== "README.md");
  const entries = files.map((file) => ({ file, text: Deno.readTextFileSync(new URL(file, directory)) }));
  Deno.writeTextFileSync(changelog, joinChanges(Deno.readTextFileSync(changelog), entries));
  for (const file of files) Deno.removeSync(new URL(file, directory));
  console.error(`${entries.length} entries are in CHANGELOG.md now.`);
}
