/** Where the home is when the environment does not say it, or not as a path. */
import { strictEqual } from "node:assert/strict";
import { isAbsolute, join } from "node:path";
import { readMachine } from "./environment.ts";

Deno.test("a home that no shell expanded is the user's, and no directory called ~", {
  ignore: Deno.build.os === "windows",
}, () => {
  const before = Deno.env.get("HOME");
  try {
    Deno.env.delete("HOME");
    const { home, cwd } = readMachine();
    strictEqual(isAbsolute(home), true);
    for (const said of ["~", " ~", "~/", '"~"', "$HOME", "${HOME}/", ""]) {
      Deno.env.set("HOME", said);
      strictEqual(readMachine().home, home, said);
    }
    for (const [said, path] of [["/a/~", "/a/~"], ["a", join(cwd, "a")]] as const) {
      Deno.env.set("HOME", said);
      strictEqual(readMachine().home, path);
    }
  } finally {
    if (before === undefined) Deno.env.delete("HOME");
    else Deno.env.set("HOME", before);
  }
});
