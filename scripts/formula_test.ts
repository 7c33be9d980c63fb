import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { fillFormula } from "./formula.ts";
import { TARGETS } from "./targets.ts";

Deno.test("fillFormula fills the template that ships", async () => {
  const template = await Deno.readTextFile(new URL("../packaging/homebrew/opper-agent.rb", import.meta.url));
  const digests = new Map(TARGETS.map(({ asset }, index) => [asset, `${index}`.repeat(64)]));
  const checksums = [...digests].map(([asset, digest]) => `${digest}  ${asset}\n`).join("");
  const formula = fillFormula(template, { repository: "a/b", version: "1.2.3", checksums });
  ok(!/[{}]{2}/.test(formula), formula);
  deepStrictEqual(
    [...formula.matchAll(/url "(.*)"\n +sha256 "(.*)"/g)].map(([, url, digest]) => [url, digest]),
    ["opper-agent-macos-arm64.tar.gz", "opper-agent-macos-x64.tar.gz"].map((asset) => [
      `https://github.com/a/b/releases/download/v1.2.3/${asset}`,
      digests.get(asset),
    ]),
  );
  strictEqual(/^ +version "(.*)"$/m.exec(formula)?.[1], "1.2.3");
});

Deno.test("fillFormula leaves nothing open", () => {
  throws(() => fillFormula("{{sha256 x}}", { repository: "a/b", version: "1", checksums: "" }), /no "sha256 x"/);
});
