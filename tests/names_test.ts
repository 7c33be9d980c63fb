/**
 * One name means one thing, and the words of the project are used as they are meant: names are what a reader searches
 * for. Reads the code of src/, and of it only what is exported.
 */
import { deepStrictEqual, ok } from "node:assert/strict";
import { exportsOf, readSourceFiles } from "./support/source_files.ts";

const files = await readSourceFiles();
const exported = files.flatMap(exportsOf);

/** The folder of an agent, or of what several share: each fills the same contracts, with the same names. */
function agentOf(path: string): string | undefined {
  return /^src\/agents\/([^/]+)\//.exec(path)?.[1];
}

Deno.test("no name is exported twice, but by two agents", () => {
  ok(exported.length > 500, `only ${exported.length} exported names were found`);
  const wrong = [...Map.groupBy(exported, ({ name }) => name)].filter(([, uses]) => {
    if (uses.length < 2) return false;
    // The page is a program of its own: nothing of one is seen in the other.
    const inPage = uses.filter(({ path }) => path.startsWith("src/web/")).length;
    if (inPage < 2 && uses.length - inPage < 2) return false;
    const agents = uses.map(({ path }) => agentOf(path));
    return agents.includes(undefined) || new Set(agents).size < agents.length;
  }).map(([name, uses]) => `${name}: ${uses.map(({ path }) => path).join(", ")}`);
  deepStrictEqual(wrong, []);
});

/** Words that stood for two things, or for one that has a better name: what is said instead. */
const RETIRED: readonly (readonly [words: string, instead: string])[] = [
  ["overlay", "placed file"],
  ["face", "command, or src/face.ts where the contract of the faces is meant"],
  ["effect", "need"],
  ["log scan", "usage index"],
  ["price data", "prices, or price release where the date of the lists is meant"],
  ["source directory", "extra root"],
  ["coding tool", "agent"],
  ["util", "what it does"],
  ["utils", "what it does"],
  ["helper", "what it does"],
  ["helpers", "what it does"],
  ["manager", "what it does"],
];

/** `piOverlayPath` and `PI_OVERLAY_PATH` are `pi overlay path`. */
function wordsOf(name: string): string {
  return name.replaceAll("_", " ").replace(/([a-z\d])([A-Z])/g, "$1 $2").toLowerCase();
}

Deno.test("words that were retired are in no name of a file, and in none that is exported", () => {
  const names = [
    ...exported.map(({ name, path }) => ({ name, path })),
    ...files.map(({ path }) => ({ name: path.replace(/\.ts$/, "").replaceAll("/", " "), path })),
  ].filter(({ path }) => path !== "src/face.ts");
  const wrong = names.flatMap(({ name, path }) =>
    RETIRED.filter(([words]) => ` ${wordsOf(name)} `.includes(` ${words} `))
      .map(([words, instead]) => `${path}: ${name} has "${words}": say ${instead}`)
  );
  deepStrictEqual(wrong, []);
});
