/** The README's picture is what a terminal shows. */
import { strictEqual } from "node:assert/strict";
import { PICTURE, takePicture } from "../../scripts/picture.ts";

Deno.test("the picture is the screen of a real terminal, to the byte", async () => {
  // When this fails: deno task picture.
  strictEqual(await takePicture(), await Deno.readTextFile(PICTURE));
});
