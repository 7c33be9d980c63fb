/** Texts that say of themselves that they are ours. */
import { match, strictEqual, throws } from "node:assert/strict";
import { EXTENSION_TEXT } from "../../agents/pi/extension/extension_text.ts";
import { isSealed, sealText } from "./seal.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("what is sealed is known, whatever version it is of", () => {
  const sealed = sealText(EXTENSION_TEXT);
  match(sealed, /^\/\/ opper-agent: extension for Pi, version \d+; sha256 [0-9a-f]{64}\n/);
  strictEqual(sealed.slice(sealed.indexOf("\n")), EXTENSION_TEXT.slice(EXTENSION_TEXT.indexOf("\n")));
  strictEqual(isSealed(bytes(sealed)), true);
  strictEqual(isSealed(bytes(sealText("// opper-agent: of next year\nö"))), true);
  strictEqual(isSealed(bytes(sealText("# opper-agent: of Python\nö"))), true);
});

Deno.test("what somebody wrote or changed is not taken for ours", async (t) => {
  const sealed = sealText(EXTENSION_TEXT);
  const rows: [what: string, text: string][] = [
    ["nothing", ""],
    ["a line feed", "\n"],
    ["without a seal", EXTENSION_TEXT],
    ["more at the end", `${sealed}\n`],
    ["less at the end", sealed.slice(0, -1)],
    ["another first line", sealed.replace("// opper-agent", "// my opper-agent")],
    ["other line ends", sealed.replaceAll("\n", "\r\n")],
    ["a mark in front", `\ufeff${sealed}`],
    ["the first line alone", sealed.slice(0, sealed.indexOf("\n") + 1)],
    ["the seal of another", sealText("// opper-agent: x\n1").split("\n")[0] + "\n2"],
  ];
  for (const [what, text] of rows) await t.step(what, () => strictEqual(isSealed(bytes(text)), false));
  strictEqual(isSealed(Uint8Array.of(0xff, 0xfe, 0x0a, 0)), false);
});

Deno.test("a text without a line of ours cannot be sealed", () => {
  for (const text of ["", "export {}", "export {}\n", "// mine\n", "# mine\n"]) throws(() => sealText(text), TypeError);
});
