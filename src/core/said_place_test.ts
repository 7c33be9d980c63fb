/** Directories as people write them where no shell reads them. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { expandHome, partForShell, readPlace, readPlaces } from "./said_place.ts";

Deno.test("readPlace", async (t) => {
  const rows: [said: string | undefined, place: string | undefined][] = [
    [undefined, undefined],
    ["", undefined],
    ["  \t\r\n", undefined],
    ['""', undefined],
    ["\ufeff", undefined],
    ["~", "/home/u"],
    ["~/", "/home/u/"],
    ["~/x y/z", "/home/u/x y/z"],
    ["~\\x", "/home/u/x"],
    ["OPPER_HOME=~/x", "/home/u/x"],
    ["export OPPER_HOME='$HOME/x'", "/home/u/x"],
    ["A=b/c", "A=b/c"],
    ["$HOME", "/home/u"],
    ["${HOME}/x", "/home/u/x"],
    ["$HOMES/x", "$HOMES/x"],
    ["~bob/x", "~bob/x"],
    ["a~/x", "a~/x"],
    ["/a", "/a"],
    ["rel/a", "rel/a"],
    [" '~/x' \r\n", "/home/u/x"],
    ["\"'/a'\"", "/a"],
    ["“/a b”", "/a b"],
    ["'/a", "'/a"],
    ["\u200b/a\ufeff", "/a"],
    ["/family\u200d/a", "/family\u200d/a"],
  ];
  for (const [said, place] of rows) {
    await t.step(JSON.stringify(said) ?? "undefined", () => strictEqual(readPlace(said, "/home/u"), place));
  }
});

Deno.test("a home with a dollar sign is written as it is", () => {
  strictEqual(expandHome("~/x", "/home/$&"), "/home/$&/x");
});

Deno.test("readPlaces", () => {
  deepStrictEqual(readPlaces(" '~/a , \"/b\",, ' ", "/home/u"), ["/home/u/a", "/b"]);
  deepStrictEqual(readPlaces(undefined, "/home/u"), []);
});

Deno.test("partForShell", () => {
  const rows = { "~bob": "~bob", "~bob/x": "~bob", "$USER/x": "$USER", "/a/${USER}/x": "${USER}", "%A%\\x": "%A%" };
  for (const [place, part] of Object.entries(rows)) strictEqual(partForShell(place), part);
  for (const place of ["~", "~/x", "/~bob", "/a/$RECYCLE.BIN", "/100%", "C:\\a"]) {
    strictEqual(partForShell(place), undefined);
  }
});
