/**
 * Holds extension_text.ts to the file it is made of. After a change to opper_session.ts:
 *
 *   deno test -A src/agents/pi/extension/extension_text_test.ts -- --update
 */
import { match, strictEqual } from "node:assert/strict";
import { EXTENSION_TEXT } from "./extension_text.ts";

Deno.test("EXTENSION_TEXT is the extension, to the byte", async () => {
  const text = await Deno.readTextFile(new URL("opper_session.ts", import.meta.url));
  const module = new URL("extension_text.ts", import.meta.url);
  if (Deno.args.includes("--update")) await Deno.writeTextFile(module, moduleOf(text));
  else strictEqual(EXTENSION_TEXT, text, "extension_text.ts is stale: run this test with `-- --update`");
  strictEqual(await Deno.readTextFile(module), moduleOf(text));
});

Deno.test("EXTENSION_TEXT says on its first line what it is", () => {
  match(EXTENSION_TEXT, /^\/\/ opper-agent: extension for Pi, version [1-9]\d*\n/);
});

function moduleOf(text: string): string {
  const literal = text.replaceAll("\\", "\\\\").replaceAll("`", "\\`").replaceAll("${", "\\${");
  return `/**
 * The extension for Pi as text, so that every way to run and to build the program carries it along. Generated from
 * opper_session.ts by extension_text_test.ts, which says how; not to be edited.
 */

/** A TypeScript module that Pi loads. Its first line is \`// opper-agent: extension for Pi, version <n>\`. */
export const EXTENSION_TEXT: string = \`${literal}\`;
`;
}
