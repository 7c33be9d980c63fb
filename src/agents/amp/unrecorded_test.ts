import assert from "node:assert/strict";
import { makeMachine } from "../../host/environment.ts";
import { amp } from "./unrecorded.ts";

Deno.test("places", async (t) => {
  const rows: [name: string, said: string | undefined, expected: string][] = [
    ["nothing", undefined, "/home/ada/.local/share/amp"],
    ["empty", "", "/home/ada/.local/share/amp"],
    ["a directory", "/srv/amp/", "/srv/amp"],
    ["with ~", "~/a", "/home/ada/a"],
    ["a relative one", "a", "/work/a"],
  ];
  for (const [name, said, expected] of rows) {
    await t.step(name, () => {
      const env = said === undefined ? {} : { AMP_DATA_DIR: said };
      const places = amp.places(makeMachine({ home: "/home/ada", cwd: "/work", env }));
      assert.deepEqual(places.map(({ path }) => path), [`${expected}/threads`]);
    });
  }
});

Deno.test("which files are of a session", () => {
  const [place] = amp.places(makeMachine({ home: "/home/ada" }));
  assert.ok(place?.form === "files");
  const found = ["T-1.json", "T-1.log", "history.jsonl", "old/T-1.json"].map((path) => place.sessionOf(path));
  assert.deepEqual(found, ["T-1", undefined, undefined, undefined]);
});
