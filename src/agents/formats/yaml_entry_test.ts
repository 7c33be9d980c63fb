/** Files as people and Hermes write them: an entry comes and goes, and every other byte stays. */
import { deepStrictEqual, match, ok, strictEqual, throws } from "node:assert/strict";
import { parse } from "yaml";
import { AgentError } from "../../core/errors.ts";
import { readYamlEntry, removeYamlEntry, setYamlEntry, type YamlPath } from "./yaml_entry.ts";

const PATH: YamlPath = ["providers", "opper"];
const ENTRY = { base_url: "https://api.opper.ai/v3/compat", key_env: "OPPER_API_KEY" };
const OTHER = { base_url: "http://127.0.0.1:1/v3/compat", key_env: "OPPER_API_KEY" };

const TEXTS: readonly [name: string, text: string][] = [
  ["nothing", ""],
  ["comments alone", "# mine\n"],
  ["other keys", `model:\n  default: "a/b" # the best\n  provider: 'x'\n`],
  ["without a last line feed", "model: a"],
  ["a last line that is a comment", "model: a\n# end"],
  ["carriage returns", "model: a\r\nproviders:\r\n  local:\r\n    base_url: http://x\r\n"],
  ["a byte order mark", "\ufeffmodel: a\n"],
  ["providers of one's own", "providers:\n  # Ollama\n  local: {base_url: 'http://x'}\n\n# below\nmodel: a\n"],
  ["providers further in", "a: 1\nproviders:   # mine\n      local:\n        base_url: http://x\nz: 2\n"],
  ["providers at the end", "providers:\n  local:\n    base_url: http://x"],
  ["no provider yet", "providers:\nmodel: a\n"],
  ["no provider yet, at the end", "model: a\nproviders:"],
  ["an empty map", "providers: {}\nmodel: a\n"],
  ["an empty map with blanks", "providers: {  } # none\n"],
  ["a map in one line", "providers: {local: {base_url: http://x}, b: {}}\n"],
  ["a document that begins with a mark", "---\nmodel: a\n"],
  ["anchors", "base: &b {base_url: http://x}\nproviders:\n  local:\n    <<: *b\n"],
  ["texts of several lines", "prompt: |\n  providers:\n    opper: no\n\nmodel: >-\n  a\n  b\n"],
  ["all of it further in", "  a: 1\n  b:\n    - c\n"],
  ["a list behind it", "providers:\n  local:\n    models:\n    - a\n    - b\nlist:\n- c\n"],
];

Deno.test("setYamlEntry and removeYamlEntry give back the same bytes", async (t) => {
  for (const [name, text] of TEXTS) {
    await t.step(name, () => {
      const added = setYamlEntry(text, PATH, ENTRY);
      deepStrictEqual(readYamlEntry(added, PATH), ENTRY);
      deepStrictEqual(parse(added, { merge: true }).providers.opper, ENTRY);
      strictEqual(setYamlEntry(added, PATH, ENTRY), added);
      strictEqual(removeYamlEntry(added, PATH), text);
      strictEqual(removeYamlEntry(text, PATH), text);

      const renewed = setYamlEntry(added, PATH, OTHER);
      deepStrictEqual(readYamlEntry(renewed, PATH), OTHER);
      strictEqual(removeYamlEntry(renewed, PATH), text);
    });
  }
});

Deno.test("an entry goes from wherever it stands, with what is in it and nothing else", async (t) => {
  const rows: [name: string, text: string, left: string][] = [
    [
      "between others",
      "providers:\n  a: 1\n  opper: # ours\n    x: y\n  # of b\n  b: 2\n",
      "providers:\n  a: 1\n  # of b\n  b: 2\n",
    ],
    [
      "the last",
      "providers:\n  a: 1\n  opper:\n    x: y\n\n# below\nmodel: a\n",
      "providers:\n  a: 1\n\n# below\nmodel: a\n",
    ],
    [
      "as PyYAML writes it",
      "model: a\nproviders:\n  opper:\n    base_url: https://h/v3/compat\nz: 1\n",
      "model: a\nz: 1\n",
    ],
    ["first in a line", "providers: {opper: {x: y}, b: 2}\n", "providers: {b: 2}\n"],
    ["last in a line", "providers: {a: 1, opper: {x: y}}\n", "providers: {a: 1}\n"],
    ["without a value", "providers:\n  a: 1\n  opper:\n", "providers:\n  a: 1\n"],
  ];
  for (const [name, text, left] of rows) await t.step(name, () => strictEqual(removeYamlEntry(text, PATH), left));
});

Deno.test("what is not understood is said by its line, and left", async (t) => {
  const rows: [name: string, text: string, message: RegExp][] = [
    ["cut short", "a: 1\nb: [1, \n", /^The YAML cannot be read in line \d\.$/],
    ["a key twice", "a: 1\na: 2\n", /^The YAML cannot be read in line 2\.$/],
    ["a list", "- a\n", /^The YAML cannot be read in line 1\.$/],
    ["a text", "sk-secret\n", /^The YAML cannot be read in line 1\.$/],
    ["two documents", "a: 1\n---\nb: 2\n", /^The YAML cannot be read in line \d\.$/],
    ["providers are a list", "providers:\n- a\n", /^The key providers is no map\.$/],
    ["providers are a text", "providers: sk-secret\n", /^The key providers is no map\.$/],
    ["providers are null", "providers: null\n", /^The key providers is no map\.$/],
    ["behind the end of the document", "a: 1\n...\n", /cannot be (read|changed)/],
  ];
  for (const [name, text, message] of rows) {
    await t.step(name, () => {
      throws(() => setYamlEntry(text, PATH, ENTRY), (error) => {
        ok(error instanceof AgentError);
        match(error.message, message);
        ok(!`${error.message}${error.hint}`.includes("secret"));
        return true;
      });
    });
  }
});
