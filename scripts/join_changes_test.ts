import { strictEqual, throws } from "node:assert/strict";
import { joinChanges } from "./join_changes.ts";

const HEAD = "# Changelog\n\nWords.\n\n## Unreleased\n";
const RELEASED = "\n## 0.1.0\n\n### Fixed\n\n- Old.\n";

Deno.test("joinChanges()", async (t) => {
  const fixed = { file: "b.fixed.md", text: "- B\n  goes on.\n" };
  const alsoFixed = { file: "a.fixed.md", text: "- A.\n" };
  const added = { file: "c.added.md", text: "- C.\n" };
  const rows: [name: string, before: string, entries: readonly typeof fixed[], after: string][] = [
    ["nothing", `${HEAD}\n### Added\n\n- X.\n`, [], `${HEAD}\n### Added\n\n- X.\n`],
    ["to a section", `${HEAD}\n### Added\n\n- X.\n`, [added], `${HEAD}\n### Added\n\n- X.\n- C.\n`],
    [
      "a new section, in the order of names",
      `${HEAD}\n### Added\n\n- X.\n`,
      [fixed, alsoFixed],
      `${HEAD}\n### Added\n\n- X.\n\n### Fixed\n\n- A.\n- B\n  goes on.\n`,
    ],
    [
      "before what was released, which stays",
      `${HEAD}\n### Fixed\n\n- X.\n${RELEASED}`,
      [added, fixed],
      `${HEAD}\n### Fixed\n\n- X.\n- B\n  goes on.\n\n### Added\n\n- C.\n${RELEASED}`,
    ],
    ["to nothing yet", `${HEAD}${RELEASED}`, [added], `${HEAD}\n### Added\n\n- C.\n${RELEASED}`],
  ];
  for (const [name, before, entries, after] of rows) {
    await t.step(name, () => strictEqual(joinChanges(before, entries), after));
  }
  await t.step("what is no entry is said", () => {
    throws(() => joinChanges(HEAD, [{ file: "x.md", text: "- X.\n" }]), /changes\.d\/x\.md: expected a name/);
    throws(() => joinChanges(HEAD, [{ file: "x.fixed.md", text: "X.\n" }]), /in it a list/);
    throws(() => joinChanges("# Changelog\n", [added]), /## Unreleased/);
  });
});

Deno.test("every entry of changes.d can be joined", async () => {
  const directory = new URL("../changes.d/", import.meta.url);
  const changelog = await Deno.readTextFile(new URL("../CHANGELOG.md", import.meta.url));
  const files = [...Deno.readDirSync(directory)].map(({ name }) => name).filter((name) => name !== "README.md");
  const entries = files.map((file) => ({ file, text: Deno.readTextFileSync(new URL(file, directory)) }));
  const joined = joinChanges(changelog, entries);
  for (const { file, text } of entries) strictEqual(joined.includes(text.trim()), true, file);
  strictEqual(joinChanges(changelog, []), changelog, "and without any, nothing changes");
});
