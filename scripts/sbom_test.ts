import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { closureOf, readPageNotices } from "./page_notices.ts";
import { type Lockfile, makeSbom } from "./sbom.ts";

const MADE = { version: "1.2.3", at: "2026-11-21T00:00:00Z", deno: "2.9.6" };
// Base64 of the bytes 0, 1 and 2.
const INTEGRITY = "sha512-AAEC";

Deno.test("makeSbom", () => {
  const { components, dependencies, metadata } = makeSbom({
    version: "5",
    specifiers: { "npm:@a/b@1.0.0": "1.0.0_c@2.0.0", "npm:c@2.0.0": "2.0.0" },
    npm: {
      // The same package once for each of its peers.
      "@a/b@1.0.0_c@2.0.0": { integrity: INTEGRITY, dependencies: ["c@2.0.0", "d"] },
      "@a/b@1.0.0_c@3.0.0": { integrity: INTEGRITY, dependencies: ["c@3.0.0", "d"] },
      "c@2.0.0": { integrity: INTEGRITY, optionalDependencies: ["d"] },
      "c@3.0.0": { integrity: INTEGRITY },
      "d@4.0.0": { integrity: INTEGRITY },
    },
  }, MADE);
  strictEqual(metadata.component.purl, "pkg:generic/opper-agent@1.2.3");
  deepStrictEqual(components.map(({ purl }) => purl), [
    ["pkg:github/denoland/deno", "v2.9.6"].join("@"),
    "pkg:npm/%40a/b@1.0.0",
    "pkg:npm/c@2.0.0",
    "pkg:npm/c@3.0.0",
    "pkg:npm/d@4.0.0",
  ]);
  deepStrictEqual(components[1], {
    type: "library",
    "bom-ref": "pkg:npm/%40a/b@1.0.0",
    group: "@a",
    name: "b",
    version: "1.0.0",
    purl: "pkg:npm/%40a/b@1.0.0",
    hashes: [{ alg: "SHA-512", content: "000102" }],
  });
  deepStrictEqual(dependencies[0]!.dependsOn.slice(1), ["pkg:npm/%40a/b@1.0.0", "pkg:npm/c@2.0.0"]);
  deepStrictEqual(dependencies.find(({ ref }) => ref === "pkg:npm/c@2.0.0")!.dependsOn, ["pkg:npm/d@4.0.0"]);
  // What any of the copies depends on.
  deepStrictEqual(dependencies.find(({ ref }) => ref === "pkg:npm/%40a/b@1.0.0")!.dependsOn, [
    "pkg:npm/c@2.0.0",
    "pkg:npm/d@4.0.0",
    "pkg:npm/c@3.0.0",
  ]);
});

Deno.test("makeSbom refuses what it would tell wrongly", () => {
  const lockfile: Lockfile = { version: "5", specifiers: {}, npm: {} };
  throws(() => makeSbom({ ...lockfile, version: "6" }, MADE), /Expected version 5/);
  throws(() => makeSbom({ ...lockfile, specifiers: { "file:a@1": "1.0.0" } }, MADE), /npm alone/);
  throws(() => makeSbom({ ...lockfile, specifiers: { "npm:a@1": "1.0.0" } }, MADE), /does not list "a@1.0.0"/);
  throws(() => makeSbom({ ...lockfile, npm: { "a@1.0.0": { integrity: "sha1-AAEC" } } }, MADE), /sha512/);
});

Deno.test("the bill of materials of this program hangs together", async () => {
  const lockfile: Lockfile = JSON.parse(await Deno.readTextFile(new URL("../deno.lock", import.meta.url)));
  const { components, dependencies } = makeSbom(lockfile, MADE);
  const refs = new Set(components.map((component) => component["bom-ref"]));
  ok(refs.size > Object.keys(lockfile.specifiers).length);
  strictEqual(refs.size, components.length, "every reference is there once");
  deepStrictEqual(dependencies.flatMap(({ dependsOn }) => dependsOn).filter((ref) => !refs.has(ref)), []);
  const reached = new Set(dependencies[0]!.dependsOn);
  for (const ref of reached) for (const it of dependencies.find((it) => it.ref === ref)!.dependsOn) reached.add(it);
  deepStrictEqual([...refs].filter((ref) => !reached.has(ref)), [], "every component is reached from the program");
});

Deno.test("closureOf() has what packages need in turn, each once and without peers", () => {
  const npm = {
    "@a/b@1.0.0_c@2.0.0": { integrity: INTEGRITY, dependencies: ["c", "d"] },
    "c@2.0.0": { integrity: INTEGRITY, dependencies: ["d"] },
    "d@4.0.0": { integrity: INTEGRITY },
    "e@1.0.0": { integrity: INTEGRITY },
  };
  deepStrictEqual(closureOf({ version: "5", specifiers: {}, npm }, ["@a/b", "c"]), [
    "@a/b@1.0.0",
    "c@2.0.0",
    "d@4.0.0",
  ]);
});

Deno.test("the bill of materials has the licence of each package in the page", async () => {
  const lockfile: Lockfile = JSON.parse(await Deno.readTextFile(new URL("../deno.lock", import.meta.url)));
  const notices = await readPageNotices(lockfile);
  for (const { license, text } of notices.values()) {
    ok(["MIT", "ISC", "BSD-3-Clause"].includes(license), license);
    ok(/copyright/i.test(text) && text.length > 400);
  }
  const { components } = makeSbom(lockfile, MADE, notices);
  const preact = components.find(({ purl }) => purl.startsWith("pkg:npm/preact@"));
  ok(preact !== undefined && "licenses" in preact);
  strictEqual(components.filter((component) => "licenses" in component).length, notices.size);
});
