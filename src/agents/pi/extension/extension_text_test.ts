import { match, strictEqual } from "node:assert/strict";
import { EXTENSION_TEXT } from "./extension_text.ts";

Deno.test("EXTENSION_TEXT is the extension, to the byte", async () => {
  strictEqual(EXTENSION_TEXT, await Deno.readTextFile(new URL("opper_session.ts", import.meta.url)));
});

Deno.test("EXTENSION_TEXT says on its first line what it is", () => {
  match(EXTENSION_TEXT, /^\/\/ opper-agent: extension for Pi, version [1-9]\d*\n/);
});
